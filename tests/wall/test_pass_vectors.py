"""The vectors of docs/rules/pass.md: made from fixed keys, written there, and read as it says."""

import hmac
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from courant.wall.enums import ReaderState
from courant.wall.passes import KeyRing, Pass, mint_opened, mint_pass, read_opened, read_pass
from courant.wall.rings import base64url, public_keys, read_base64url, written_key

pytestmark = pytest.mark.anydb
LAW = Path(__file__).parents[2] / "docs" / "rules" / "pass.md"
VECTOR = re.compile(r"^([a-z-]+) += (\S+)$", re.MULTILINE)

SECRET = "vectors-of-the-courant-pass-hs256"
SEED = base64url(bytes(range(32)))
MADE_AT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
TURN = datetime(2026, 12, 1, tzinfo=UTC)
NOVEMBER = date(2026, 11, 1)
READER = "q7Zt0c2nS9mB1yXe4fGhIw"
AUDIENCE = "https://paper.example"
SHARED = KeyRing((written_key("2026-11", SECRET, "HS256"),), AUDIENCE)
EDGE = KeyRing((written_key("edge-1", SEED, "EdDSA"),), AUDIENCE)
FOREIGN = KeyRing((written_key("2026-11", SECRET, "HS256"),), "https://other.example")


def mint(ring: KeyRing) -> str:
    return mint_pass(
        ring, reader=READER, state=ReaderState.SUBSCRIBER, session="Jk2pQ9sVx0aLmN4r", version=3, now=MADE_AT
    )


def vectors() -> dict[str, str]:
    stories = {12, 345, 6789}
    return {
        "hs-secret": SECRET,
        "hs-pass": mint(SHARED),
        "hs-opened": mint_opened(SHARED, reader=READER, month=NOVEMBER, stories=stories, now=MADE_AT, expires_at=TURN),
        "ed-private": SEED,
        "ed-public": public_keys(EDGE)[0]["x"],
        "ed-pass": mint(EDGE),
        "foreign-pass": mint(FOREIGN),
    }


def test_the_vectors_are_those_of_the_law() -> None:
    """pass.md: Test vectors."""
    assert dict(VECTOR.findall(LAW.read_text(encoding="utf-8"))) == vectors()


def test_the_vectors_are_read_as_the_law_says() -> None:
    """pass.md: Test vectors."""
    written, now = dict(VECTOR.findall(LAW.read_text(encoding="utf-8"))), MADE_AT.timestamp()
    expected = Pass(READER, ReaderState.SUBSCRIBER, "Jk2pQ9sVx0aLmN4r", 3, int(now) + 600)
    assert read_pass(SHARED, written["hs-pass"], now) == expected
    assert read_pass(EDGE, written["ed-pass"], now) == expected
    assert read_opened(SHARED, written["hs-opened"], reader=READER, month=NOVEMBER) == {12, 345, 6789}
    assert read_pass(SHARED, written["foreign-pass"], now) is None
    assert read_pass(SHARED, written["hs-opened"], now) is None
    assert read_pass(SHARED, written["hs-pass"], now + 600) is None
    assert read_pass(SHARED, written["ed-pass"], now) is None


def test_whoever_knows_nothing_of_this_code_can_check_them() -> None:
    """pass.md: Checking it elsewhere."""
    written = dict(VECTOR.findall(LAW.read_text(encoding="utf-8")))
    claims = {
        "aud": AUDIENCE,
        "sub": READER,
        "state": "subscriber",
        "sid": "Jk2pQ9sVx0aLmN4r",
        "ver": 3,
        "iat": 1795608000,
        "exp": 1795608600,
    }
    said, _, signature = written["hs-pass"].rpartition(".")
    digest = hmac.digest(written["hs-secret"].encode(), said.encode(), "sha256")
    assert read_base64url(signature) == digest
    assert json.loads(read_base64url(said.partition(".")[0])) == {"alg": "HS256", "kid": "2026-11", "typ": "JWT"}
    assert json.loads(read_base64url(said.partition(".")[2])) == claims
    said, _, signature = written["ed-pass"].rpartition(".")
    public = Ed25519PublicKey.from_public_bytes(read_base64url(written["ed-public"]))
    public.verify(read_base64url(signature), said.encode())
    assert json.loads(read_base64url(said.partition(".")[2])) == claims


if __name__ == "__main__":
    print("\n".join(f"{name:<12} = {value}" for name, value in vectors().items()))
