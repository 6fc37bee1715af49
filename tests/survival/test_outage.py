"""The paper stays readable while its database is away: docs/rules/access.md, "When the database is away"."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial

import pytest

from tests.survival.cluster import Cluster
from tests.survival.conftest import OUTAGE
from tests.survival.crowd import meanwhile
from tests.survival.paper import WITHHELD, ServedPaper
from tests.visitor import Visitor

pytestmark = pytest.mark.anydb
# What each reader is shown of each story while the database is away: True, the whole text.
SHOWN = {
    "stranger": {"/": None, "/world/free-3/": True, "/world/registered-3/": False, "/world/premium-3/": False},
    "reader": {"/": None, "/world/free-3/": True, "/world/registered-3/": True, "/world/premium-3/": True},
    "subscriber": {"/world/premium-3/": True, "/world/subscribers-3/": True},
}
UNOPENED = "/world/premium-4/"


@dataclass
class Readers:
    """A stranger, a registered reader who has opened premium-3, and a subscriber, who go on reading."""

    visitors: dict[str, Visitor]
    answers: int = 0
    wrong: list[str] = field(default_factory=list)

    @contextmanager
    def reading(self) -> Iterator[Readers]:
        with meanwhile(*(partial(self.read, name) for name in self.visitors)):
            yield self

    def read(self, name: str) -> None:
        for path, is_whole in SHOWN[name].items():
            answer = self.visitors[name].ask("GET", path)
            self.answers += 1
            if answer.status != 200 or is_whole not in (None, WITHHELD in answer.page):
                self.wrong.append(f"{name} {path}: {answer.status} {answer.title}")
        time.sleep(0.01)


def readers_of(paper: ServedPaper) -> Readers:
    visitors = {
        "stranger": paper.visitor(),
        "reader": paper.visitor("reader3@paper.example"),
        "subscriber": paper.visitor("subscriber@paper.example"),
    }
    assert WITHHELD in visitors["reader"].ask("GET", "/world/premium-3/").page
    paper.press_everything()
    return Readers(visitors)


@contextmanager
def database_away(machine: ServedPaper, cluster: Cluster | None) -> Iterator[None]:
    """PostgreSQL killed; SQLite's file locked by somebody who does not let go."""
    if cluster is not None:
        cluster.kill()
        try:
            yield
        finally:
            cluster.start()
        return
    with closing(sqlite3.connect(machine.home / "courant.sqlite3", isolation_level=None, timeout=30)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_stored_pages_are_served_while_the_database_is_away(kind: str, request: pytest.FixtureRequest) -> None:
    machine = request.getfixturevalue("one_machine" if kind == "sqlite" else "two_machines")
    machine = machine if isinstance(machine, ServedPaper) else machine[0]
    cluster = request.getfixturevalue("cluster") if kind == "postgresql" else None
    with readers_of(machine).reading() as readers:
        with database_away(machine, cluster):
            unopened = readers.visitors["reader"].ask("GET", UNOPENED)
            time.sleep(OUTAGE)
        before = readers.answers
        time.sleep(1)
    print(f"\n{kind} away for {OUTAGE} s: {readers.answers} answers, {len(readers.wrong)} wrong")
    assert readers.wrong == []
    assert readers.answers > before > 100
    assert (unopened.status, WITHHELD in unopened.page) == (200, False)
    assert "The rest cannot be opened just now" in unopened.page
    until = time.monotonic() + 10
    while WITHHELD not in readers.visitors["reader"].ask("GET", UNOPENED).page:
        assert time.monotonic() < until, "the meter did not recover by itself"
        time.sleep(0.2)
