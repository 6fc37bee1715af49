"""What the tests of printing share: a host with its own store, its page server, and its press."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from courant.edge.environment import close_environment
from courant.edge.server import EdgeConfig, Opening, PageServer, Reply
from courant.edge.store import Store
from courant.press import ledger
from courant.press.actions import press, refresh_settings
from courant.press.edition import settle_edition
from courant.press.enums import Outcome
from courant.press.following import Following
from courant.press.stores import local_store
from courant.wall.enums import ReaderState
from courant.wall.passes import KeyRing, SigningKey, cookie_names, mint_opened, mint_pass

RING = KeyRing((SigningKey("test", "HS256", b"k" * 32),), audience="courant")
COOKIES = cookie_names(is_secure=False)
READERS = {
    "stranger": None,
    "registered": ReaderState.REGISTERED,
    "subscriber": ReaderState.SUBSCRIBER,
    "staff": ReaderState.STAFF,
}


@dataclass
class Host:
    """One machine of the paper: its store, and the page server that answers from it."""

    store: Store
    server: PageServer

    def press_all(self) -> dict[str, Outcome]:
        """Press what is wanted until nothing is, as the worker does."""
        done: dict[str, Outcome] = {}
        while wanted := self.store.wanted(50):
            for address in wanted:
                done[address] = self.press(address)
        return done

    def press(self, address: str) -> Outcome:
        return press(address=address, store=self.store, now=timezone.now())

    def ask(
        self, address: str, reader: str = "stranger", *, opened: tuple[int, ...] = (), now: datetime | None = None,
        **headers: str,
    ) -> Reply | Opening | None:  # fmt: skip
        """What the page server says to a reader of this kind."""
        now = now or timezone.now()
        sent = [
            (b"host", b"testserver"),
            *((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()),
        ]
        cookie = cookies_of(reader, opened, now)
        if cookie:
            sent.append((b"cookie", cookie.encode()))
        return self.server.answer(b"GET", address.encode(), sent, "192.0.2.1", now.timestamp())

    def text(self, address: str, reader: str = "stranger", **values: Any) -> str:
        """The stored page that a reader gets; fails if it is not answered from the store."""
        reply = self.ask(address, reader, **values)
        assert isinstance(reply, Reply), f"{address} is not answered from the store: {reply}"
        assert reply.status == 200
        return reply.body.decode()

    def has(self, address: str) -> bool:
        return self.store.page(address) is not None


def cookies_of(reader: str, opened: tuple[int, ...], now: datetime) -> str:
    state = READERS[reader]
    if state is None:
        return ""
    token = mint_pass(RING, reader=f"public-{reader}", state=state, session="s1", version=1, now=now)
    month = now.astimezone(ZoneInfo(django_settings.TIME_ZONE)).date().replace(day=1)
    stories = mint_opened(
        RING, reader=f"public-{reader}", month=month, stories=opened, now=now, expires_at=now + timedelta(days=20)
    )
    return f"{COOKIES.passes}={token}; {COOKIES.opened}={stories}"


def database_url() -> str:
    """Where the database of the running test is."""
    database = connection.settings_dict
    if connection.vendor == "postgresql":
        return f"postgresql://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return f"sqlite:///{database['NAME']}"


def environment_of_host(home: Path, **values: str) -> dict[str, str]:
    """For a process of a paper of its own: this data directory, and the database that the test writes to."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "courant.project.settings",
        "COURANT_HOME": str(home),
        "COURANT_SECRET_KEY": django_settings.SECRET_KEY,
        "DATABASE_URL": database_url(),
        **values,
    }


@pytest.fixture
def press_folder(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A store of its own for each test."""
    settings.PRESS_FOLDER = tmp_path / "press"
    yield settings.PRESS_FOLDER
    close_environment(settings.PRESS_FOLDER)
    ledger.close_all()


@pytest.fixture
def host(press_folder: Path) -> Host:
    """This machine. The database must be there before it: ask for `db` or `transactional_db` first."""
    settle_edition()
    refresh_settings(local_store())
    config = EdgeConfig(
        folder=press_folder,
        ring=RING,
        hosts=("testserver",),
        zone=ZoneInfo(django_settings.TIME_ZONE),
        cookies=COOKIES,
        is_secure=False,
    )
    return Host(local_store(), PageServer(config))


@pytest.fixture
def follow(host: Host) -> Any:
    """One look of this host's follower at the database; how many withdrawals it applied."""
    following = Following()
    following.follow(timezone.now())

    def look() -> int:
        return following.follow(timezone.now())

    return look
