"""Who waits for whom while pictures are made: the same one once, no more at a time than cores."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

# A page brings dozens of requests at once; each picture being made holds its pixels in memory.
drawing_boards = BoundedSemaphore(os.cpu_count() or 1)


class Turns:
    """A lock for each key, kept as long as somebody holds it or waits for it; for threads of one process."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._locks: dict[str, tuple[Lock, int]] = {}

    @contextmanager
    def turn(self, key: str) -> Iterator[None]:
        """Wait until nobody else has this key's turn, and have it until the end of the block."""
        with self._guard:
            lock, waiting = self._locks.get(key, (Lock(), 0))
            self._locks[key] = lock, waiting + 1
        try:
            with lock:
                yield
        finally:
            with self._guard:
                lock, waiting = self._locks[key]
                if waiting == 1:
                    del self._locks[key]
                else:
                    self._locks[key] = lock, waiting - 1


turns = Turns()
