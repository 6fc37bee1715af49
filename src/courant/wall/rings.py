"""The key ring of this installation, from its settings; docs/rules/pass.md, "Keys"."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

from courant.lib.keyfiles import keep_key
from courant.wall.passes import ED25519_BYTES, EDDSA, HS256, KeyRing, SigningKey

KEY_FILE = "pass.key"
PURPOSE = b"courant.wall.passes"
# Whose passes these are where no site_url is set: a paper that only this machine reads.
LOCAL_AUDIENCE = "http://localhost"


def key_ring() -> KeyRing:
    """The keys in force. Raises ValueError for keys that cannot be used, OSError for a key that cannot be kept."""
    return make_ring(
        algorithm=settings.PASS_ALGORITHM,
        written=tuple(settings.PASS_KEYS),
        secret_keys=tuple(force_bytes(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)),
        home=Path(settings.COURANT_HOME),
        audience=settings.SITE_URL or LOCAL_AUDIENCE,
    )


@lru_cache(maxsize=4)
def make_ring(
    *, algorithm: str, written: tuple[tuple[str, str], ...], secret_keys: tuple[bytes, ...], home: Path, audience: str
) -> KeyRing:
    """Keys that are written in the settings; without them the kept one (EdDSA) or those of the secret keys (HS256)."""
    if written:
        keys = [written_key(kid, text, algorithm) for kid, text in written]
    elif algorithm == EDDSA:
        keys = [kept_key(home)]
    else:
        keys = [derived_key(secret) for secret in secret_keys]
    return KeyRing(tuple(keys), audience)


def written_key(kid: str, text: str, algorithm: str) -> SigningKey:
    """HS256: the text itself is the secret. EdDSA: it is the private key, 32 bytes in base64url."""
    if algorithm == HS256:
        return SigningKey(kid, HS256, text.encode())
    return ed25519_key(read_base64url(text), kid)


def kept_key(home: Path) -> SigningKey:
    """The key of this installation, made at first use in the data directory."""
    return ed25519_key(read_base64url(keep_key(home / KEY_FILE, lambda: base64url(secrets.token_bytes(ED25519_BYTES)))))


def derived_key(secret: bytes) -> SigningKey:
    """A key from Django's secret key by HKDF (RFC 5869). It is text, so that a proxy's configuration can hold it."""
    derived = HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(secret)
    return SigningKey(sha256(derived).hexdigest()[:12], HS256, base64url(derived).encode())


def ed25519_key(private: bytes, kid: str = "") -> SigningKey:
    public = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    return SigningKey(kid or sha256(public).hexdigest()[:12], EDDSA, private, public)


def public_keys(ring: KeyRing) -> list[dict[str, str]]:
    """The keys that may be shown to all, as JSON Web Keys (RFC 8037); none of HS256, whose keys also sign."""
    return [
        {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": EDDSA, "kid": key.kid, "x": base64url(key.public)}
        for key in ring.keys
        if key.algorithm == EDDSA
    ]


def base64url(content: bytes) -> str:
    return urlsafe_b64encode(content).decode("ascii").rstrip("=")


def read_base64url(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
