"""The counter when its database is lost: everybody is answered in time, and it finds the database again by itself."""

import os
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from courant.wall.counting import MOST_TOGETHER, PATIENCE, PAUSE, Counter, Outcome, Wish
from courant.wall.models import Opening
from tests.factories import make_reader
from tests.wall.counters import counted_by, database, wish

pytestmark = pytest.mark.django_db(transaction=True)
ON_SQLITE = connection.vendor == "sqlite"
only_sqlite = pytest.mark.skipif(not ON_SQLITE, reason="a file")
only_postgres = pytest.mark.skipif(ON_SQLITE, reason="a server")
# What a loaded machine may add to what is promised.
GRACE = 0.7


@pytest.fixture
def counter() -> Iterator[Counter]:
    made = Counter(database())
    yield made
    made.close()


def granted(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.granted


def timed(counter: Counter, *wishes: Wish) -> tuple[list[Outcome | None], float]:
    began = time.monotonic()
    return counted_by(counter, wishes), time.monotonic() - began


def recovers(counter: Counter, one: Wish) -> Outcome | None:
    """What is told once the pause after a failure is over."""
    time.sleep(PAUSE)
    return counted_by(counter, [one])[0]


def test_a_wish_is_counted_and_told_once_it_is_written(counter: Counter) -> None:
    reader = make_reader()
    rows: list[int] = []
    told = threading.Event()

    def look(outcome: Outcome | None) -> None:
        rows.append(Opening.objects.filter(reader=reader).count())
        connection.close()
        told.set()

    counter.count(wish(reader, 7), look)
    assert told.wait(10)
    assert rows == [1]
    assert counted_by(counter, [wish(reader, 7), wish(reader, 8)]) == [
        Outcome(True, 1, frozenset({7})),
        Outcome(True, 2, frozenset({7, 8})),
    ]


def test_the_fault_of_one_who_asked_ends_nothing(counter: Counter) -> None:
    reader = make_reader()

    def fail(outcome: Outcome | None) -> None:
        raise RuntimeError("told in vain")

    counter.count(wish(reader, 1), fail)
    assert granted(counted_by(counter, [wish(reader, 2)])[0])
    assert Opening.objects.count() == 2


def test_more_at_once_than_a_transaction_takes_are_all_counted(counter: Counter) -> None:
    """Each is told once, in the order asked, and the limit holds across the parts."""
    reader = make_reader()
    outcomes: list[Outcome | None] = []
    wishes = [wish(reader, 1 + number % 700) for number in range(MOST_TOGETHER + 300)]
    counter.count_together([(one, outcomes.append) for one in wishes])
    counter.close()
    limit = wishes[0].limit
    assert [granted(outcome) for outcome in outcomes] == [one.story_id <= limit for one in wishes]
    assert Opening.objects.count() == limit
    counter.count_together([(wishes[0], outcomes.append)])
    assert outcomes[-1] is None


def test_after_closing_everybody_is_told_none(counter: Counter) -> None:
    reader = make_reader()
    outcomes: list[Outcome | None] = []
    for story_id in range(1, 4):
        counter.count(wish(reader, story_id), outcomes.append)
    counter.close()
    assert [granted(outcome) for outcome in outcomes] == [True] * 3
    assert counted_by(counter, [wish(reader, 4)]) == [None]
    counter.close()


def test_a_counter_that_was_never_asked_is_closed_too() -> None:
    unused = Counter(database())
    unused.close()
    assert unused.thread is None


def test_a_table_that_is_missing_is_a_meter_out_of_reach(counter: Counter) -> None:
    """metering.md: When the meter cannot be reached."""
    reader = make_reader()
    with connection.cursor() as cursor:
        cursor.execute('ALTER TABLE "wall_opening" RENAME TO "wall_gone"')
    try:
        assert counted_by(counter, [wish(reader, 1)]) == [None]
    finally:
        with connection.cursor() as cursor:
            cursor.execute('ALTER TABLE "wall_gone" RENAME TO "wall_opening"')
    assert granted(recovers(counter, wish(reader, 1)))


def test_after_a_failure_whoever_asks_is_answered_at_once(counter: Counter) -> None:
    """metering.md: When the meter cannot be reached."""
    good = counter.database
    counter.database = {**good, "NAME": "/nowhere/at/all.sqlite3", "PORT": "1", "HOST": "127.0.0.1"}
    reader = make_reader()
    assert counted_by(counter, [wish(reader, 1)]) == [None]
    counter.database = good
    outcomes, seconds = timed(counter, *[wish(reader, story_id) for story_id in range(1, 100)])
    assert (outcomes, seconds < PAUSE) == ([None] * 99, True)
    assert granted(recovers(counter, wish(reader, 1)))
    assert Opening.objects.count() == 1


# -- SQLite ---------------------------------------------------------------------------------------------
@contextmanager
def locked_file() -> Iterator[sqlite3.Connection]:
    """Another program writes and does not end."""
    other = sqlite3.connect(database()["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield other
    finally:
        other.close()


@only_sqlite
def test_a_file_locked_for_too_long_is_a_meter_out_of_reach(counter: Counter) -> None:
    """metering.md: When the meter cannot be reached."""
    reader = make_reader()
    counted_by(counter, [wish(reader, 1)])
    with locked_file():
        late: list[float] = []
        began = time.monotonic()
        told = threading.Semaphore(0)

        def note(outcome: Outcome | None) -> None:
            assert outcome is None
            late.append(time.monotonic())
            told.release()

        asked = []
        for number in range(4):
            asked.append(time.monotonic())
            counter.count(wish(reader, 10 + number), note)
            time.sleep(0.4)
        for _ in asked:
            assert told.acquire(timeout=10)
        assert max(end - begin for begin, end in zip(asked, late, strict=True)) < PATIENCE + GRACE
        assert time.monotonic() - began > PATIENCE - 0.2
    assert recovers(counter, wish(reader, 2)) == Outcome(True, 2, frozenset({1, 2}))
    assert Opening.objects.count() == 2


@only_sqlite
def test_a_file_locked_for_a_moment_is_waited_for(counter: Counter) -> None:
    reader = make_reader()
    counted_by(counter, [wish(reader, 1)])
    with locked_file() as other:
        outcomes: list[Outcome | None] = []
        told = threading.Event()
        counter.count(wish(reader, 2), lambda outcome: (outcomes.append(outcome), told.set())[1])
        time.sleep(1.0)
        other.execute("COMMIT")
        assert told.wait(PATIENCE)
    assert outcomes == [Outcome(True, 2, frozenset({1, 2}))]


@only_sqlite
def test_a_file_that_is_gone_is_not_made_anew(counter: Counter, tmp_path: Path) -> None:
    """metering.md: When the meter cannot be reached."""
    missing = tmp_path / "paper.sqlite3"
    lost = Counter({**database(), "NAME": str(missing)})
    assert counted_by(lost, [wish("nobody", 1)]) == [None]
    assert not missing.exists()
    with sqlite3.connect(database()["NAME"]) as source, sqlite3.connect(missing) as target:
        source.backup(target)
    source.close()
    target.close()
    assert recovers(lost, wish("nobody", 1)) is not None
    lost.close()


@only_sqlite
def test_a_file_that_was_replaced_is_opened_anew(tmp_path: Path) -> None:
    reader = make_reader()
    for name in ("paper.sqlite3", "restored.sqlite3"):
        with sqlite3.connect(database()["NAME"]) as source, sqlite3.connect(tmp_path / name) as target:
            source.backup(target)
        source.close()
        target.close()
    file = tmp_path / "paper.sqlite3"
    replaced = Counter({**database(), "NAME": file})
    assert granted(counted_by(replaced, [wish(reader, 1)])[0])
    for ending in ("-wal", "-shm"):
        (tmp_path / f"paper.sqlite3{ending}").unlink(missing_ok=True)
    os.replace(tmp_path / "restored.sqlite3", file)
    assert counted_by(replaced, [wish(reader, 2)]) == [Outcome(True, 1, frozenset({2}))]
    replaced.close()


# -- PostgreSQL -----------------------------------------------------------------------------------------
class Wire:
    """A wire to the server that can be cut or frozen, as a network is; and mended."""

    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self.moves = threading.Event()
        self.moves.set()
        self.sockets: list[socket.socket] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self.target)
                self.sockets += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self.carry, args=(source, target), daemon=True).start()

    def carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while content := source.recv(65_536):
                self.moves.wait()
                target.sendall(content)

    def cut(self) -> None:
        """As when the server is killed: connections end, and new ones are refused."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.moves.set()
        for one in self.sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self.sockets = []

    def mend(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()


@pytest.fixture
def wire() -> Iterator[Wire]:
    known = database()
    made = Wire(known["HOST"], int(known["PORT"]))
    yield made
    made.cut()


@pytest.fixture
def far_counter(wire: Wire) -> Iterator[Counter]:
    made = Counter({**database(), "HOST": "127.0.0.1", "PORT": str(wire.port)})
    yield made
    made.close()


@only_postgres
def test_a_server_that_is_killed_is_found_again(wire: Wire, far_counter: Counter) -> None:
    """metering.md: When the meter cannot be reached."""
    reader = make_reader()
    assert granted(counted_by(far_counter, [wish(reader, 1)])[0])
    wire.cut()
    outcomes, seconds = timed(far_counter, wish(reader, 2))
    assert (outcomes, seconds < GRACE) == ([None], True)
    wire.mend()
    assert recovers(far_counter, wish(reader, 2)) == Outcome(True, 2, frozenset({1, 2}))


@only_postgres
def test_a_server_that_hangs_keeps_nobody_waiting(wire: Wire, far_counter: Counter) -> None:
    """metering.md: When the meter cannot be reached."""
    reader = make_reader()
    assert granted(counted_by(far_counter, [wish(reader, 1)])[0])
    wire.moves.clear()
    outcomes, seconds = timed(far_counter, wish(reader, 2), wish(reader, 3))
    assert outcomes == [None, None]
    assert PATIENCE - 0.2 < seconds < PATIENCE + GRACE
    wire.moves.set()
    assert granted(recovers(far_counter, wish(reader, 2)))
    counted = counted_by(far_counter, [wish(reader, story_id) for story_id in range(2, 9)])
    assert [granted(outcome) for outcome in counted] == [True] * 4 + [False] * 3
    assert Opening.objects.filter(reader=reader).count() == 5


@only_postgres
def test_a_server_that_never_answers_keeps_nobody_waiting(wire: Wire, far_counter: Counter) -> None:
    """metering.md: When the meter cannot be reached."""
    wire.moves.clear()
    outcomes, seconds = timed(far_counter, wish(make_reader(), 2))
    assert outcomes == [None]
    assert seconds < PATIENCE + GRACE
    wire.moves.set()


@only_postgres
def test_a_connection_that_was_ended_is_replaced_and_nobody_notices(counter: Counter) -> None:
    reader = make_reader()
    counted_by(counter, [wish(reader, 1)])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert counted_by(counter, [wish(reader, 2)]) == [Outcome(True, 2, frozenset({1, 2}))]


@only_postgres
def test_a_row_locked_for_too_long_is_a_meter_out_of_reach(counter: Counter) -> None:
    """metering.md: When the meter cannot be reached."""
    import psycopg

    reader = make_reader()
    counted_by(counter, [wish(reader, 1)])
    words: dict[str, Any] = {name.lower(): value for name, value in database().items() if name in ("HOST", "PORT")}
    with psycopg.connect(**words, user=database()["USER"], dbname=database()["NAME"]) as other:
        other.execute("SELECT * FROM wall_metermonth FOR UPDATE")
        outcomes, seconds = timed(counter, wish(reader, 2))
        assert outcomes == [None]
        assert PATIENCE - 0.2 < seconds < PATIENCE + GRACE
    assert recovers(counter, wish(reader, 2)) == Outcome(True, 2, frozenset({1, 2}))
