"""The cut: which blocks of a body belong to the preview. The law is docs/rules/access.md, "The cut"."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

Block = TypeVar("Block")
Test = Callable[[Block], bool]


def cut(blocks: Iterable[Block], *, is_wall: Test[Block], is_counted: Test[Block], count: int) -> list[Block]:
    """The blocks of the preview: those before the wall marker, else up to the count-th counted block."""
    body = list(blocks)
    for position, block in enumerate(body):
        if is_wall(block):
            return body[:position]
    return up_to(body, is_counted, preview_count(sum(map(is_counted, body)), count))


def preview_count(total: int, count: int) -> int:
    """How many counted blocks of a body without marker are shown; of a short body at most half."""
    return max(0, count) if total > count else total // 2


def up_to(body: list[Block], is_counted: Test[Block], count: int) -> list[Block]:
    """The blocks up to and including the count-th counted one; none for nought."""
    seen = 0
    for position, block in enumerate(body):
        if seen == count:
            return body[:position]
        seen += is_counted(block)
    return []


def without_wall(blocks: Iterable[Block], *, is_wall: Test[Block]) -> list[Block]:
    """The whole body for whoever may read it: every block but the marker."""
    return [block for block in blocks if not is_wall(block)]
