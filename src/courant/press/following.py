"""The follower: puts into force on this host what was withdrawn, ended or set on any. One a host, elected by a lock."""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from time import time
from typing import IO

import psycopg
from django.conf import settings
from django.db import Error, close_old_connections, connection
from django.utils import timezone

from courant.press.actions import CHANNEL, KEPT, apply_changes, note_follower, refresh_settings
from courant.press.edition import take_lock
from courant.press.ledger import Ledger
from courant.press.queries import Change, PositionLost, changes_since, newest_position
from courant.press.stores import local_ledger, local_store
from courant.wall.models import PassEnd
from courant.wall.stores import connection_words

POLL_SECONDS = 0.5
# A report is a write, and SQLite has one writer at a time.
SECONDS_BETWEEN_REPORTS = {"postgresql": 10.0, "sqlite": 30.0}
SECONDS_WITHOUT_DATABASE = 1.0
log = logging.getLogger("courant.press")


class Following:
    """What one host knows of the changes, and the deeds that follow; `follow` is one look at the database."""

    def __init__(self) -> None:
        self.store = local_store()
        self.ledger: Ledger = local_ledger()
        self.position: str | None = self.ledger.fact("position")
        self.ends: set[int] = set()
        self.reported_at = 0.0
        self.lag = 0.0
        self.host = host_name(self.ledger)

    def follow(self, now: datetime) -> int:
        """Apply what is new; how many withdrawals. Raises the database's errors."""
        if self.position is None or self.has_slept(now):
            self.position = self.start_anew()
        try:
            position, changes = changes_since(self.position)
        except PositionLost:
            self.position = self.start_anew()
            return 0
        unknown = self.ledger.not_applied(change.row for change in changes)
        new = [change for change in changes if change.row in unknown]
        if new:
            apply_changes(new, self.store)
            self.lag = lag_of(new, now)
        self.position = position
        self.follow_passes()
        if new or time() - self.reported_at >= SECONDS_BETWEEN_REPORTS[connection.vendor]:
            self.report(now)
        return len(new)

    def has_slept(self, now: datetime) -> bool:
        """Whether rows may be discarded by now that this host has never seen."""
        followed_at = self.ledger.fact("followed_at")
        return followed_at is None or now.timestamp() - followed_at > KEPT.total_seconds() * 0.9

    def start_anew(self) -> str:
        """Nothing is known of what is stored: begin with an empty store; the position to follow from."""
        position = newest_position()
        self.store.clear()
        self.ledger.note_fact("followed_at", time())
        return position

    def follow_passes(self) -> None:
        """Passes that ended. The table is small: a row goes when no pass of its time can live."""
        rows = {row.pk: row for row in PassEnd.objects.all()}
        for row in (row for number, row in rows.items() if number not in self.ends):
            session, reader, ended_at = row.session or None, row.reader or None, row.ended_at.timestamp()
            self.store.end_passes(session=session, reader=reader, version=row.version, ended_at=ended_at)
        self.ends = set(rows)

    def report(self, now: datetime) -> None:
        """Keep how far this host is, for after a crash and for who asks; look at the settings again."""
        refresh_settings(self.store)
        self.ledger.note_fact("position", self.position)
        self.ledger.note_fact("followed_at", now.timestamp())
        note_follower(host=self.host, lag=self.lag, now=now)
        self.reported_at = time()


def lag_of(changes: list[Change], now: datetime) -> float:
    return max(0.0, *((now - change.made_at).total_seconds() for change in changes))


def host_name(ledger: Ledger) -> str:
    """This host and this data directory, as they are told apart in lists."""
    mark = ledger.fact("host")
    if mark is None:
        mark = token_hex(3)
        ledger.note_fact("host", mark)
    return f"{socket.gethostname()}-{mark}"


class Follower(threading.Thread):
    """Follows while it has the lock, and waits for it while another process of this host follows."""

    def __init__(self) -> None:
        super().__init__(name="follower", daemon=True)
        self.stopping = threading.Event()
        self.lock: IO[str] | None = None

    def run(self) -> None:
        while not self.stopping.is_set():
            self.lock = self.lock or take_lock(lock_path())
            if self.lock is None:
                self.stopping.wait(1)
                continue
            try:
                self.follow_on()
            except (Error, psycopg.Error, OSError) as error:
                log.warning("Changes cannot be followed, trying again: %s", error)
            except Exception:
                log.exception("The follower failed; it begins again")
            close_old_connections()
            self.stopping.wait(SECONDS_WITHOUT_DATABASE)

    def follow_on(self) -> None:
        following = Following()
        with Ears() as listener:
            while not self.stopping.is_set():
                following.follow(timezone.now())
                listener.wait(self.stopping)

    def stop(self) -> None:
        self.stopping.set()
        self.join(5)
        if self.lock:
            self.lock.close()


def lock_path() -> Path:
    return Path(settings.PRESS_FOLDER) / "follower.lock"


def catch_up() -> None:
    """Before the first answer of this host: what was withdrawn while nothing ran here. Without a database: later."""
    lock = take_lock(lock_path())
    if lock is None:
        return
    with lock:
        try:
            Following().follow(timezone.now())
        except Error as error:
            log.warning("Changes cannot be followed yet: %s", error)
        finally:
            close_old_connections()


class Ears:
    """Waits for the next look: on PostgreSQL until it is told of a change, else half a second."""

    def __init__(self) -> None:
        self.told: psycopg.Connection | None = None

    def __enter__(self) -> Ears:
        if connection.vendor == "postgresql":
            self.told = psycopg.connect(**connection_words(settings.DATABASES["default"]), autocommit=True)
            self.told.execute(f"LISTEN {CHANNEL}")
        return self

    def __exit__(self, *error: object) -> None:
        if self.told is not None:
            with suppress(psycopg.Error):
                self.told.close()

    def wait(self, stopping: threading.Event) -> None:
        if self.told is None:
            stopping.wait(POLL_SECONDS)
            return
        for _ in self.told.notifies(timeout=POLL_SECONDS, stop_after=1):
            return
