"""Openings on their way to the counter and back: together, and each answered."""

import asyncio
from pathlib import Path
from threading import get_ident

import pytest

from courant.edge.server import PageServer
from courant.edge.wishes import Wishes, wishes_of
from courant.wall.counting import Counter, Outcome, Wish
from tests.edge.papers import NOW, make_meter, make_server, openings_in

pytestmark = pytest.mark.anydb


def wish(reader: str, story_id: int = 3) -> Wish:
    return Wish(reader, story_id, NOW.date().replace(day=1), 5, NOW)


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    return Counter(make_meter(tmp_path / "meter.sqlite3", [f"reader-{number}" for number in range(20)]))


def ask_all(counter: Counter, wishes: list[Wish]) -> list[Outcome | None]:
    """What each is told, which must be on the loop's own thread."""

    async def run() -> list[Outcome | None]:
        loop, here = asyncio.get_running_loop(), get_ident()
        way, told = Wishes(loop, counter), []
        done = loop.create_future()

        def hear(outcome: Outcome | None) -> None:
            assert get_ident() == here
            told.append(outcome)
            if len(told) == len(wishes):
                done.set_result(told)

        for one in wishes:
            way.ask(one, hear)
        return await asyncio.wait_for(done, 10)

    return asyncio.run(run())


def test_everyone_is_told_their_own(counter: Counter, tmp_path: Path) -> None:
    told = ask_all(counter, [wish(f"reader-{number}", 100 + number) for number in range(20)])
    counter.close()
    assert told == [Outcome(True, 1, frozenset({100 + number})) for number in range(20)]
    assert len(openings_in(tmp_path / "meter.sqlite3")) == 20


def test_a_counter_that_is_closed_reaches_nobody(counter: Counter) -> None:
    counter.close()
    assert ask_all(counter, [wish("reader-1")]) == [None]


class Faulty(Counter):
    def count(self, *given: object) -> None:
        raise RuntimeError("no thread can be started")


def test_a_counter_that_fails_reaches_nobody(caplog: pytest.LogCaptureFixture) -> None:
    assert ask_all(Faulty({}), [wish("reader-1"), wish("reader-2")]) == [None, None]
    assert "cannot be counted" in caplog.text


def test_one_who_fails_at_being_told_stops_nobody(counter: Counter, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> Outcome | None:
        loop = asyncio.get_running_loop()
        way, done = Wishes(loop, counter), loop.create_future()
        way.ask(wish("reader-1"), lambda outcome: 1 / 0)
        way.ask(wish("reader-2"), done.set_result)
        return await asyncio.wait_for(done, 10)

    assert asyncio.run(run()) == Outcome(True, 1, frozenset({3}))
    counter.close()
    assert "cannot be answered" in caplog.text


def test_an_outcome_after_the_loops_end_is_nobodys(counter: Counter) -> None:
    loop = asyncio.new_event_loop()
    way = Wishes(loop, counter)
    loop.close()
    way.take_back(print, None)
    counter.close()


def test_a_server_has_one_way_to_its_counter_in_a_loop(folder: Path, counter: Counter) -> None:
    server = make_server(folder, counter)

    async def way() -> Wishes | None:
        assert wishes_of(server, asyncio.get_running_loop()) is wishes_of(server, asyncio.get_running_loop())
        return wishes_of(server, asyncio.get_running_loop())

    assert asyncio.run(way()) is not asyncio.run(way())

    async def none(server: PageServer | None) -> Wishes | None:
        return wishes_of(server, asyncio.get_running_loop())

    assert asyncio.run(none(None)) is None
    assert asyncio.run(none(make_server(folder, None))) is None
