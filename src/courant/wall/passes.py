"""The pass: what a signed-in reader carries in a cookie, so that no database need be asked. See docs/rules/pass.md.

Both tokens are signed JWTs (RFC 7519). Which key checks a token is said by its key id; with which algorithm is said
by the key, never by the token.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeGuard

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from courant.wall.counting import GREATEST_STORY_ID
from courant.wall.enums import ReaderState

COMPACT = json.JSONEncoder(separators=(",", ":"))
LIFETIME = timedelta(minutes=10)
# Of more openings in a month the token carries the stories with the greatest numbers; the meter knows the others.
MOST_OPENED = 200
LONGEST_PASS = 1_000
# A browser keeps cookies of 4,096 bytes, name and attributes included (RFC 6265, section 6.1).
LONGEST_OPENED = 3_800
LONGEST_CLAIM = 64
SHORTEST_SECRET = 32
ED25519_BYTES = 32
HS256, EDDSA = "HS256", "EdDSA"
OPENED = "/opened"


@dataclass(frozen=True)
class SigningKey:
    """A key with its one algorithm: HS256 with a secret of 32 bytes or more, or EdDSA with raw Ed25519 keys.

    An EdDSA key without its secret only checks. Raises ValueError for a key that cannot be used.
    """

    kid: str
    algorithm: str
    secret: bytes = field(repr=False)
    public: bytes = b""
    # What a token of this key begins with, byte for byte.
    head: bytes = field(init=False, repr=False, compare=False)
    _signing: Any = field(init=False, repr=False, compare=False)
    _checking: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.kid or len(self.kid) > LONGEST_CLAIM:
            raise ValueError("a key needs an id of 1 to 64 characters")
        if self.algorithm == HS256:
            if len(self.secret) < SHORTEST_SECRET:
                raise ValueError(f"the secret of key {self.kid} has fewer than {SHORTEST_SECRET} bytes")
        elif self.algorithm != EDDSA:
            raise ValueError(f"key {self.kid} is neither of HS256 nor of EdDSA")
        elif len(self.secret) not in (0, ED25519_BYTES) or len(self.public) != ED25519_BYTES:
            raise ValueError(f"key {self.kid} needs Ed25519 keys of {ED25519_BYTES} bytes, the public one at least")
        head = {"alg": self.algorithm, "kid": self.kid, "typ": "JWT"}
        object.__setattr__(self, "head", base64url(COMPACT.encode(head).encode()))
        is_pair = self.algorithm == EDDSA
        signing = Ed25519PrivateKey.from_private_bytes(self.secret) if is_pair and self.secret else None
        object.__setattr__(self, "_signing", signing)
        object.__setattr__(self, "_checking", Ed25519PublicKey.from_public_bytes(self.public) if is_pair else None)

    def sign(self, content: bytes) -> bytes:
        """The signature, in base64url. ValueError for a key that only checks."""
        if self.algorithm == HS256:
            return base64url(hmac.digest(self.secret, content, "sha256"))
        if self._signing is None:
            raise ValueError(f"key {self.kid} has no secret: it only checks")
        return base64url(self._signing.sign(content))

    def has_signed(self, content: bytes, signature: bytes) -> bool:
        """Whether this is the key's signature, written in the one way that base64url has for it (RFC 4648, 3.5)."""
        if self.algorithm == HS256:
            return hmac.compare_digest(self.sign(content), signature)
        try:
            known = urlsafe_b64decode(signature + b"==")
            self._checking.verify(known, content)
        except (ValueError, InvalidSignature):
            return False
        return base64url(known) == signature


@dataclass(frozen=True)
class KeyRing:
    """The keys of a paper: the first signs, all check. `audience` says whose passes these are."""

    keys: tuple[SigningKey, ...]
    audience: str
    _checking: dict[bytes, SigningKey] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.keys or not self.audience:
            raise ValueError("a key ring needs a key and an audience")
        checking = {key.head: key for key in self.keys}
        if len({key.kid for key in self.keys}) != len(self.keys):
            raise ValueError("two keys of a ring have one id")
        object.__setattr__(self, "_checking", checking)


@dataclass(frozen=True)
class Pass:
    """What a pass proves until it ends: the reader's public id, state, session, and their passes' version."""

    reader: str
    state: ReaderState
    session: str
    version: int
    expires_at: int


@dataclass(frozen=True)
class CookieNames:
    """The cookies' names. All but `meter` are hidden from scripts; `meter` is for showing only."""

    passes: str
    opened: str
    meter: str
    gift: str
    samples: str
    session: str
    messages: str


def cookie_names(is_secure: bool) -> CookieNames:
    """With https every cookie that proves something is bound to its host by its prefix (RFC 6265bis, 4.1.3.2)."""
    prefix = "__Host-" if is_secure else ""
    return CookieNames(
        passes=f"{prefix}courant_pass",
        opened=f"{prefix}courant_opened",
        meter="courant_meter",
        gift=f"{prefix}courant_gift",
        samples=f"{prefix}courant_samples",
        session=f"{prefix}courant_session",
        messages="messages",
    )


# -- The pass -------------------------------------------------------------------------------------------
def mint_pass(
    ring: KeyRing,
    *,
    reader: str,
    state: ReaderState,
    session: str,
    version: int,
    now: datetime,
    lifetime: timedelta = LIFETIME,
) -> str:
    """A signed pass; `now` must carry its zone. ValueError for a stranger, who carries none."""
    if state == ReaderState.STRANGER:
        raise ValueError("a stranger carries no pass")
    claims = {"aud": ring.audience, "sub": reader, "state": str(state), "sid": session, "ver": version}
    return sign(ring, claims, now, now + lifetime)


def read_pass(ring: KeyRing, token: str, now: float) -> Pass | None:
    """What a pass proves at this moment (seconds since 1970); None if anything about it is wrong. Never raises."""
    claims = check(ring, token, ring.audience, LONGEST_PASS)
    if claims is None:
        return None
    reader, session, version = claims.get("sub"), claims.get("sid"), claims.get("ver")
    begins, ends = claims.get("iat"), claims.get("exp")
    if not (is_name(reader) and is_name(session) and is_count(version) and is_count(begins) and is_count(ends)):
        return None
    state = carried_state(claims.get("state"))
    if state is None or now >= ends:
        return None
    return Pass(reader, state, session, version, ends)


def carried_state(value: Any) -> ReaderState | None:
    """The state of an account; a stranger's is none, and proves nothing."""
    if value in (ReaderState.REGISTERED, ReaderState.SUBSCRIBER, ReaderState.STAFF):
        return ReaderState(value)
    return None


# -- The stories opened this month ----------------------------------------------------------------------
def mint_opened(
    ring: KeyRing, *, reader: str, month: date, stories: Iterable[int], now: datetime, expires_at: datetime
) -> str:
    """The stories that a reader opened in a month, signed; of too many those with the greatest numbers."""
    claims = {"aud": ring.audience + OPENED, "sub": reader, "month": month.isoformat()[:7]}
    kept = sorted(set(stories))[-MOST_OPENED:]
    while True:
        token = sign(ring, {**claims, "stories": kept}, now, expires_at)
        if len(token) <= LONGEST_OPENED:
            return token
        kept = kept[len(kept) // 4 + 1 :]


def read_opened(ring: KeyRing, token: str, *, reader: str, month: date) -> frozenset[int]:
    """The stories of a token of this reader and month; none from any other. Never raises."""
    claims = check(ring, token, ring.audience + OPENED, LONGEST_OPENED)
    if claims is None or claims.get("sub") != reader or claims.get("month") != month.isoformat()[:7]:
        return frozenset()
    stories = claims.get("stories")
    if not isinstance(stories, list) or len(stories) > MOST_OPENED or not all(map(is_story_id, stories)):
        return frozenset()
    return frozenset(stories)


def meter_line(*, counted: int, limit: int, turns_on: str) -> str:
    """What the meter's cookie says to the theme's script: LEFT.LIMIT.YYYY-MM-DD, the day on which the meter turns."""
    return f"{max(0, limit - counted)}.{limit}.{turns_on}"


# -- Signing and checking -------------------------------------------------------------------------------
def sign(ring: KeyRing, claims: dict[str, Any], now: datetime, ends: datetime) -> str:
    """Sign with the ring's first key. ValueError if that key only checks, or a time has no zone."""
    if now.utcoffset() is None or ends.utcoffset() is None:
        raise ValueError("signing needs times with their zone")
    first = ring.keys[0]
    content = {**claims, "iat": int(now.timestamp()), "exp": int(ends.timestamp())}
    signed = first.head + b"." + base64url(COMPACT.encode(content).encode())
    return (signed + b"." + first.sign(signed)).decode("ascii")


def check(ring: KeyRing, token: str, audience: str, longest: int) -> dict[str, Any] | None:
    """The claims of a token that one of the ring's keys signed for this audience; None for any other text.

    A header is not interpreted: it is one of those that the ring's keys write, or it is wrong. Times are not looked at
    here: the caller has the clock.
    """
    if not token or len(token) > longest or not token.isascii():
        return None
    signed, _, signature = token.encode("ascii").rpartition(b".")
    head, _, content = signed.partition(b".")
    key = ring._checking.get(head)
    if key is None or not key.has_signed(signed, signature):
        return None
    try:
        claims = json.loads(urlsafe_b64decode(content + b"=="))
    except (ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) and claims.get("aud") == audience else None


def base64url(content: bytes) -> bytes:
    """Without padding (RFC 7515, section 2)."""
    return urlsafe_b64encode(content).rstrip(b"=")


def is_name(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_CLAIM and value.isascii() and value.isprintable()


def is_count(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= GREATEST_STORY_ID


def is_story_id(value: Any) -> bool:
    return is_count(value) and value > 0
