"""First openings through a real server: counted on another thread, answered in order, each once. metering.md."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from courant.edge.environment import close_environment
from courant.wall.enums import Access, ReaderState
from tests.edge.lines import Heard, Serving, request, serving
from tests.edge.papers import (
    cookies,
    current_cookie,
    make_meter,
    make_store,
    opened_of,
    openings_in,
    pass_of,
    put_story,
)

pytestmark = pytest.mark.anydb

READERS = [f"reader-{number}" for number in range(300)]
DOORS = {"page protocol": {}, "any ASGI server": {"http": "httptools"}}


@pytest.fixture(params=DOORS.values(), ids=DOORS.keys())
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Serving]:
    store = make_store(tmp_path / "press")
    for number in range(100, 120):
        put_story(store, number, Access.PREMIUM)
    meter = make_meter(tmp_path / "meter.sqlite3", READERS)
    with serving(tmp_path / "press", meter=meter, options=request.param) as running:
        yield running
        assert "Traceback" not in running.stop()
    close_environment(tmp_path / "press")


def fresh(reader: str = "reader-1") -> bytes:
    return current_cookie(ReaderState.REGISTERED, reader)


def token_in(heard: Heard) -> str:
    lines = [value for name, value in heard.headers if name == "set-cookie" and value.startswith("courant_opened=")]
    return lines[0].partition("=")[2].partition(";")[0]


def test_an_opening_is_counted_once_and_remembered(server: Serving, tmp_path: Path) -> None:
    with server.line() as line:
        first = line.ask("/premium/100/", cookie=fresh())
        assert (first.said, first["cache-control"]) == ("/premium/100/ full.in", "private, no-store")
        again = line.ask("/premium/100/", cookie=fresh())
        assert again.said == "/premium/100/ full.in"
        remembered = cookies(passes=pass_of("reader-1", now=datetime.now(UTC)), opened=token_in(again))
        third = line.ask("/premium/100/", cookie=remembered)
        assert (third.said, third["cache-control"]) == ("/premium/100/ full.in", "private, no-cache")
        assert third.get("set-cookie") is None
    assert openings_in(tmp_path / "meter.sqlite3") == [("reader-1", 100)]


def test_at_the_limit_stands_the_wall(server: Serving) -> None:
    with server.line() as line:
        said = [line.ask(f"/premium/{number}/", cookie=fresh()).said for number in range(100, 108)]
        assert [one.split()[1] for one in said] == ["full.in"] * 5 + ["preview-meter.in"] * 3
        assert line.ask("/premium/101/", cookie=fresh()).said == "/premium/101/ full.in"


def test_head_and_prefetch_count_nothing(server: Serving, tmp_path: Path) -> None:
    with server.line() as line:
        assert line.ask("/premium/100/", cookie=fresh(), Sec_Purpose="prefetch").said.startswith("GET /premium/100/")
        assert line.ask("/premium/100/", cookie=fresh(), method="HEAD").get("etag") is None
    assert openings_in(tmp_path / "meter.sqlite3") == []


def test_what_stands_behind_an_opening_waits_for_it(server: Serving) -> None:
    with server.line() as line:
        targets = ["/premium/100/", "/", "/premium/101/", "/slow/5/", "/premium/102/", "/premium/100/"]
        for _ in range(2):
            line.send(b"".join(request(target, cookie=fresh(), number="1") for target in targets))
            assert [line.hear().said for _ in targets] == [
                "/premium/100/ full.in",
                "/ full.in",
                "/premium/101/ full.in",
                "GET /slow/5/ 1",
                "/premium/102/ full.in",
                "/premium/100/ full.in",
            ]


@pytest.mark.parametrize("given", [{"Connection": "close"}, {"version": "HTTP/1.0"}])
def test_an_opening_may_be_the_last_request(server: Serving, given: dict[str, str]) -> None:
    with server.line() as line:
        line.send(request("/premium/100/", cookie=fresh(), **given) + request("/"))
        heard = line.hear()
        assert (heard.said, heard["connection"]) == ("/premium/100/ full.in", "close")
        assert line.is_closed()


def test_two_hundred_openings_of_the_last_free_story_give_one(server: Serving, tmp_path: Path) -> None:
    """metering.md: Two requests at the last free story."""
    with server.line() as line:
        for number in range(100, 104):
            line.ask(f"/premium/{number}/", cookie=fresh())

    def open_story(place: int) -> str:
        with server.line(patience=20) as line:
            return line.ask(f"/premium/{104 + place % 10}/", cookie=fresh()).said.split()[1]

    with ThreadPoolExecutor(20) as pool:
        said = list(pool.map(open_story, range(200)))
    opened = openings_in(tmp_path / "meter.sqlite3")
    assert len(opened) == 5
    last = opened[-1][1]
    assert [one == "full.in" for one in said] == [104 + place % 10 == last for place in range(200)]


def test_many_readers_at_once_each_get_their_own(server: Serving, tmp_path: Path) -> None:
    def open_some(reader: str) -> None:
        with server.line(patience=20) as line:
            for number in (100, 101, 102):
                heard = line.ask(f"/premium/{number}/", cookie=fresh(reader))
                assert heard.said == f"/premium/{number}/ full.in"
            opened = token_in(heard)
            given = cookies(passes=pass_of(reader, now=datetime.now(UTC)), opened=opened)
            assert line.ask("/premium/101/", cookie=given)["cache-control"] == "private, no-cache"
            other = cookies(passes=pass_of("reader-299", now=datetime.now(UTC)), opened=opened)
            assert line.ask("/premium/101/", cookie=other)["cache-control"] == "private, no-store"

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(open_some, READERS[:60]))
    assert openings_in(tmp_path / "meter.sqlite3") == sorted(
        [(reader, number) for reader in READERS[:60] for number in (100, 101, 102)] + [("reader-299", 101)]
    )


def test_who_goes_away_while_it_is_counted_is_charged_once_and_harms_nobody(server: Serving, tmp_path: Path) -> None:
    for _ in range(30):
        line = server.line()
        line.send(request("/premium/100/", cookie=fresh()) + request("/") * 3)
        line.__exit__()
    with server.line() as line:
        assert line.ask("/").said == "/ full.out"
        assert line.ask("/premium/100/", cookie=fresh()).said == "/premium/100/ full.in"
    assert openings_in(tmp_path / "meter.sqlite3") == [("reader-1", 100)]


def test_while_the_meter_is_out_of_reach_the_rest_goes_on(server: Serving, tmp_path: Path) -> None:
    """access.md: Outages."""
    opened = cookies(
        passes=pass_of("reader-2", now=datetime.now(UTC)), opened=opened_of("reader-2", [100], now=datetime.now(UTC))
    )
    with sqlite3.connect(tmp_path / "meter.sqlite3", isolation_level=None) as other, server.line() as line:
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        heard = line.ask("/premium/101/", cookie=fresh())
        assert (heard.status, heard.said) == (200, "/premium/101/ preview-retry.in")
        assert 1.0 < time.monotonic() - began < 8.0
        assert line.ask("/premium/100/", cookie=opened).said == "/premium/100/ full.in"
        assert line.ask("/free/1/").said == "/free/1/ full.out"
        other.execute("ROLLBACK")
        time.sleep(0.5)
        assert line.ask("/premium/101/", cookie=fresh()).said == "/premium/101/ full.in"


def test_an_opening_that_is_counted_when_the_server_ends_is_answered(server: Serving, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "meter.sqlite3", isolation_level=None) as other, server.line() as line:
        line.ask("/")
        other.execute("BEGIN EXCLUSIVE")
        line.send(request("/premium/101/", cookie=fresh()))
        time.sleep(0.3)
        server.process.terminate()
        time.sleep(0.3)
        other.execute("ROLLBACK")
        heard = line.hear()
        assert (heard.said, heard["connection"]) == ("/premium/101/ full.in", "close")
        assert line.is_closed()


def test_a_reader_whom_the_meter_does_not_know_is_asked_of_the_application(server: Serving) -> None:
    with server.line() as line:
        for _ in range(3):
            heard = line.ask("/premium/100/", cookie=fresh("nobody"), number="1")
            assert heard.said == "GET /premium/100/ 1"
        assert line.ask("/").said == "/ full.out"
