"""A small paper in a store: stories of every access, pages that are none, and readers with their passes."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import brotli
import zstandard

from courant.edge.pages import EdgeSettings, StoredPage, StoredVariant, digest_of
from courant.edge.server import EdgeConfig, PageServer
from courant.edge.store import Store
from courant.lib.databases import SQLITE_OPTIONS
from courant.wall.decision import StoryTerms, month_of
from courant.wall.enums import Access, ReaderState
from courant.wall.passes import KeyRing, SigningKey, cookie_names, mint_opened, mint_pass

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
RING = KeyRing((SigningKey("2026-11", "HS256", b"k" * 32),), "paper.example")
NAMES = cookie_names(is_secure=False)
LIMIT = 5
HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'self'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
)
VARIANTS = {
    Access.FREE: ("full.out", "full.in"),
    Access.REGISTERED: ("full.in", "preview-registration.out"),
    Access.PREMIUM: (
        "full.in",
        "preview-registration.out",
        "preview-subscription.in",
        "preview-meter.in",
        "preview-retry.in",
    ),
    Access.SUBSCRIBERS: ("full.in", "preview-subscription.out", "preview-subscription.in"),
}


def encodings_of(body: bytes) -> dict[str, bytes]:
    made = {"gzip": gzip.compress(body, 6, mtime=0), "br": brotli.compress(body, quality=5)}
    made["zstd"] = zstandard.ZstdCompressor().compress(body)
    return {"identity": body, **{name: content for name, content in made.items() if len(content) < len(body)}}


def body_of(address: str, variant: str, words: int = 60) -> bytes:
    """A page that names its address and variant; what is withheld stands in full variants alone."""
    random = Random(f"{address} {variant}")
    text = " ".join("".join(random.choices("etaoinshrdlu", k=random.randint(2, 9))) for _ in range(words))
    secret = f"<p>WITHHELD {address}</p>" if variant.startswith("full") else ""
    return f"<!doctype html><title>{address} {variant}</title>{secret}<p>{text}</p>".encode()


def make_page(
    address: str,
    terms: StoryTerms | None = None,
    variants: Iterable[str] = ("full.out", "full.in"),
    *,
    keys: Iterable[str] = (),
    words: int = 60,
    headers: tuple[tuple[str, str], ...] = HEADERS,
    fresh_until: float | None = None,
    bodies: dict[str, bytes] | None = None,
) -> tuple[StoredPage, dict[str, dict[str, bytes]]]:
    """A page and its bodies, ready for `put`."""
    stored, encoded = {}, {}
    for name in variants:
        body = (bodies or {}).get(name) or body_of(address, name, words)
        digest = digest_of(body)
        encoded[digest] = encodings_of(body)
        stored[name] = StoredVariant(200, headers, digest[:16], digest)
    given = frozenset({"paper", *keys, *([f"story/{terms.story_id}"] if terms else [])})
    return StoredPage(address, terms, stored, given, NOW.timestamp(), fresh_until), encoded


def put_page(store: Store, address: str, *given: Any, **more: Any) -> StoredPage:
    page, bodies = make_page(address, *given, **more)
    assert store.put(page, bodies, seen=store.sequence())
    return page


def put_story(store: Store, story_id: int, access: Access, *, words: int = 60, **window: Any) -> str:
    """A story at /ACCESS/ID/, with the variants that its access has."""
    address = f"/{access}/{story_id}/"
    terms = StoryTerms(story_id, access, **window)
    put_page(store, address, terms, VARIANTS[access], words=words)
    return address


def make_settings(**changed: Any) -> EdgeSettings:
    given: dict[str, Any] = {"premium_per_month": LIMIT, "samples_per_month": 0, "networks": [], "edition": "1"}
    return EdgeSettings(**{**given, **changed})


def make_store(folder: Path, **settings: Any) -> Store:
    """A front page, a story of each access (ids 1 to 4), a feed."""
    store = Store(folder)
    store.set_settings(make_settings(**settings))
    put_page(store, "/", keys=["stories"])
    put_page(store, "/world/", keys=["stories-in/5"])
    put_page(store, "/world/?page=2", keys=["stories-in/5"])
    for story_id, access in enumerate(Access, start=1):
        put_story(store, story_id, access)
    put_page(store, "/feed/", None, ["any"], headers=(("Content-Type", "application/rss+xml"),))
    return store


def make_config(folder: Path, **changed: Any) -> EdgeConfig:
    given: dict[str, Any] = {
        "folder": folder,
        "ring": RING,
        "hosts": ("paper.example", "127.0.0.1", ".news.example"),
        "zone": ZONE,
        "cookies": NAMES,
        "is_secure": False,
        "trusted_proxies": 0,
        "shared_seconds": 60,
    }
    return EdgeConfig(**{**given, **changed})


def make_server(folder: Path, counter: Any = None, **changed: Any) -> PageServer:
    return PageServer(make_config(folder, **changed), counter)


def pass_of(
    reader: str = "reader-1",
    state: ReaderState = ReaderState.REGISTERED,
    *,
    session: str = "session-1",
    version: int = 0,
    now: datetime = NOW,
    ring: KeyRing = RING,
    lifetime: timedelta = timedelta(minutes=10),
) -> str:
    return mint_pass(ring, reader=reader, state=state, session=session, version=version, now=now, lifetime=lifetime)


def opened_of(reader: str, stories: Iterable[int], *, now: datetime = NOW) -> str:
    month = month_of(now, ZONE)
    return mint_opened(RING, reader=reader, month=month, stories=stories, now=now, expires_at=now + timedelta(days=7))


def cookies(**given: str) -> bytes:
    """A Cookie header; names as in CookieNames."""
    return "; ".join(f"{getattr(NAMES, name)}={value}" for name, value in given.items()).encode()


def signed_in(
    reader: str = "reader-1", state: ReaderState = ReaderState.REGISTERED, opened: Iterable[int] = (), **more: Any
) -> bytes:
    """The cookies of a reader."""
    given = {"passes": pass_of(reader, state, **more)}
    if opened:
        given["opened"] = opened_of(reader, opened, now=more.get("now", NOW))
    return cookies(**given)


def current_cookie(state: ReaderState = ReaderState.SUBSCRIBER, reader: str = "reader-2", **more: Any) -> bytes:
    """The cookies of a reader who signed in just now, by the clock of this machine."""
    return signed_in(reader, state, now=datetime.now(UTC), **more)


METER = """
PRAGMA journal_mode=WAL;
CREATE TABLE readers_reader (id integer PRIMARY KEY, public_id text UNIQUE, is_active bool);
CREATE TABLE wall_metermonth (id integer PRIMARY KEY, month date, reader_id bigint, UNIQUE (reader_id, month));
CREATE TABLE wall_opening (
  id integer PRIMARY KEY, reader_id bigint, story_id bigint, month date, opened_at datetime, was_sample bool,
  UNIQUE (reader_id, month, story_id)
);
"""


def make_meter(path: Path, readers: Iterable[str]) -> dict[str, Any]:
    """The tables that the counter knows, with these readers; returns the entry of DATABASES that names them."""
    connection = sqlite3.connect(path)
    connection.executescript(METER)
    connection.executemany(
        "INSERT INTO readers_reader (public_id, is_active) VALUES (?, true)", [(r,) for r in readers]
    )
    connection.commit()
    connection.close()
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": dict(SQLITE_OPTIONS)}


def openings_in(path: Path) -> list[tuple[str, int]]:
    """Reader and story of every opening that was counted."""
    with sqlite3.connect(path) as connection:
        return connection.execute(
            "SELECT public_id, story_id FROM wall_opening JOIN readers_reader r ON r.id = reader_id ORDER BY 1, 2"
        ).fetchall()
