"""What the headers of a request say to the page server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from courant.wall.prefetch import PREFETCH_HEADERS, says_prefetch

if TYPE_CHECKING:
    from courant.edge.visitors import Visitor

# Who asks ahead of a reader says so in one of these.
PURPOSES = frozenset(name.encode() for name in PREFETCH_HEADERS)
# With these a request may be more than a plain question for a page.
NOT_OURS = frozenset(
    (b"authorization", b"transfer-encoding", b"expect", b"upgrade", b"if-match", b"if-unmodified-since")
)
UNUSUAL = NOT_OURS | {b"content-length"}
# Of these a second one continues the first; of all others only one can be right.
JOINED = {b"cookie": b"; ", b"accept-encoding": b", ", b"if-none-match": b", ", b"x-forwarded-for": b", "}


def merged(headers: Sequence[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """The headers by name. Two hosts are none; of what else cannot be joined the last counts."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name not in found:
            found[name] = value
        elif name == b"host":
            found[name] = b""
        elif name in JOINED:
            found[name] += JOINED[name] + value
        elif name in PURPOSES or name in UNUSUAL:
            found[name] += b"," + value
        else:
            found[name] = value
    return found


def is_plain(found: dict[bytes, bytes]) -> bool:
    """Whether nothing but a page is asked for, and no body comes with it."""
    return NOT_OURS.isdisjoint(found) and found.get(b"content-length", b"0") == b"0"


def is_prefetch(found: dict[bytes, bytes]) -> bool:
    """Whether a browser asks ahead of its reader, who may never come."""
    if PURPOSES.isdisjoint(found):
        return False
    return says_prefetch(b" ".join(found.get(name, b"") for name in PURPOSES).decode("latin-1"))


class Asked:
    """What the headers of a plain question for a page say; `visitor` is who asked, once that is known."""

    __slots__ = ("cookie", "forwarded", "is_ahead", "match", "preference", "visitor")

    def __init__(self, found: dict[bytes, bytes], preference: tuple[str, ...]) -> None:
        self.cookie = found.get(b"cookie")
        self.match = found.get(b"if-none-match")
        self.forwarded = found.get(b"x-forwarded-for", b"")
        self.is_ahead = is_prefetch(found)
        self.preference = preference
        self.visitor: Visitor | None = None
