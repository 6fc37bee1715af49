"""What the tests of counting share: wishes, a counter on the tests' database, processes that count."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from courant.wall.counting import Counter, Outcome, Wish

ROOT = Path(__file__).parents[2]
NOVEMBER = date(2026, 11, 1)
NOW = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)


def wish(reader: Any, story_id: int, *, limit: int = 5, month: date = NOVEMBER, at: datetime = NOW) -> Wish:
    return Wish(getattr(reader, "public_id", reader), story_id, month, limit, at)


def database() -> dict[str, Any]:
    """The tests' database as a page server is told of it."""
    names = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
    return {name: connection.settings_dict[name] for name in names}


def counted_by(counter: Counter, wishes: Iterable[Wish], *, seconds: float = 10) -> list[Outcome | None]:
    """The outcomes, in order, of wishes that were all asked at once."""
    wishes = list(wishes)
    outcomes: list[Outcome | None] = [None] * len(wishes)
    left = threading.Semaphore(0)

    def tell(place: int, outcome: Outcome | None) -> None:
        outcomes[place] = outcome
        left.release()

    for place, one in enumerate(wishes):
        counter.count(one, lambda outcome, place=place: tell(place, outcome))
    for _ in wishes:
        assert left.acquire(timeout=seconds), "an outcome was never told"
    return outcomes


class CountingProcess:
    """One process of counting_process.py: ready when made, counting when begun."""

    def __init__(self, wishes: list[tuple[str, int, int]], *, together: int = 1000) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.wall.counting_process"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.say({"database": database(), "wishes": wishes, "together": together})
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def say(self, words: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(words, default=str) + "\n")
        self.process.stdin.flush()

    def begin(self) -> None:
        self.say("begin")

    def kill_after(self, number: int) -> list[list[Any]]:
        """Kill it when it has told so many outcomes; all that it told."""
        assert self.process.stdout is not None
        told = [json.loads(self.process.stdout.readline()) for _ in range(number)]
        self.process.kill()
        return told + self.told()

    def told(self) -> list[list[Any]]:
        """What it told until its end; half a line of one that was killed is not told."""
        output, _ = self.process.communicate(timeout=60)
        return [json.loads(line) for line in output.splitlines(keepends=True) if line.endswith("\n")]
