"""Both tokens: what is signed is read back, and everything else proves nothing (docs/rules/pass.md)."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from datetime import UTC, date, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from courant.wall.enums import ReaderState
from courant.wall.passes import (
    EDDSA,
    HS256,
    LONGEST_OPENED,
    LONGEST_PASS,
    MOST_OPENED,
    KeyRing,
    Pass,
    SigningKey,
    cookie_names,
    mint_opened,
    mint_pass,
    read_opened,
    read_pass,
)

pytestmark = pytest.mark.anydb
PAPER = "https://paper.example"
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
NOVEMBER = date(2026, 11, 1)
TURN = datetime(2026, 12, 1, tzinfo=UTC)
SECRET = b"a secret of this paper, 40 bytes or so.."
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes_raw()
SHARED = SigningKey("one", HS256, SECRET)
EDGE = SigningKey("two", EDDSA, bytes(range(32)), PUBLIC)
RING = KeyRing((SHARED,), PAPER)
EDGE_RING = KeyRing((EDGE,), PAPER)


def minted(ring: KeyRing = RING, *, now: datetime = NOW, **values: Any) -> str:
    words = {"reader": "R1", "state": ReaderState.REGISTERED, "session": "S1", "version": 3, **values}
    return mint_pass(ring, now=now, **words)


def read(token: str, ring: KeyRing = RING, now: datetime = NOW) -> Pass | None:
    return read_pass(ring, token, now.timestamp())


def opened(stories: Any = (1, 2, 3), ring: KeyRing = RING, *, reader: str = "R1", month: date = NOVEMBER) -> str:
    return mint_opened(ring, reader=reader, month=month, stories=stories, now=NOW, expires_at=TURN)


def encoded(content: Any) -> str:
    text = content if isinstance(content, bytes) else json.dumps(content, separators=(",", ":")).encode()
    return urlsafe_b64encode(text).decode().rstrip("=")


def signed(header: Any, claims: Any, secret: bytes = SECRET) -> str:
    """A token signed rightly over whatever it says."""
    said = f"{encoded(header)}.{encoded(claims)}"
    return f"{said}.{encoded(hmac.digest(secret, said.encode(), hashlib.sha256))}"


HEADER = {"alg": "HS256", "kid": "one", "typ": "JWT"}
CLAIMS = {
    "aud": PAPER,
    "sub": "R1",
    "state": "registered",
    "sid": "S1",
    "ver": 3,
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 600,
}


@pytest.mark.parametrize("ring", [RING, EDGE_RING])
@pytest.mark.parametrize("state", [ReaderState.REGISTERED, ReaderState.SUBSCRIBER, ReaderState.STAFF])
def test_what_is_minted_is_read(ring: KeyRing, state: ReaderState) -> None:
    """pass.md: What a pass says."""
    token = minted(ring, state=state)
    assert read(token, ring) == Pass("R1", state, "S1", 3, int(NOW.timestamp()) + 600)
    assert len(token) < 500


def test_the_token_is_a_plain_jwt() -> None:
    """pass.md: What a pass says."""
    assert jwt.get_unverified_header(minted()) == HEADER
    assert jwt.decode(minted(), options={"verify_signature": False}) == CLAIMS
    assert read(signed(HEADER, CLAIMS)) == read(minted())


def test_a_pass_lasts_ten_minutes_and_no_longer() -> None:
    """pass.md: What is refused."""
    token = minted()
    assert read(token, now=NOW + timedelta(minutes=10) - timedelta(milliseconds=1)) is not None
    assert read(token, now=NOW + timedelta(minutes=10)) is None
    assert read(minted(lifetime=timedelta(minutes=1)), now=NOW + timedelta(minutes=1)) is None


def test_a_stranger_is_given_none() -> None:
    with pytest.raises(ValueError, match="stranger"):
        minted(state=ReaderState.STRANGER)


def test_a_time_without_a_zone_signs_nothing() -> None:
    with pytest.raises(ValueError, match="zone"):
        minted(now=datetime(2026, 11, 25, 12, 0))


def rsa_token() -> str:
    key = generate_rsa_key(public_exponent=65537, key_size=2048)
    return jwt.encode(CLAIMS, key, algorithm="RS256", headers={"kid": "one"})


def ec_token() -> str:
    return jwt.encode(CLAIMS, generate_private_key(SECP256R1()), algorithm="ES256", headers={"kid": "one"})


def unsigned_tokens() -> list[str]:
    headers = [{**HEADER, "alg": alg} for alg in ("none", "None", "NONE", "nOnE", "")]
    said = [f"{encoded(header)}.{encoded(CLAIMS)}" for header in headers]
    return [f"{one}." for one in said] + said


FORGED = {
    "another's secret": signed(HEADER, CLAIMS, b"b" * 40),
    "an empty secret": signed(HEADER, CLAIMS, b""),
    "the kid as secret": signed(HEADER, CLAIMS, b"one"),
    "HS384": jwt.encode(CLAIMS, SECRET.ljust(64, b"."), algorithm="HS384", headers={"kid": "one"}),
    "RS256": rsa_token(),
    "ES256": ec_token(),
    "EdDSA of another": jwt.encode(CLAIMS, Ed25519PrivateKey.generate(), algorithm="EdDSA", headers={"kid": "one"}),
    "says HS512, signed HS256": signed({**HEADER, "alg": "HS512"}, CLAIMS),
    "without alg": signed({"kid": "one", "typ": "JWT"}, CLAIMS),
    "without kid": signed({"alg": "HS256", "typ": "JWT"}, CLAIMS),
    "unknown kid": signed({**HEADER, "kid": "three"}, CLAIMS),
    "kid as path": signed({**HEADER, "kid": "../../dev/null"}, CLAIMS),
    "kid as list": signed({**HEADER, "kid": ["one"]}, CLAIMS),
    "kid as null": signed({**HEADER, "kid": None}, CLAIMS),
    "another order": signed({"typ": "JWT", "kid": "one", "alg": "HS256"}, CLAIMS),
    "another typ": signed({**HEADER, "typ": "JWE"}, CLAIMS),
    "a key in the header": signed({**HEADER, "jwk": {"kty": "oct", "k": encoded(SECRET)}}, CLAIMS),
    "an address of keys": signed({**HEADER, "jku": "https://evil.example/jwks.json"}, CLAIMS),
    "critical words": signed({**HEADER, "crit": ["exp"]}, CLAIMS),
    "unencoded payload": signed({**HEADER, "b64": False}, CLAIMS),
    "header no object": signed(["HS256"], CLAIMS),
    "claims no object": signed(HEADER, [1]),
    "claims no JSON": signed(HEADER, b"{"),
    "claims not UTF-8": signed(HEADER, b'{"aud":"\xff"}'),
    "claims nested": signed(HEADER, b"[" * 400),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_pass_proves_nothing(name: str) -> None:
    """pass.md: What is refused."""
    assert read(FORGED[name]) is None
    assert read(FORGED[name], KeyRing((SHARED, EDGE), PAPER)) is None


def test_an_unsigned_pass_proves_nothing() -> None:
    """pass.md: What is refused."""
    for token in unsigned_tokens():
        assert read(token) is None
        assert read(token, EDGE_RING) is None


def test_the_public_key_is_no_shared_secret() -> None:
    """pass.md: What is refused."""
    pem = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for secret in (PUBLIC, pem, pem.strip(), encoded(PUBLIC).encode()):
        for header in (HEADER, {**HEADER, "kid": "two"}, {**HEADER, "kid": "two", "alg": "EdDSA"}):
            token = signed(header, CLAIMS, secret)
            assert read(token, EDGE_RING) is None
            assert read(token, KeyRing((EDGE, SHARED), PAPER)) is None


BAD_CLAIMS: dict[str, dict[str, Any]] = {
    "foreign audience": {"aud": "https://other.example"},
    "audience as list": {"aud": [PAPER]},
    "audience of the opened stories": {"aud": PAPER + "/opened"},
    "no audience": {"aud": None},
    "stranger": {"state": "stranger"},
    "unknown state": {"state": "publisher"},
    "state as list": {"state": ["staff"]},
    "no reader": {"sub": ""},
    "reader as number": {"sub": 12},
    "reader too long": {"sub": "r" * 65},
    "reader with a line end": {"sub": "R1\n"},
    "reader in other letters": {"sub": "Ä"},
    "no session": {"sid": None},
    "version as text": {"ver": "3"},
    "version as truth": {"ver": True},
    "version as fraction": {"ver": 3.0},
    "version negative": {"ver": -1},
    "version too large": {"ver": 2**63},
    "end as text": {"exp": "9999999999"},
    "end as fraction": {"exp": NOW.timestamp() + 600.5},
    "end not a number": {"exp": float("nan")},
    "end too large": {"exp": 2**70},
    "no end": {"exp": None},
    "expired": {"exp": int(NOW.timestamp()) - 1},
    "no beginning": {"iat": None},
}


@pytest.mark.parametrize("name", BAD_CLAIMS)
def test_a_signature_does_not_excuse_what_is_said(name: str) -> None:
    """pass.md: What is refused."""
    claims = {**CLAIMS, **BAD_CLAIMS[name]}
    assert read(signed(HEADER, claims)) is None
    without = {key: value for key, value in claims.items() if key not in BAD_CLAIMS[name]}
    if "exp" not in without or "aud" not in without:
        assert read(signed(HEADER, without)) is None


@pytest.mark.parametrize("ring", [RING, EDGE_RING])
def test_cut_short_or_altered_anywhere_it_proves_nothing(ring: KeyRing) -> None:
    """pass.md: What is refused."""
    token = minted(ring)
    assert not [length for length in range(len(token)) if read(token[:length], ring)]
    for place, letter in enumerate(token):
        for other in {"A", "B", "-", "_", ".", chr(ord(letter) ^ 1), chr(ord(letter) ^ 32)} - {letter}:
            assert read(token[:place] + other + token[place + 1 :], ring) is None, f"letter {place} became {other!r}"
    for altered in (f"{token}A", f"{token}=", f"{token} ", f" {token}", f"{token}\n", f"{token}.", token * 2):
        assert read(altered, ring) is None


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b.c", "\x00", "é.é.é", "ey.ey.ey", "x" * LONGEST_PASS, "x" * 100_000, "." * 5_000]
)
def test_what_is_no_token_proves_nothing(text: str) -> None:
    assert read(text) is None
    assert read_opened(RING, text, reader="R1", month=NOVEMBER) == frozenset()


@given(st.text(max_size=300))
def test_no_text_makes_reading_fail(text: str) -> None:
    assert read(text) is None
    assert read(f"{encoded(HEADER)}.{encoded(CLAIMS)}.{text}") is None
    assert read_opened(RING, text, reader="R1", month=NOVEMBER) == frozenset()


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=3))
def test_no_claim_makes_reading_fail(value: Any) -> None:
    for name in CLAIMS:
        found = read(signed(HEADER, {**CLAIMS, name: value}))
        assert found is None or (name != "aud" and getattr(found, "reader", None))
    for name in ("sub", "month", "stories"):
        claims = {"aud": PAPER + "/opened", "sub": "R1", "month": "2026-11", "stories": [1], name: value}
        assert isinstance(read_opened(RING, signed(HEADER, claims), reader="R1", month=NOVEMBER), frozenset)


def test_a_pass_that_is_too_long_is_not_looked_at() -> None:
    assert read(signed(HEADER, {**CLAIMS, "more": "m" * LONGEST_PASS})) is None


# -- Keys -----------------------------------------------------------------------------------------------
def test_keys_are_changed_without_anybody_noticing() -> None:
    """pass.md: Keys."""
    new = SigningKey("new", HS256, b"n" * 32)
    before, during, after = KeyRing((SHARED,), PAPER), KeyRing((new, SHARED), PAPER), KeyRing((new,), PAPER)
    token = minted(before)
    assert read(token, during) is not None
    assert read(token, after) is None
    assert jwt.get_unverified_header(minted(during))["kid"] == "new"
    assert read(minted(during), after) is not None
    assert read(minted(during), KeyRing((SHARED, new), PAPER)) is not None


def test_an_edge_checks_what_it_cannot_sign() -> None:
    """pass.md: Keys."""
    checking = KeyRing((SigningKey("two", EDDSA, b"", PUBLIC),), PAPER)
    assert read(minted(EDGE_RING), checking) is not None
    with pytest.raises(ValueError, match="secret"):
        minted(checking)


def test_two_keys_of_one_name_are_never_mistaken() -> None:
    """pass.md: Keys."""
    with pytest.raises(ValueError, match="one id"):
        KeyRing((SHARED, SigningKey("one", HS256, b"o" * 32)), PAPER)
    other = KeyRing((SigningKey("one", HS256, b"o" * 32),), PAPER)
    assert read(minted(other)) is None


@pytest.mark.parametrize(
    ("kid", "algorithm", "secret", "public"),
    [
        ("", HS256, SECRET, b""),
        ("k" * 65, HS256, SECRET, b""),
        ("one", HS256, b"s" * 31, b""),
        ("one", "none", SECRET, b""),
        ("one", "RS256", SECRET, b""),
        ("one", EDDSA, bytes(32), b""),
        ("one", EDDSA, bytes(31), PUBLIC),
        ("one", EDDSA, bytes(32), PUBLIC[:31]),
    ],
)
def test_keys_that_cannot_be_used_are_refused(kid: str, algorithm: str, secret: bytes, public: bytes) -> None:
    with pytest.raises(ValueError, match="key"):
        SigningKey(kid, algorithm, secret, public)


def test_a_ring_needs_a_key_and_an_audience() -> None:
    for keys, audience in (((), PAPER), ((SHARED,), "")):
        with pytest.raises(ValueError, match="needs"):
            KeyRing(keys, audience)


def test_a_key_is_never_printed() -> None:
    for shown in (repr(SHARED), repr(EDGE), repr(RING), str(EDGE_RING)):
        assert "secret of this paper" not in shown
        assert r"\x01\x02\x03" not in shown


# -- The opened stories ---------------------------------------------------------------------------------
@pytest.mark.parametrize("ring", [RING, EDGE_RING])
def test_opened_stories_are_read_back(ring: KeyRing) -> None:
    """pass.md: The opened stories."""
    token = opened({7, 3, 2**40}, ring)
    assert read_opened(ring, token, reader="R1", month=NOVEMBER) == {3, 7, 2**40}
    assert read_opened(ring, opened((), ring), reader="R1", month=NOVEMBER) == frozenset()


def test_opened_stories_are_of_one_reader_and_month() -> None:
    """pass.md: The opened stories."""
    assert read_opened(RING, opened(), reader="R2", month=NOVEMBER) == frozenset()
    assert read_opened(RING, opened(), reader="R1", month=date(2026, 12, 1)) == frozenset()
    assert read_opened(RING, opened(), reader="R1", month=date(2025, 11, 1)) == frozenset()
    assert read_opened(KeyRing((SHARED,), "https://b.example"), opened(), reader="R1", month=NOVEMBER) == frozenset()


def test_neither_token_stands_for_the_other() -> None:
    """pass.md: The opened stories."""
    assert read(opened()) is None
    assert read_opened(RING, minted(), reader="R1", month=NOVEMBER) == frozenset()
    both = {**CLAIMS, "month": "2026-11", "stories": [1]}
    assert read_opened(RING, signed(HEADER, both), reader="R1", month=NOVEMBER) == frozenset()
    assert read(signed(HEADER, {**both, "aud": PAPER + "/opened"})) is None


@pytest.mark.parametrize(
    "stories", [None, 1, "1", {"1": 1}, ["1"], [1.0], [True], [0], [-1], [2**63], [[1]], list(range(1, 202))]
)
def test_only_numbers_of_stories_are_taken(stories: Any) -> None:
    claims = {"aud": PAPER + "/opened", "sub": "R1", "month": "2026-11", "stories": stories, "iat": 0, "exp": 1}
    assert read_opened(RING, signed(HEADER, claims), reader="R1", month=NOVEMBER) == frozenset()


def test_of_too_many_the_greatest_numbers_are_kept() -> None:
    """pass.md: The opened stories."""
    token = opened(range(1, MOST_OPENED + 51))
    assert read_opened(RING, token, reader="R1", month=NOVEMBER) == set(range(51, MOST_OPENED + 51))
    largest = opened(range(2**62, 2**62 + MOST_OPENED))
    kept = read_opened(RING, largest, reader="R1", month=NOVEMBER)
    assert len(largest) <= LONGEST_OPENED
    assert max(kept) == 2**62 + MOST_OPENED - 1
    assert 100 < len(kept) < MOST_OPENED


# -- Cookies --------------------------------------------------------------------------------------------
def test_with_https_cookies_are_bound_to_their_host() -> None:
    """pass.md: Cookies."""
    plain, secure = cookie_names(is_secure=False), cookie_names(is_secure=True)
    assert (plain.passes, plain.opened, plain.meter) == ("courant_pass", "courant_opened", "courant_meter")
    for name in ("passes", "opened", "gift", "samples", "session"):
        assert getattr(secure, name) == f"__Host-{getattr(plain, name)}"
    assert secure.meter == plain.meter
