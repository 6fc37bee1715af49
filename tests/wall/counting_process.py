"""A process that counts openings as a page server does, without Django. Reads one JSON line, then waits for another.

{"database": ..., "wishes": [[reader, story, limit], ...], "together": 200}: prints `ready`, and after the next line
asks for so many at once, time after time. For each outcome as it is told it prints a JSON line
[reader, story, granted, counted], or [reader, story, null, null].
"""

import json
import sys
import threading
from datetime import UTC, date, datetime
from typing import Any

from courant.wall.counting import Counter, Outcome, Wish

NOVEMBER = date(2026, 11, 1)
NOW = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
printing = threading.Lock()


def main() -> None:
    asked = json.loads(sys.stdin.readline())
    counter = Counter(asked["database"])
    print("ready", flush=True)
    sys.stdin.readline()
    wishes, together = asked["wishes"], asked["together"]
    for begin in range(0, len(wishes), together):
        count_all(counter, wishes[begin : begin + together])
    counter.close()


def count_all(counter: Counter, wishes: list[list[Any]]) -> None:
    """All at once, then wait for all."""
    left = threading.Semaphore(0)
    for reader, story_id, limit in wishes:

        def tell(outcome: Outcome | None, reader: str = reader, story_id: int = story_id) -> None:
            told = [reader, story_id, outcome and outcome.granted, outcome and outcome.counted]
            with printing:
                sys.stdout.write(json.dumps(told) + "\n")
                sys.stdout.flush()
            left.release()

        counter.count(Wish(reader, story_id, NOVEMBER, limit, NOW), tell)
    for _ in wishes:
        left.acquire()


if __name__ == "__main__":
    main()
