"""The files of a store, opened once in a process: LMDB allows no second time, and none that comes from before a fork.

A process that is killed at any time leaves the last whole transaction, and its lock to whoever comes next.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakSet

import lmdb

# Address space, not disk or memory: the file grows as pages come.
MAP_SIZE = 256 << 30
MOST_READERS = 1024
DATABASES = ("meta", "pages", "bodies", "keys", "withdrawn", "wants", "wanted", "ends")
# LMDB takes keys of 511 bytes.
LONGEST_KEY = 480


class Environment:
    """The open files: `lmdb` itself and its named databases. `keys` holds many addresses under one key."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.lmdb = lmdb.open(
            str(folder),
            map_size=MAP_SIZE,
            max_dbs=len(DATABASES),
            max_readers=MOST_READERS,
            mode=0o600,
            readahead=False,
        )
        self.lmdb.reader_check()
        self.db: dict[str, Any] = {name: self.lmdb.open_db(name.encode(), dupsort=name == "keys") for name in DATABASES}


_open: dict[str, Environment] = {}
_lock = Lock()
_told: WeakSet[Any] = WeakSet()


def environment_of(folder: Path) -> Environment:
    """The files of this folder, made if there are none."""
    name = str(folder.resolve())
    with _lock:
        if name not in _open:
            _open[name] = Environment(folder)
        return _open[name]


def close_environment(folder: Path) -> None:
    """Close the files; whoever uses them afterwards opens them anew."""
    with _lock:
        environment = _open.pop(str(folder.resolve()), None)
    for owner in list(_told):
        owner.forget()
    if environment is not None:
        environment.lmdb.close()


def tell_of_forks(owner: Any) -> None:
    """Have `owner.forget()` called when what it holds is open no more."""
    _told.add(owner)


def _forget_inherited() -> None:
    """In a child: its parent's files are closed, which the parent does not feel, and opened anew when needed."""
    global _lock
    _lock = Lock()
    for owner in list(_told):
        owner.forget()
    while _open:
        _, environment = _open.popitem()
        with suppress(lmdb.Error):
            environment.lmdb.close()


os.register_at_fork(after_in_child=_forget_inherited)


def key_of(text: str) -> bytes:
    """A text as a key; of one that is too long, or empty, its digest, which begins as no address does."""
    key = text.encode()
    return key if 0 < len(key) <= LONGEST_KEY else b"#" + sha256(key).hexdigest().encode()
