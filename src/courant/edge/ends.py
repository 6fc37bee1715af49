"""Passes that ended before their time: by session, or by reader up to a version."""

from __future__ import annotations

from typing import Any

from courant.edge.environment import key_of
from courant.wall.passes import Pass

# Seconds after which no pass of then can live any more, with a wide margin.
REMEMBERED = 86_400.0


def end_in(
    transaction: Any,
    ends: Any,
    *,
    session: str | None,
    reader: str | None,
    version: int | None,
    ended_at: float,
) -> None:
    """Note an end, and forget those of which no pass can be left. ValueError if it names nobody."""
    if session:
        transaction.put(key_of(f"session/{session}"), written(ended_at, 0), db=ends)
    if reader is not None and version is not None:
        key = key_of(f"reader/{reader}")
        last = max(version, read_version(transaction.get(key, db=ends)))
        transaction.put(key, written(ended_at, last), db=ends)
    elif not session:
        raise ValueError("whose passes end?")


def is_ended_in(transaction: Any, ends: Any, pass_: Pass) -> bool:
    if transaction.get(key_of(f"session/{pass_.session}"), db=ends) is not None:
        return True
    return read_version(transaction.get(key_of(f"reader/{pass_.reader}"), db=ends)) >= pass_.version


def written(ended_at: float, version: int) -> bytes:
    return int(ended_at).to_bytes(8) + version.to_bytes(8)


def read_version(content: bytes | None) -> int:
    """The last version that ended; -1 for none."""
    return -1 if content is None else int.from_bytes(content[8:])


def forget_ends(transaction: Any, ends: Any, now: float) -> int:
    """Forget the ends of passes that time has ended too; returns how many."""
    old = int(now - REMEMBERED)
    with transaction.cursor(db=ends) as cursor:
        gone = [key for key, content in cursor if int.from_bytes(content[:8]) < old]
    for key in gone:
        transaction.delete(key, db=ends)
    return len(gone)
