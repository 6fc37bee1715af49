"""First openings on their way to the counter's thread and back: those of one turn of the loop go together, so that they
are counted in one transaction and wake each thread once."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from weakref import WeakKeyDictionary

from courant.edge.server import PageServer
from courant.wall.counting import Counter, Outcome, Wish

Told = Callable[[Outcome | None], None]
log = logging.getLogger("courant.edge")


class Wishes:
    """Of one loop. Whoever asks is told on the loop; None if the meter cannot be reached."""

    def __init__(self, loop: asyncio.AbstractEventLoop, counter: Counter) -> None:
        self.loop = loop
        self.counter = counter
        self.waiting: list[tuple[Wish, Told]] = []
        self.outcomes: deque[tuple[Told, Outcome | None]] = deque()
        self.is_rung = False

    def ask(self, wish: Wish, told: Told) -> None:
        if not self.waiting:
            self.loop.call_soon(self.hand_over)
        self.waiting.append((wish, told))

    def hand_over(self) -> None:
        waiting, self.waiting = self.waiting, []
        try:
            self.counter.count_together([(wish, partial(self.take_back, told)) for wish, told in waiting])
        except Exception:
            log.exception("openings cannot be counted")
            for _, told in waiting:
                self.take_back(told, None)

    def take_back(self, told: Told, outcome: Outcome | None) -> None:
        """On the counter's thread."""
        self.outcomes.append((told, outcome))
        if not self.is_rung:
            self.is_rung = True
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self.loop.call_soon_threadsafe(self.tell)

    def tell(self) -> None:
        # First the bell, then the outcomes: one that comes meanwhile is told now or rings again.
        self.is_rung = False
        while self.outcomes:
            told, outcome = self.outcomes.popleft()
            try:
                told(outcome)
            except Exception:
                log.exception("an opening cannot be answered")


_wishes: WeakKeyDictionary[PageServer, Wishes] = WeakKeyDictionary()


def wishes_of(server: PageServer | None, loop: asyncio.AbstractEventLoop) -> Wishes | None:
    """The way to this server's counter, if it has one."""
    if server is None or server.counter is None:
        return None
    found = _wishes.get(server)
    if found is None or found.loop is not loop:
        found = _wishes[server] = Wishes(loop, server.counter)
    return found
