"""Pages that one host prints for all: kept in a table, and good for as long as none of their keys was withdrawn.

A row says from which position its page was printed. Any withdrawal of its keys that is committed after that position
ends it, on whichever host it is fetched, and however late its transaction came through.
"""

from __future__ import annotations

import json
import struct
from datetime import UTC, datetime

import zstandard
from django.conf import settings

from courant.edge.pages import IDENTITY, packed, unpacked
from courant.press.edition import edition
from courant.press.encodings import encodings_of
from courant.press.enums import Share
from courant.press.models import SharedPage
from courant.press.queries import PositionLost, changes_since, newest_position
from courant.press.rendering import Print
from courant.stories.keys import ALL, is_soft

# The variants of a page have most of their words in common: together they take little more room than one.
LEVEL = 12
HEAD = struct.Struct(">I")


def is_sharing() -> bool:
    return settings.PRESS_SHARE == Share.DATABASE


def position_now() -> str:
    """To be asked before printing begins."""
    return newest_position()


def share(made: Print, position: str) -> None:
    """Offer a page to the other hosts; a later one of the same address takes its place."""
    SharedPage.objects.update_or_create(
        address=made.page.address,
        edition=edition(),
        defaults={
            "position": position,
            "pressed_at": datetime.fromtimestamp(made.page.pressed_at, UTC),
            "content": wrapped(made),
        },
    )


def fetch_shared(address: str, now: datetime) -> Print | None:
    """The page that another host printed, if it still holds."""
    row = SharedPage.objects.filter(address=address, edition=edition()).first()
    if row is None:
        return None
    made = unwrapped(bytes(row.content))
    if made.page.fresh_until is not None and made.page.fresh_until <= now.timestamp():
        return None
    try:
        _, changes = changes_since(row.position, {ALL, *(key for key in made.page.keys if not is_soft(key))})
    except PositionLost:
        return None
    return None if changes else made


def wrapped(made: Print) -> bytes:
    """The page and its plain bodies; encodings are made anew, which takes less than their room."""
    head = json.dumps({"page": packed(made.page).decode(), "digests": list(made.bodies)}).encode()
    parts = [head, *(encodings[IDENTITY] for encodings in made.bodies.values())]
    content = b"".join(HEAD.pack(len(part)) + part for part in parts)
    return zstandard.ZstdCompressor(level=LEVEL).compress(content)


def unwrapped(content: bytes) -> Print:
    parts, rest = [], memoryview(zstandard.ZstdDecompressor().decompress(content))
    while rest:
        (length,) = HEAD.unpack(rest[: HEAD.size])
        parts.append(bytes(rest[HEAD.size : HEAD.size + length]))
        rest = rest[HEAD.size + length :]
    head = json.loads(parts[0])
    page = unpacked(head["page"].encode())
    return Print(page, {digest: encodings_of(body) for digest, body in zip(head["digests"], parts[1:], strict=True)})
