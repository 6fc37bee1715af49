"""What a page was made from: its keys are noted while it is rendered, and withdrawing one withdraws the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_noted: ContextVar[set[str] | None] = ContextVar("noted", default=None)


@contextmanager
def noting() -> Iterator[set[str]]:
    """Within the block, what `note` is told is gathered in the set; an inner block gathers for itself alone."""
    gathered: set[str] = set()
    token = _noted.set(gathered)
    try:
        yield gathered
    finally:
        _noted.reset(token)


def note(*keys: str) -> None:
    """Say that what is being rendered shows something of these; nothing happens while nobody gathers."""
    gathered = _noted.get()
    if gathered is not None:
        gathered.update(keys)
