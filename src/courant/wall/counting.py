"""The law of an opening in plain SQL, and a thread that counts openings outside Django. See docs/rules/metering.md.

`count_openings` is the one door: a request that Django answers goes through it with Django's cursor, the page server
with that of its `Counter`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, NamedTuple

from courant.wall.statements import STATEMENTS, Row, Statements
from courant.wall.stores import Cursor, Store, open_store

GREATEST_STORY_ID = 2**63 - 1
# The longest that anybody waits for the meter, in seconds.
PATIENCE = 2.0
# After a failure the store is left alone for so long (seconds); whoever asks meanwhile is answered at once.
PAUSE = 0.25
MOST_TOGETHER = 500
logger = logging.getLogger("courant.wall")


class Wish(NamedTuple):
    """A reader, by public id, wants to open a premium story in a month of the paper of which `limit` are free."""

    reader: str
    story_id: int
    month: date
    limit: int
    at: datetime


class Outcome(NamedTuple):
    """Whether the story is open; afterwards, how many count this month, and all that are open.

    `is_known` is False where there is no such reader, the account is closed, or no story has such a number.
    """

    granted: bool
    counted: int
    stories: frozenset[int]
    is_known: bool = True


REFUSED = Outcome(granted=False, counted=0, stories=frozenset(), is_known=False)
Done = Callable[[Outcome | None], None]


# -- The law --------------------------------------------------------------------------------------------
def count_openings(cursor: Cursor, wishes: Sequence[Wish], *, dialect: str) -> list[Outcome]:
    """Count wishes in their order, within the caller's transaction (on SQLite one begun IMMEDIATE).

    A story counts once a month, and at the limit nothing is written. Nothing holds before the transaction is
    through. Raises the database's errors.
    """
    statements = STATEMENTS[dialect]
    ids = reader_ids(cursor, statements, wishes)
    outcomes = [REFUSED] * len(wishes)
    for month in sorted({wish.month for wish in wishes if wish.reader in ids}):
        places = [
            place
            for place, wish in enumerate(wishes)
            if wish.month == month and wish.reader in ids and 0 < wish.story_id <= GREATEST_STORY_ID
        ]
        asked = [(ids[wishes[place].reader], wishes[place]) for place in places]
        for place, outcome in zip(places, count_month(cursor, statements, month, asked), strict=True):
            outcomes[place] = outcome
    return outcomes


def reader_ids(cursor: Cursor, statements: Statements, wishes: Sequence[Wish]) -> dict[str, int]:
    """The rows of the readers whose accounts are open. No database takes a NUL: nobody is called so."""
    names = sorted({wish.reader for wish in wishes if "\x00" not in wish.reader})
    cursor.execute(statements.readers, (statements.pack(names),))
    return dict(cursor.fetchall())


def count_month(
    cursor: Cursor, statements: Statements, month: date, asked: Sequence[tuple[int, Wish]]
) -> list[Outcome]:
    """Count the wishes of one month; each knows what those before it in the group have opened."""
    day, readers = statements.day(month), statements.pack(sorted({reader for reader, _ in asked}))
    stories, counted = openings_of(cursor, statements, day, readers)
    fresh: list[Row] = []
    outcomes: list[Outcome] = []
    for reader, wish in asked:
        opened = stories.setdefault(reader, set())
        is_open = wish.story_id in opened
        if not is_open and counted.get(reader, 0) < wish.limit:
            is_open = True
            opened.add(wish.story_id)
            counted[reader] = counted.get(reader, 0) + 1
            fresh.append((reader, wish.story_id, statements.moment(wish.at)))
        outcomes.append(Outcome(is_open, counted.get(reader, 0), frozenset(opened)))
    if fresh:
        statements.write(cursor, day, fresh)
    return outcomes


def openings_of(
    cursor: Cursor, statements: Statements, day: Any, readers: Any
) -> tuple[dict[int, set[int]], dict[int, int]]:
    """What these readers opened in the month and how many count, with their rows of the month locked."""
    cursor.execute(statements.months, (day, readers))
    if statements.locks:
        cursor.execute(statements.locks, (day, readers))
    cursor.execute(statements.openings, (day, readers))
    stories: dict[int, set[int]] = {}
    counted: dict[int, int] = {}
    for reader, story_id, was_sample in cursor.fetchall():
        stories.setdefault(reader, set()).add(story_id)
        counted[reader] = counted.get(reader, 0) + (not was_sample)
    return stories, counted


# -- The counter ----------------------------------------------------------------------------------------
Asked = tuple[Wish, Done]


class Counter:
    """Counts openings on one thread and one connection; wishes that wait together share a transaction.

    `database` is an entry of Django's DATABASES. The thread begins with the first wish, so that a process may fork
    before. A store that is lost is found again by itself.
    """

    def __init__(self, database: dict[str, Any]) -> None:
        self.database = database
        self.store: Store | None = None
        # What was asked together, and since when it waits.
        self.queue: SimpleQueue[tuple[Sequence[Asked], float] | None] = SimpleQueue()
        self.thread: threading.Thread | None = None
        self.starting = threading.Lock()
        self.is_closed = False
        self.rests_until = 0.0

    def count(self, wish: Wish, done: Done) -> None:
        """Have a wish counted. `done` is called on the counter's thread, with None where the meter is out of reach.

        An outcome is told after it is written for good, so that nobody is shown what a crash could undo.
        """
        self.count_together([(wish, done)])

    def count_together(self, asked: Sequence[Asked]) -> None:
        """Have several wishes counted, each as by `count`; the thread is woken once."""
        if self.is_closed:
            tell(asked, [None] * len(asked))
            return
        if self.thread is None:
            self.start()
        self.queue.put((asked, monotonic()))

    def close(self) -> None:
        """Count what waits, then end the thread; later wishes are told None."""
        self.is_closed = True
        if self.thread is not None:
            self.queue.put(None)
            self.thread.join(2 * PATIENCE)

    def start(self) -> None:
        with self.starting:
            if self.thread is None:
                self.thread = threading.Thread(target=self.run, name="courant-meter", daemon=True)
                self.thread.start()

    def run(self) -> None:
        is_running = True
        while is_running:
            group, since, is_running = self.next_group()
            for begin in range(0, len(group), MOST_TOGETHER):
                part = group[begin : begin + MOST_TOGETHER]
                tell(part, self.outcomes_of([wish for wish, _ in part], since))
        self.let_go()

    def next_group(self) -> tuple[list[Asked], float, bool]:
        """Wait for a wish and take all that wait with it; since when the first waits, and whether more may come."""
        group: list[Asked] = []
        since = 0.0
        with suppress(Empty):
            while len(group) < MOST_TOGETHER:
                found = self.queue.get(block=not group)
                if found is None:
                    return group, since, False
                since = since or found[1]
                group += found[0]
        return group, since, True

    def outcomes_of(self, wishes: list[Wish], since: float) -> Sequence[Outcome | None]:
        if monotonic() < self.rests_until:
            return [None] * len(wishes)
        try:
            return self.count_group(wishes, since + PATIENCE)
        except Exception as error:  # whatever it is, those who wait must be answered
            logger.warning("openings cannot be counted: %s", error)
            self.let_go()
            self.rests_until = monotonic() + PAUSE
            return [None] * len(wishes)

    def count_group(self, wishes: list[Wish], deadline: float) -> list[Outcome]:
        """Count in one transaction; a connection that was good before is replaced once.

        Even if the transaction whose end we did not hear was written, counting the wishes again adds nothing.
        """
        if self.store is not None:
            try:
                return self.count_once(self.store, wishes, deadline)
            except Exception as error:
                if monotonic() >= deadline:
                    raise
                logger.info("the meter's connection is made anew: %s", error)
                self.let_go()
        self.store = open_store(self.database, deadline)
        return self.count_once(self.store, wishes, deadline)

    def count_once(self, store: Store, wishes: list[Wish], deadline: float) -> list[Outcome]:
        with store.transaction(deadline) as cursor:
            outcomes = count_openings(cursor, wishes, dialect=store.dialect)
        return outcomes

    def let_go(self) -> None:
        """Close the connection; what it had not committed is undone."""
        store, self.store = self.store, None
        if store is not None:
            with suppress(Exception):
                store.close()


def tell(asked: Sequence[Asked], outcomes: Sequence[Outcome | None]) -> None:
    for (_, done), outcome in zip(asked, outcomes, strict=True):
        try:
            done(outcome)
        except Exception:  # the fault of one who asked must not end the counting for all
            logger.exception("an outcome could not be told")
