"""The worker's part: presses what is wanted at once, and in its idle time whatever the paper lacks. One a host."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import IO

from django.conf import settings
from django.db import Error, close_old_connections
from django.db.models import Max
from django.utils import timezone

from courant.edge.listing import stored_addresses
from courant.press.actions import press, refresh_settings
from courant.press.edition import edition, settle_edition, take_lock
from courant.press.models import Withdrawal
from courant.press.queries import standing_addresses, story_addresses
from courant.press.stores import local_store
from courant.stories.keys import FURNITURE

LOOK_SECONDS = 0.05
SECONDS_WITHOUT_DATABASE = 1.0
AT_ONCE = 20
ROUND_SECONDS = 30.0  # from one look at the furniture to the next
FILL_SECONDS, FILL_CHANGED_SECONDS = 600.0, 60.0
SWEEP_SECONDS = 3600.0
# Standing pages and this many newest stories are pressed anew before they end; older ones when they are asked for.
NEWEST = 2_000
AHEAD_SECONDS = 900.0
FURNITURE_AGE = timedelta(hours=6)
# What was pressed so shortly after a change was noted may have been begun before it came through.
MARGIN_SECONDS = 2.0
log = logging.getLogger("courant.press")


class Presser(threading.Thread):
    """Presses while it has the lock of this host and the store is of its own edition."""

    def __init__(self) -> None:
        super().__init__(name="press", daemon=True)
        self.store = local_store()
        self.stopping = threading.Event()
        self.lock: IO[str] | None = None
        self.idle = Idle()
        self.rules = -1
        self.is_mine = False

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self.press_on()
            except Error as error:
                log.warning("Pages cannot be pressed, trying again: %s", error)
            except Exception:
                log.exception("Pressing failed; it begins again")
            close_old_connections()
            self.stopping.wait(SECONDS_WITHOUT_DATABASE)

    def press_on(self) -> None:
        """Until told to stop, or until something fails."""
        while not self.stopping.is_set():
            self.lock = self.lock or take_lock(lock_path())
            if self.lock is None or not self.is_my_edition():
                self.stopping.wait(1)
            elif not self.press_wanted() and not self.press_one_more():
                close_old_connections()
                self.stopping.wait(LOOK_SECONDS)

    def is_my_edition(self) -> bool:
        """Pages of one edition are never put into the store of another: a newer program may have taken over."""
        if self.store.rules_generation() != self.rules:
            self.rules = self.store.rules_generation()
            known = self.store.settings()
            if known is None:
                settle_edition()
                refresh_settings(self.store)
            self.is_mine = known is None or known.edition == edition()
        return self.is_mine

    def press_wanted(self) -> bool:
        """Press some of what waits longest; whether there was anything."""
        wanted = self.store.wanted(AT_ONCE)
        for address in wanted:
            if self.stopping.is_set():
                break
            press_safely(address)
        return bool(wanted)

    def press_one_more(self) -> bool:
        """In idle time: one page that lacks or is about to end, and then as long a rest; whether there was one."""
        address = self.idle.next(timezone.now())
        if address is None:
            return False
        began = monotonic()
        press_safely(address, takes_shared=not self.idle.is_furniture)
        self.stopping.wait(min(1.0, monotonic() - began) if not self.store.wanted(1) else 0)
        return True

    def stop(self) -> None:
        self.stopping.set()
        self.join(10)
        if self.lock:
            self.lock.close()


def press_safely(address: str, *, takes_shared: bool = True) -> None:
    """A page that cannot be printed is logged and no longer wanted; the database's errors are raised."""
    store = local_store()
    try:
        press(address=address, store=store, now=timezone.now(), takes_shared=takes_shared)
    except Error:
        raise
    except Exception:
        log.exception("%s cannot be pressed", address)
        store.unwant(address)


class Idle:
    """What there is to do when nothing is wanted: old furniture first, then what the paper lacks, and tidying."""

    def __init__(self) -> None:
        self.store = local_store()
        self.furniture: list[str] = []
        self.missing: Iterator[str] = iter(())
        self.is_furniture = False
        self.looked_at = self.filled_at = float("-inf")
        self.swept_at = monotonic()
        self.sequence = -1
        self.renewed: dict[str, datetime] = {}

    def next(self, now: datetime) -> str | None:
        """The next address to press, or None. Raises the database's errors."""
        clock = monotonic()
        if clock - self.looked_at >= ROUND_SECONDS:
            self.looked_at = clock
            self.furniture = self.furniture or self.old_furniture(now)
        if self.is_fill_due(clock):
            self.filled_at, self.sequence = clock, self.store.sequence()
            self.missing = self.what_lacks(now.timestamp())
        if clock - self.swept_at >= SWEEP_SECONDS:
            self.swept_at = clock
            self.store.sweep()
        self.is_furniture = bool(self.furniture)
        return self.furniture.pop(0) if self.furniture else next(self.missing, None)

    def is_fill_due(self, clock: float) -> bool:
        seconds = FILL_SECONDS if self.store.sequence() == self.sequence else FILL_CHANGED_SECONDS
        return clock - self.filled_at >= seconds

    def what_lacks(self, now: float) -> Iterator[str]:
        """Addresses that are not stored, and those of the standing pages and newest stories that end soon."""
        yield from (address for address in standing_addresses() if self.ends_before(address, now + AHEAD_SECONDS))
        for place, address in enumerate(list(story_addresses())):
            if self.ends_before(address, now + AHEAD_SECONDS if place < NEWEST else 0):
                yield address

    def ends_before(self, address: str, moment: float) -> bool:
        page = self.store.page(address)
        return page is None or (page.fresh_until is not None and page.fresh_until < moment)

    def old_furniture(self, now: datetime) -> list[str]:
        """Pages whose lists of other stories are older than a publication, the newest stories first."""
        rows = Withdrawal.objects.filter(key__startswith=FURNITURE, made_at__gte=now - FURNITURE_AGE)
        old: dict[str, int] = {}
        for key, made_at in rows.values_list("key").annotate(last=Max("made_at")).order_by():
            if self.renewed.get(key) == made_at:
                continue
            found = self.pressed_before(key, made_at)
            old |= found
            if not found:
                self.renewed[key] = made_at
        return sorted(old, key=lambda address: old[address], reverse=True)

    def pressed_before(self, key: str, made_at: datetime) -> dict[str, int]:
        """Address -> number of its story."""
        moment = made_at.timestamp() + MARGIN_SECONDS
        pages = (self.store.page(address) for address in stored_addresses(self.store.folder, [key]))
        return {
            page.address: page.terms.story_id if page.terms else 0
            for page in pages
            if page is not None and page.pressed_at < moment
        }


def press_what_is_wanted() -> int:
    """Once, until nothing is wanted; how many addresses. Nothing where another process of this host presses."""
    lock = take_lock(lock_path())
    if lock is None:
        return 0
    with lock:
        store, count = local_store(), 0
        settle_edition()
        refresh_settings(store)
        while wanted := store.wanted(AT_ONCE):
            for address in wanted:
                press_safely(address)
            count += len(wanted)
        return count


def lock_path() -> Path:
    return Path(settings.PRESS_FOLDER) / "press.lock"
