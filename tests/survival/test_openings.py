"""The meter while processes are many and while they are killed: docs/rules/metering.md."""

from __future__ import annotations

import http.client
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.survival.paper import WITHHELD, ServedPaper
from tests.visitor import Visitor

pytestmark = pytest.mark.anydb
LIMIT = 5  # what a new paper gives


@pytest.fixture(scope="module")
def four_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPaper]:
    paper = ServedPaper(tmp_path_factory.mktemp("four"), workers=4)
    paper.make()
    paper.start()
    paper.press_everything()
    yield paper
    paper.stop()


def openings_of(paper: ServedPaper, email: str) -> int:
    with closing(sqlite3.connect(paper.home / "courant.sqlite3", timeout=20)) as connection:
        row = connection.execute(
            "SELECT count(*) FROM wall_opening o JOIN readers_reader r ON r.id = o.reader_id WHERE r.email = ?", [email]
        ).fetchone()
    return int(row[0])


def ask_as(visitor: Visitor, path: str) -> str:
    """Ask with the cookies as they are now: what the answer sets is forgotten."""
    return Visitor(visitor.url, dict(visitor.cookies)).ask("GET", path).page


def test_two_hundred_at_once_at_the_last_story_give_one_grant(four_workers: ServedPaper) -> None:
    reader = four_workers.visitor("reader4@paper.example")
    for number in range(1, LIMIT):
        assert WITHHELD in reader.ask("GET", f"/world/premium-{number}/").page
    pages: list[tuple[str, str]] = []

    def open_one(number: int) -> None:
        path = f"/world/premium-{LIMIT + number % 6}/"
        pages.append((path, ask_as(reader, path)))

    threads = [threading.Thread(target=open_one, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({path for path, page in pages if WITHHELD in page}) == 1
    assert len(pages) == 200
    assert openings_of(four_workers, "reader4@paper.example") == LIMIT


def test_killed_workers_charge_nobody_twice_and_refuse_nobody(four_workers: ServedPaper) -> None:
    """Web processes are killed while premium stories are opened; each reader still opens exactly five."""
    readers = {f"reader{n}@paper.example": four_workers.visitor(f"reader{n}@paper.example") for n in (5, 6, 7, 8)}
    ending = threading.Event()

    def kill_now_and_then() -> None:
        while not ending.wait(3):  # a killed process is replaced within a few seconds; some must be left to answer
            for pid in four_workers.web_processes()[:1]:
                os.kill(pid, signal.SIGKILL)

    def read(visitor: Visitor) -> None:
        for number in range(1, LIMIT + 1):
            path = f"/world/premium-{number}/"
            until = time.monotonic() + 60
            while WITHHELD not in ask_patiently(visitor, path):
                assert time.monotonic() < until, f"{path} was refused"
            time.sleep(1)

    killer = threading.Thread(target=kill_now_and_then)
    threads = [threading.Thread(target=read, args=(visitor,)) for visitor in readers.values()]
    for thread in (killer, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    ending.set()
    killer.join()
    for email, visitor in readers.items():
        assert openings_of(four_workers, email) == LIMIT
        assert WITHHELD not in ask_patiently(visitor, "/world/premium-9/")
        for number in range(1, LIMIT + 1):
            assert WITHHELD in ask_patiently(visitor, f"/world/premium-{number}/")


def ask_patiently(visitor: Visitor, path: str) -> str:
    """The page, asked for again where a killed process cut the connection."""
    for _ in range(200):
        try:
            answer = visitor.ask("GET", path)
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
            continue
        if answer.status == 200:
            return answer.page
        time.sleep(0.05)
    raise AssertionError(f"{path} never came")


def test_a_pass_is_dead_everywhere_soon_after_signing_out(four_workers: ServedPaper) -> None:
    visitor = four_workers.visitor("subscriber@paper.example")
    path = "/world/subscribers-1/"
    stolen = Visitor(visitor.url, {name: value for name, value in visitor.cookies.items() if "pass" in name})
    assert stolen.cookies
    assert WITHHELD in ask_as(stolen, path)
    assert visitor.send("/account/sign-out/").status == 302
    signed_out_at, last_whole = time.monotonic(), 0.0
    while time.monotonic() < signed_out_at + 4:
        if WITHHELD in ask_as(stolen, path):
            last_whole = time.monotonic() - signed_out_at
    print(f"\na pass after signing out: last accepted {last_whole:.3f} s later")
    assert last_whole < 2
