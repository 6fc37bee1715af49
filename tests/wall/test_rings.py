"""The keys of an installation: from its secret key, from its settings, or made and kept (docs/rules/pass.md, "Keys")."""

import stat
from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.test import Client

from courant.wall.enums import ReaderState
from courant.wall.passes import EDDSA, HS256, KeyRing, Pass, mint_pass, read_pass
from courant.wall.rings import KEY_FILE, base64url, key_ring, make_ring, public_keys

pytestmark = pytest.mark.anydb
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
JWKS = "/.well-known/jwks.json"
SEED = base64url(bytes(range(32)))


@pytest.fixture(autouse=True)
def paper(settings: Any, tmp_path: Path) -> Any:
    """A paper of its own: nothing made here is kept beside the other tests' keys."""
    settings.COURANT_HOME = tmp_path
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "s" * 50, []
    settings.PASS_KEYS, settings.PASS_ALGORITHM, settings.SITE_URL = [], HS256, "https://paper.example"
    yield settings
    make_ring.cache_clear()


def minted(ring: KeyRing) -> str:
    return mint_pass(ring, reader="R1", state=ReaderState.REGISTERED, session="S1", version=1, now=NOW)


def read(ring: KeyRing, token: str) -> Pass | None:
    return read_pass(ring, token, NOW.timestamp())


def test_without_a_setting_the_key_comes_from_the_secret_key(paper: Any, tmp_path: Path) -> None:
    """pass.md: Keys."""
    (key,) = key_ring().keys
    derived = HKDF(SHA256(), length=32, salt=None, info=b"courant.wall.passes").derive(b"s" * 50)
    assert (key.algorithm, key.secret) == (HS256, base64url(derived).encode())
    assert len(key.kid) == 12
    assert key.kid.encode() not in key.secret
    assert list(tmp_path.iterdir()) == []


def test_a_new_secret_key_is_taken_over(paper: Any) -> None:
    """pass.md: Keys."""
    token = minted(key_ring())
    paper.SECRET_KEY, paper.SECRET_KEY_FALLBACKS = "t" * 50, ["s" * 50]
    assert read(key_ring(), token) is not None
    paper.SECRET_KEY_FALLBACKS = []
    assert read(key_ring(), token) is None


def test_keys_in_the_settings_are_changed_one_after_the_other(paper: Any) -> None:
    """pass.md: Keys."""
    paper.PASS_KEYS = [("old", "o" * 32)]
    token = minted(key_ring())
    assert key_ring().keys[0].secret == b"o" * 32
    paper.PASS_KEYS = [("new", "n" * 32), ("old", "o" * 32)]
    assert read(key_ring(), token) is not None
    assert read(key_ring(), minted(key_ring())) is not None
    paper.PASS_KEYS = [("new", "n" * 32)]
    assert read(key_ring(), token) is None


def test_the_audience_is_the_papers_address(paper: Any) -> None:
    """pass.md: What a pass says."""
    assert key_ring().audience == "https://paper.example"
    token = minted(key_ring())
    paper.SITE_URL = "https://other.example"
    assert read(key_ring(), token) is None
    paper.SITE_URL = ""
    assert key_ring().audience == "http://localhost"


def test_a_key_of_the_installations_own_is_made_once_and_kept(paper: Any, tmp_path: Path) -> None:
    """pass.md: Keys."""
    paper.PASS_ALGORITHM = EDDSA
    rings = []
    with ThreadPoolExecutor(8) as threads:
        for ring in threads.map(lambda _: make_ring.__wrapped__(**words(tmp_path)), range(8)):
            rings.append(ring)
    assert {ring.keys[0].secret for ring in rings} == {key_ring().keys[0].secret}
    file = tmp_path / KEY_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]
    assert urlsafe_b64decode(file.read_text() + "=") == key_ring().keys[0].secret
    make_ring.cache_clear()
    assert read(key_ring(), minted(rings[0])) is not None


def words(home: Path) -> dict[str, Any]:
    return {"algorithm": EDDSA, "written": (), "secret_keys": (), "home": home, "audience": "https://paper.example"}


def test_keys_of_an_edge_are_written_too(paper: Any, tmp_path: Path) -> None:
    """pass.md: Keys."""
    paper.PASS_ALGORITHM, paper.PASS_KEYS = EDDSA, [("edge", SEED)]
    assert key_ring().keys[0].secret == bytes(range(32))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "short", "%%%", "A" * 50])
def test_a_kept_key_that_is_broken_is_refused(paper: Any, tmp_path: Path, content: str) -> None:
    paper.PASS_ALGORITHM = EDDSA
    (tmp_path / KEY_FILE).write_text(content)
    with pytest.raises(ValueError, match=r"."):
        key_ring()


# -- What is shown --------------------------------------------------------------------------------------
def test_public_keys_are_shown_and_nothing_else(paper: Any, client: Client) -> None:
    """pass.md: Keys."""
    paper.PASS_ALGORITHM, paper.PASS_KEYS = EDDSA, [("edge", SEED), ("before", base64url(bytes(32)))]
    response = client.get(JWKS)
    assert response.json() == {"keys": public_keys(key_ring())}
    assert response.json()["keys"][0] == {
        "kty": "OKP",
        "crv": "Ed25519",
        "use": "sig",
        "alg": "EdDSA",
        "kid": "edge",
        "x": "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg",
    }
    assert response["Cache-Control"] == "public, max-age=300"
    assert (response["Content-Type"], response.cookies) == ("application/json", {})
    assert SEED not in response.content.decode()
    assert client.post(JWKS).status_code == 405


@pytest.mark.django_db
def test_a_shared_secret_is_never_shown(paper: Any, client: Client) -> None:
    """pass.md: Keys."""
    paper.PASS_KEYS = [("shared", "s" * 40)]
    response = client.get(JWKS)
    assert response.status_code == 404
    assert "s" * 40 not in response.content.decode()
    assert public_keys(key_ring()) == []
