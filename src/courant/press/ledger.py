"""What this host has done with the withdrawals: shared by its processes, kept over a crash, beside the stored pages."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import lmdb

MAP_SIZE = 1 << 30


class Ledger:
    """One small LMDB environment. Open it by `ledger_of`: a process may open the same files only once."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.files = lmdb.open(str(folder), map_size=MAP_SIZE, max_dbs=2, max_readers=512, readahead=False)
        self.applied = self.files.open_db(b"applied")
        self.facts = self.files.open_db(b"facts")

    def note_applied(self, rows: Iterable[int], now: float) -> None:
        """These withdrawals are in force on this host."""
        with self.files.begin(write=True, db=self.applied) as transaction:
            for row in rows:
                transaction.put(row_key(row), struct.pack(">d", now))

    def not_applied(self, rows: Iterable[int]) -> set[int]:
        with self.files.begin(db=self.applied) as transaction:
            return {row for row in rows if transaction.get(row_key(row)) is None}

    def forget_applied(self, before: float) -> None:
        """Rows that were applied before this time are in no table any more."""
        with self.files.begin(write=True, db=self.applied) as transaction:
            old = [key for key, value in transaction.cursor() if struct.unpack(">d", bytes(value))[0] < before]
            for key in old:
                transaction.delete(key)

    def fact(self, name: str) -> Any:
        """What was noted under a name, or None."""
        with self.files.begin(db=self.facts) as transaction:
            value = transaction.get(name.encode())
            return None if value is None else json.loads(value)

    def note_fact(self, name: str, value: Any) -> None:
        with self.files.begin(write=True, db=self.facts) as transaction:
            transaction.put(name.encode(), json.dumps(value).encode())


def row_key(row: int) -> bytes:
    return struct.pack(">Q", row)


_open: dict[tuple[int, str], Ledger] = {}


def ledger_of(folder: Path) -> Ledger:
    """The ledger of the store in this folder; a child of a fork opens its own."""
    known = (os.getpid(), str(folder.resolve()))
    if known not in _open:
        _open[known] = Ledger(folder / "ledger")
    return _open[known]


def close_all() -> None:
    """Close what this process has open; who asks again opens anew."""
    for known in [known for known in _open if known[0] == os.getpid()]:
        _open.pop(known).files.close()
