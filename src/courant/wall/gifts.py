"""Gift links as text: a token that names one gift of one story and says when it ends, signed.

35 bytes: 19 of HMAC-SHA256 over the rest, then gift, story and end (6, 6 and 4, big-endian). In base32 they are 56
letters and digits, so that no mail program or chat cuts the link short, and capitals do no harm. The law is
docs/rules/access.md, "Gifts".
"""

from __future__ import annotations

import hmac
from base64 import b32decode, b32encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PARAMETER = "gift"
# Of more gifts in one browser the cookie keeps the newest: it travels with every request.
MOST_GIFTS = 20
TOKEN_LENGTH = 56
SIGNATURE_BYTES = 19
WIDTHS = (6, 6, 4)
SEPARATOR = "."
PURPOSE = b"courant.wall.gifts"


@dataclass(frozen=True)
class GiftToken:
    """What a link says of itself: the gift's row, the story, the second at which it ends (seconds since 1970)."""

    gift_id: int
    story_id: int
    ends_at: int

    def has_ended(self, now: float) -> bool:
        return now >= self.ends_at


def write_token(token: GiftToken, secret: str) -> str:
    """The token signed. Raises OverflowError for a number below nought or too large for its bytes."""
    numbers = zip((token.gift_id, token.story_id, token.ends_at), WIDTHS, strict=True)
    fields = b"".join(number.to_bytes(width, "big") for number, width in numbers)
    return b32encode(signature(fields, secret) + fields).decode("ascii").lower()


def read_token(text: str, secrets: Sequence[str]) -> GiftToken | None:
    """What a token says, signed with any of the secrets; None if it is altered, cut short or another's."""
    if len(text) != TOKEN_LENGTH or not text.isascii():
        return None
    try:
        content = b32decode(text, casefold=True)
    except ValueError:
        return None
    signed, fields = content[:SIGNATURE_BYTES], content[SIGNATURE_BYTES:]
    if not any(hmac.compare_digest(signed, signature(fields, secret)) for secret in secrets):
        return None
    gift, story, end = (int.from_bytes(part, "big") for part in (fields[:6], fields[6:12], fields[12:]))
    return GiftToken(gift, story, end)


def signature(fields: bytes, secret: str) -> bytes:
    """Bound to its purpose, so that nothing else signed with the secret can stand for a gift."""
    key = hmac.digest(secret.encode(), PURPOSE, "sha256")
    return hmac.digest(key, fields, "sha256")[:SIGNATURE_BYTES]


def tokens_in(cookie: str) -> list[str]:
    """The tokens of the gifts' cookie, the newest last; unread, and so many at most."""
    return cookie.split(SEPARATOR)[-MOST_GIFTS:] if 0 < len(cookie) <= MOST_GIFTS * (TOKEN_LENGTH + 1) else []


def cookie_of(tokens: Iterable[str]) -> str:
    """The cookie's value: each token once, of too many the newest."""
    return SEPARATOR.join(list(dict.fromkeys(tokens))[-MOST_GIFTS:])
