"""Readers who go on asking while something happens to the paper."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def meanwhile(*deeds: Callable[[], None]) -> Iterator[None]:
    """While the block lasts, each deed is done again and again in a thread of its own."""
    ending = threading.Event()

    def go_on(deed: Callable[[], None]) -> None:
        while not ending.is_set():
            deed()

    threads = [threading.Thread(target=go_on, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ending.set()
        for thread in threads:
            thread.join()
