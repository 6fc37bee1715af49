"""Passes that prove nothing: forged, altered, ended, meant for something else."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from courant.wall.enums import ReaderState
from courant.wall.passes import HS256, KeyRing, SigningKey, mint_opened, mint_pass

LASTING = timedelta(days=1)
FOREVER = 4_000_000_000


@dataclass(frozen=True)
class Bearer:
    """An account as its passes say it; `session` is the one that the pass belongs to."""

    public_id: str
    state: ReaderState
    session: str
    version: int = 0


def good_pass(ring: KeyRing, bearer: Bearer, now: datetime, lifetime: timedelta = LASTING) -> str:
    return mint_pass(
        ring,
        reader=bearer.public_id,
        state=bearer.state,
        session=bearer.session,
        version=bearer.version,
        now=now,
        lifetime=lifetime,
    )


def forged_passes(ring: KeyRing, subscriber: Bearer, reader: Bearer, now: datetime) -> dict[str, str]:
    """Name -> what stands in the cookie. Each is a stranger's, silently."""
    good, humble = good_pass(ring, subscriber, now), good_pass(ring, reader, now)
    head, claims, signature = good.split(".")
    return {
        "no pass but text": "subscriber",
        "claims alone": claims,
        "without its signature": f"{head}.{claims}.",
        "without its last letter": good[:-1],
        "half of it": good[: len(good) // 2],
        "one letter more": good + "A",
        "padded": good + "=",
        "a fourth part": good + "." + signature,
        "in small letters": good.lower(),
        "very long": good + "A" * 3_000,
        "signature of another's": f"{head}.{claims}.{humble.rpartition('.')[2]}",
        "another's claims": f"{humble.partition('.')[0]}.{promoted(humble)}.{humble.rpartition('.')[2]}",
        "signature in another spelling": respelt(good),
        "ended an hour ago": good_pass(ring, subscriber, now - timedelta(hours=2), timedelta(hours=1)),
        "ended a second ago": good_pass(ring, subscriber, now - timedelta(hours=1), timedelta(seconds=3599)),
        "for another paper": good_pass(KeyRing(ring.keys, "another-paper"), subscriber, now),
        "openings for a pass": mint_opened(
            ring,
            reader=subscriber.public_id,
            month=now.date().replace(day=1),
            stories=range(1, 9),
            now=now,
            expires_at=now + LASTING,
        ),
        **with_other_keys(ring, subscriber, now),
        **with_other_heads(ring, head, claims),
        **with_other_claims(ring, claims),
    }


def with_other_keys(ring: KeyRing, bearer: Bearer, now: datetime) -> dict[str, str]:
    kid = ring.keys[0].kid
    keys = {"another key": b"k" * 32, "a key of noughts": b"\0" * 32, "the key's name for a key": kid.encode() * 32}
    return {
        name: good_pass(KeyRing((SigningKey(kid, HS256, secret),), ring.audience), bearer, now)
        for name, secret in keys.items()
    }


def with_other_heads(ring: KeyRing, head: str, claims: str) -> dict[str, str]:
    """`alg: none` and its relatives (RFC 8725, section 2.1); heads that name keys of their own."""
    kid = ring.keys[0].kid
    found: dict[str, str] = {}
    for word in ("none", "None", "NONE", "nOnE", "", "HS256 "):
        found[f"alg {word!r}"] = f"{written({'alg': word, 'kid': kid, 'typ': 'JWT'})}.{claims}."
    found["alg none, no kid"] = f"{written({'alg': 'none', 'typ': 'JWT'})}.{claims}."
    for digest in ("sha384", "sha512"):  # with the very key: which algorithm is right says the key, not the token
        other = written({"alg": digest.replace("sha", "HS"), "kid": kid, "typ": "JWT"})
        found[f"the right key by {digest}"] = signed(f"{other}.{claims}", ring.keys[0].secret, digest)
    for name, more in {
        "a key in its head": {"jwk": {"kty": "oct", "k": written({"k": 1})}},
        "the address of a key": {"jku": "https://elsewhere.example/keys"},
        "a critical extension": {"crit": ["exp"], "exp": FOREVER},
        "a path for a key": {"kid": "../../../../dev/null"},
        "a statement for a key": {"kid": "x' UNION SELECT 'k"},
        "no key": {"kid": None},
    }.items():
        other = written({"alg": "HS256", "typ": "JWT", "kid": kid, **more})
        found[name] = signed(f"{other}.{claims}", b"")
        found[f"{name}, signed with noughts"] = signed(f"{other}.{claims}", b"\0" * 32)
    return found


def with_other_claims(ring: KeyRing, claims: str) -> dict[str, str]:
    """Signed with the right key, by a slip: what is not whole proves nothing."""
    if ring.keys[0].algorithm != HS256:
        return {}
    known = read(claims)
    changes: dict[str, dict[str, Any]] = {
        "an end that is text": {"exp": str(FOREVER)},
        "an end that is true": {"exp": True},
        "an end that is a fraction": {"exp": float(FOREVER)},
        "an unknown state": {"state": "admin"},
        "a stranger's state": {"state": "stranger"},
        "several states": {"state": ["subscriber"]},
        "several audiences": {"aud": [ring.audience]},
    }
    found = {}
    for name, change in changes.items():
        found[name] = jwt_by_hand(ring, {**known, **change})
    for claim in ("exp", "sub", "sid", "ver", "iat", "aud"):
        found[f"without {claim}"] = jwt_by_hand(ring, {key: value for key, value in known.items() if key != claim})
    return found


def jwt_by_hand(ring: KeyRing, claims: dict[str, Any]) -> str:
    head = written({"alg": "HS256", "kid": ring.keys[0].kid, "typ": "JWT"})
    return signed(f"{head}.{written(claims)}", ring.keys[0].secret)


def signed(text: str, key: bytes, digest: str = "sha256") -> str:
    return f"{text}.{urlsafe_b64encode(hmac.digest(key, text.encode(), digest)).decode().rstrip('=')}"


def written(content: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).decode().rstrip("=")


def read(part: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return content


def promoted(token: str) -> str:
    """A reader's claims with the state of a subscriber."""
    return written({**read(token.split(".")[1]), "state": "subscriber"})


def respelt(token: str) -> str:
    """The same signature written differently: of the last letter some bits say nothing."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letters[letters.index(token[-1]) ^ 1]


def forged_openings(ring: KeyRing, reader: Bearer, other: Bearer, stories: list[int], now: datetime) -> dict[str, str]:
    """Cookies of stories opened, for a reader who has opened none of these."""
    month = now.date().replace(day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)

    def opened(by: Bearer = reader, keys: KeyRing = ring, of: Any = month) -> str:
        expires_at = now + LASTING
        return mint_opened(keys, reader=by.public_id, month=of, stories=stories, now=now, expires_at=expires_at)

    false = KeyRing((SigningKey(ring.keys[0].kid, HS256, b"k" * 32),), ring.audience)
    head, claims, signature = opened().split(".")
    more = written({**read(claims), "stories": [*stories, 1]})
    return {
        "another reader's openings": opened(by=other),
        "openings of another month": opened(of=last_month),
        "openings with another key": opened(keys=false),
        "openings of another paper": opened(keys=KeyRing(ring.keys, "another-paper")),
        "openings without signature": f"{written({'alg': 'none', 'kid': ring.keys[0].kid, 'typ': 'JWT'})}.{claims}.",
        "openings with one more": f"{head}.{more}.{signature}",
        "openings as text": json.dumps(stories),
    }
