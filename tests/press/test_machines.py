"""Real servers with real workers: how soon a change is seen, on one machine and on two."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from courant.edge.environment import close_environment
from courant.press import ledger
from courant.press.models import Follower
from courant.stories.models import StoryPage
from tests.factories import make_paper, make_section, make_story
from tests.postgres import free_port
from tests.press.conftest import database_url

ROOT = Path(__file__).parents[2]
TALKS = "/world/talks/"
SECRET = "Nobody may read this sentence any more."
pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Machine:
    """`courant serve` with its worker, on a data directory of its own and the database of the test."""

    home: Path
    workers: int = 1
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self, **values: str) -> None:
        self.home.mkdir(exist_ok=True)
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.press.machine",
            "PYTHONPATH": str(ROOT),
            "COURANT_HOME": str(self.home),
            "COURANT_SECRET_KEY": django_settings.SECRET_KEY,
            "COURANT_TEST_DATABASE_URL": database_url(),
            **values,
        }
        serve = ["serve", "--port", str(self.port), "--workers", str(self.workers)]
        with (self.home / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "courant.cli.main", *serve], cwd=ROOT, env=environment, stdout=log, stderr=log
            )

    def get(self, path: str) -> tuple[str, bool]:
        """The page as a stranger gets it on a connection of its own, and whether it came from the store."""
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            asking.request("GET", path)
            answer = asking.getresponse()
            return answer.read().decode(), answer.headers["Cache-Control"] != "private, no-cache"
        finally:
            asking.close()

    def wait_for(self, is_so: Callable[[str, bool], bool], path: str = TALKS, seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while True:
            try:
                if is_so(*self.get(path)):
                    return
            except OSError:
                pass
            assert time.monotonic() < end, (self.home / "log").read_text()[-3000:]
            time.sleep(0.1)

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)


@pytest.fixture
def story(transactional_db: None, press_folder: Path) -> StoryPage:
    make_paper()
    return make_story(make_section("World"), headline="Talks", paragraphs=["One.", "Two.", "Three.", "Four.", SECRET])


@pytest.fixture
def machines(story: StoryPage, tmp_path: Path) -> Iterator[list[Machine]]:
    running: list[Machine] = []
    yield running
    for machine in running:
        machine.stop()


def publish(story: StoryPage, **fields: Any) -> float:
    """As the newsroom does; returns when it was through."""
    story = StoryPage.objects.get(pk=story.pk)
    for name, value in fields.items():
        setattr(story, name, value)
    story.save_revision().publish()
    return time.monotonic()


def seconds_until(machine: Machine, is_new: Callable[[str], bool], began: float, bound: float) -> float:
    """How long something old was still answered; after the bound not one old answer may come."""
    last_old = began
    while time.monotonic() < began + bound + 0.3:
        asked = time.monotonic()
        text, _ = machine.get(TALKS)
        if not is_new(text):
            last_old = asked
    return last_old - began


def test_a_change_is_seen_within_a_second_on_one_machine(
    story: StoryPage, machines: list[Machine], tmp_path: Path, settings: Any
) -> None:
    machine = Machine(tmp_path / "one", workers=2)
    machines.append(machine)
    machine.start()
    machine.wait_for(lambda text, is_stored: is_stored and "Talks" in text)
    settings.PRESS_FOLDER = machine.home / "press"  # this process is one of the same machine, as a newsroom's is
    try:
        for number in range(6):
            headline = f"Talks, day {number}"
            began = publish(story, title=headline)
            assert seconds_until(machine, lambda text, new=headline: new in text, began, 1.0) <= 1.0
        machine.wait_for(lambda text, is_stored: is_stored and "Talks, day 5" in text, seconds=10)
        began = publish(story, access="subscribers")
        assert seconds_until(machine, lambda text: SECRET not in text, began, 1.0) <= 1.0
        machine.wait_for(lambda text, is_stored: is_stored and SECRET not in text, seconds=10)
    finally:
        close_environment(settings.PRESS_FOLDER)
        ledger.close_all()


def test_a_change_is_seen_within_three_seconds_on_two_machines(
    story: StoryPage, machines: list[Machine], tmp_path: Path
) -> None:
    """Published on a third. The two share nothing but PostgreSQL."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is of one machine")
    for name in ("one", "two"):
        machine = Machine(tmp_path / name)
        machines.append(machine)
        machine.start()
    for machine in machines:
        machine.wait_for(lambda text, is_stored: is_stored and "Talks" in text)
    for number in range(4):
        headline = f"Talks, day {number}"
        began = publish(story, title=headline)
        for machine in machines:
            assert seconds_until(machine, lambda text, new=headline: new in text, began, 3.0) <= 3.0
    for access in ("subscribers", "free", "registered"):
        began = publish(story, access=access)
        for machine in machines:
            is_new = (lambda text: SECRET in text) if access == "free" else (lambda text: SECRET not in text)
            assert seconds_until(machine, is_new, began, 3.0) <= 3.0
    assert Follower.objects.count() == 2
    for machine in machines:
        machine.wait_for(lambda text, is_stored: is_stored and SECRET not in text, seconds=10)


def test_two_machines_may_share_what_one_has_printed(story: StoryPage, machines: list[Machine], tmp_path: Path) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is of one machine")
    for name in ("one", "two"):
        machine = Machine(tmp_path / name)
        machines.append(machine)
        machine.start(COURANT_PRESS_SHARE="database")
        machine.wait_for(lambda text, is_stored: is_stored and "Talks" in text)
    for number in range(3):
        headline = f"Talks, day {number}"
        began = publish(story, title=headline)
        for machine in machines:
            assert seconds_until(machine, lambda text, new=headline: new in text, began, 3.0) <= 3.0
            machine.wait_for(lambda text, is_stored, new=headline: is_stored and new in text, seconds=10)


def test_a_machine_whose_processes_are_killed_is_right_again_when_it_comes_back(
    story: StoryPage, machines: list[Machine], tmp_path: Path
) -> None:
    """What changed while nothing ran there is withdrawn before the first answer."""
    machine = Machine(tmp_path / "one")
    machines.append(machine)
    machine.start()
    machine.wait_for(lambda text, is_stored: is_stored and SECRET in text)
    assert machine.process is not None
    machine.process.kill()
    machine.process.wait()
    publish(story, title="Talks fail", access="subscribers")
    machine.port = free_port()
    machine.start()
    texts: list[str] = []
    machine.wait_for(lambda text, is_stored: texts.append(text) is None and is_stored and "Talks fail" in text)
    assert not any(SECRET in text for text in texts)
