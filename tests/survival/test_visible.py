"""What is published is seen at once, what is withdrawn is gone at once: docs/rules/access.md, "How soon"."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import pytest

from tests.survival.conftest import CHANGES
from tests.survival.crowd import meanwhile
from tests.survival.paper import WITHHELD, Editor, ServedPaper
from tests.visitor import Visitor

pytestmark = pytest.mark.anydb
EDITION = re.compile(r"Edition (\d+)\.")
ONE_MACHINE, TWO_MACHINES = 1.0, 3.0


@dataclass(frozen=True)
class Deed:
    """What an editor did: when it was begun, when it was committed, and what readers should see of it."""

    begun_at: float
    done_at: float
    value: int


@dataclass
class Watch:
    """Readers who ask again and again; each answer is kept with the times at which it was asked for and had."""

    visitors: list[Visitor]
    path: str
    read: Callable[[str], int]
    seen: list[tuple[float, float, int]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @contextmanager
    def asking(self) -> Iterator[Watch]:
        with meanwhile(*(partial(self.ask, visitor) for visitor in self.visitors)):
            yield self

    def ask(self, visitor: Visitor) -> None:
        asked_at = time.time()
        answer = visitor.ask("GET", self.path)
        if answer.status != 200:
            self.faults.append(f"{answer.status} {answer.title}")
        else:
            self.seen.append((asked_at, time.time(), self.read(answer.page)))

    def stale(self, deeds: list[Deed], bound: float) -> list[str]:
        """Answers asked for later than `bound` seconds after a deed, and had before the next began, that do not show
        it."""
        wrong = []
        for deed, following in zip(deeds, [*deeds[1:], None], strict=True):
            for asked_at, had_at, shown in self.seen:
                is_its_time = asked_at > deed.done_at + bound and (following is None or had_at < following.begun_at)
                if is_its_time and shown != deed.value:
                    wrong.append(f"{asked_at - deed.done_at:.3f} s after {deed.value}: {shown}")
        return wrong

    def first_sight(self, deeds: list[Deed]) -> list[float]:
        """For each deed, seconds until an answer showed it."""
        return [
            min(
                (max(0.0, asked_at - deed.done_at) for asked_at, _, shown in self.seen if shown >= deed.value),
                default=9e9,
            )
            for deed in deeds
        ]


def edition_in(page: str) -> int:
    found = EDITION.search(page)
    assert found, page[:300]
    return int(found[1])


def publish_changes(editor: Editor, slug: str, pause: float) -> list[Deed]:
    deeds = []
    for edition in range(1, CHANGES + 1):
        begun_at = time.time()
        deeds.append(Deed(begun_at, editor.do("publish", slug, edition), edition))
        time.sleep(pause)
    return deeds


def report(what: str, watch: Watch, deeds: list[Deed]) -> None:
    times = sorted(watch.first_sight(deeds))
    print(
        f"\n{what}: {len(deeds)} changes, {len(watch.seen)} reads, seen after {times[len(times) // 2]:.3f} s (median), "
        f"{times[-1]:.3f} s (slowest)"
    )


def test_a_change_is_seen_within_a_second_on_one_machine(one_machine: ServedPaper) -> None:
    visitors = [one_machine.visitor(), one_machine.visitor(), one_machine.visitor("reader1@paper.example")]
    with one_machine.editor() as editor, Watch(visitors, "/world/registered-1/", edition_in).asking() as watch:
        deeds = publish_changes(editor, "registered-1", pause=1.3)
    report("one machine, two web processes", watch, deeds)
    assert watch.faults == []
    assert len(watch.seen) > 10 * CHANGES
    assert watch.stale(deeds, ONE_MACHINE) == []


def test_a_change_is_seen_within_three_seconds_on_two_machines(two_machines: tuple[ServedPaper, ServedPaper]) -> None:
    first, second = two_machines
    with (
        first.editor() as editor,
        Watch([second.visitor(), first.visitor()], "/world/free-1/", edition_in).asking() as watch,
    ):
        deeds = publish_changes(editor, "free-1", pause=3.3)
    report("two machines", watch, deeds)
    assert watch.faults == []
    assert watch.stale(deeds, TWO_MACHINES) == []


@pytest.mark.parametrize("machines", ["one_machine", "two_machines"])
def test_a_story_that_is_closed_to_strangers_is_closed_at_once(machines: str, request: pytest.FixtureRequest) -> None:
    """Free and for subscribers in turn: no stranger reads a withheld word after the bound."""
    papers = request.getfixturevalue(machines)
    first, last = (papers, papers) if isinstance(papers, ServedPaper) else papers
    bound = ONE_MACHINE if first is last else TWO_MACHINES
    visitors = [first.visitor(), last.visitor(), last.visitor("reader2@paper.example")]
    deeds: list[Deed] = []
    with (
        first.editor() as editor,
        Watch(visitors, "/world/free-2/", lambda page: int(WITHHELD in page)).asking() as watch,
    ):
        for number in range(CHANGES):
            is_open = number % 2
            access, begun_at = "free" if is_open else "subscribers", time.time()
            deeds.append(Deed(begun_at, editor.do("access", "free-2", access), is_open))
            time.sleep(bound + 0.3)
    assert watch.faults == []
    assert {shown for _, _, shown in watch.seen} == {0, 1}
    assert watch.stale(deeds, bound) == []
