"""The store of pages of one host, shared by its processes: an LMDB folder. All that is said of it is in whole
transactions, so that a process killed at any time harms nothing.

Of an address there is one page, of a body one copy, whoever uses it. Withdrawing a key takes away every page that was
made from it, and refuses every page that was begun before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from time import time
from typing import Any

from courant.edge.ends import end_in, forget_ends, is_ended_in
from courant.edge.environment import Environment, environment_of, key_of, tell_of_forks
from courant.edge.filing import (
    ALL,
    STAMP,
    body_key,
    count_in,
    forget_want,
    put_bodies,
    raise_in,
    take_out,
    withdraw_in,
)
from courant.edge.pages import IDENTITY, EdgeSettings, StoredPage, digest_of, packed, refuse_unfit, unpacked
from courant.edge.sweeping import sweep_bodies
from courant.wall.passes import Pass


class Store:
    """May be used by many threads and processes at once; opens its files at first use, in every process for itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment: Environment | None = None
        tell_of_forks(self)

    def forget(self) -> None:
        """Open the files anew at the next use."""
        self._environment = None

    def _open(self) -> Environment:
        self._environment = environment_of(self.folder)
        return self._environment

    def _read(self) -> tuple[Environment, Any]:
        environment = self._environment or self._open()
        return environment, environment.lmdb.begin()

    def _write(self) -> tuple[dict[str, Any], Any]:
        environment = self._environment or self._open()
        return environment.db, environment.lmdb.begin(write=True)

    # -- What changed -----------------------------------------------------------------------------------
    def last_change(self) -> int:
        """Another number after every write of any kind; costs a fraction of a microsecond."""
        transaction = (self._environment or self._open()).lmdb.begin()
        change: int = transaction.id()
        transaction.abort()
        return change

    def sequence(self) -> int:
        """How often something was withdrawn; ask before rendering, and give it to `put` as `seen`."""
        return self._count("sequence")

    def generation(self) -> int:
        """Another number after every write of pages."""
        return self._count("generation")

    def rules_generation(self) -> int:
        """Another number after every end of a pass and every change of settings."""
        return self._count("rules")

    def generations(self) -> tuple[int, int]:
        """That of the pages and that of the rules."""
        environment, transaction = self._read()
        with transaction:
            return count_in(transaction, environment.db, "generation"), count_in(transaction, environment.db, "rules")

    def _count(self, name: str) -> int:
        environment, transaction = self._read()
        with transaction:
            return count_in(transaction, environment.db, name)

    # -- Pages ------------------------------------------------------------------------------------------
    def record(self, address: str) -> bytes | None:
        """The stamp of the page (its first 8 bytes, another after every `put`) and the page, packed."""
        environment, transaction = self._read()
        with transaction:
            content: bytes | None = transaction.get(key_of(address), db=environment.db["pages"])
            return content

    def page(self, address: str) -> StoredPage | None:
        content = self.record(address)
        return None if content is None else unpacked(content[STAMP:])

    def body(self, digest: str, encoding: str) -> bytes | None:
        """A body in one encoding; None if it is not stored in that one."""
        environment, transaction = self._read()
        with transaction:
            content: bytes | None = transaction.get(body_key(digest, encoding), db=environment.db["bodies"])
            return content

    def put(self, page: StoredPage, bodies: dict[str, dict[str, bytes]], *, seen: int) -> bool:
        """Store a page and the bodies it needs: digest -> encoding -> bytes, the plain one always among them.

        False, and nothing stored, if one of its keys was withdrawn after sequence `seen`: the page may show what was
        before. ValueError for a page that cannot be answered, or a body that is missing or not what it is named.
        """
        refuse_unfit(page)
        for digest, encodings in bodies.items():
            if digest_of(encodings[IDENTITY]) != digest:
                raise ValueError(f"{page.address}: a body is not what its digest says")
        db, transaction = self._write()
        with transaction:
            for key in (ALL, *page.keys):
                if int.from_bytes(transaction.get(key_of(key), b"", db=db["withdrawn"])) > seen:
                    return False
            put_bodies(transaction, db, bodies)
            for variant in page.variants.values():
                if transaction.get(body_key(variant.digest, IDENTITY), db=db["bodies"]) is None:
                    raise ValueError(f"{page.address}: the body {variant.digest} is missing")
            place = key_of(page.address)
            take_out(transaction, db, place)
            stamp = raise_in(transaction, db, "generation")
            transaction.put(place, stamp.to_bytes(STAMP) + packed(page), db=db["pages"])
            for key in page.keys:
                transaction.put(key_of(key), place, db=db["keys"])
            forget_want(transaction, db, page.address)
        return True

    def withdraw(self, keys: Iterable[str]) -> list[str]:
        """Take away every page that was made from one of these; returns their addresses. The key `all`: every page."""
        asked = set(keys)
        if not asked:
            return []
        db, transaction = self._write()
        with transaction:
            return withdraw_in(transaction, db, asked)

    def clear(self) -> None:
        """Take away every page, body and wish; what is being rendered is refused. Ends of passes and settings stay."""
        db, transaction = self._write()
        with transaction:
            withdraw_in(transaction, db, {ALL})
            for name in ("bodies", "wants", "wanted"):
                transaction.drop(db[name], delete=False)

    # -- Wanted pages -----------------------------------------------------------------------------------
    def want(self, *addresses: str) -> None:
        """Ask that pages be pressed; an address that is wanted already keeps its turn."""
        db, transaction = self._write()
        with transaction:
            for address in addresses:
                if transaction.get(key_of(address), db=db["wanted"]) is None:
                    turn = raise_in(transaction, db, "turn").to_bytes(8)
                    transaction.put(turn, address.encode(), db=db["wants"], append=True)
                    transaction.put(key_of(address), turn, db=db["wanted"])

    def wanted(self, limit: int) -> list[str]:
        """Addresses that wait longest, at most `limit`."""
        environment, transaction = self._read()
        with transaction, transaction.cursor(db=environment.db["wants"]) as cursor:
            values = cursor.iternext(keys=False, values=True)
            return [address.decode() for _, address in zip(range(limit), values, strict=False)]

    def unwant(self, *addresses: str) -> None:
        """They need not be pressed after all."""
        db, transaction = self._write()
        with transaction:
            for address in addresses:
                forget_want(transaction, db, address)

    # -- Passes and settings ----------------------------------------------------------------------------
    def end_passes(
        self, *, session: str | None = None, reader: str | None = None, version: int | None = None, ended_at: float
    ) -> None:
        """End the passes of a session, or those of a reader up to a version (that one included)."""
        db, transaction = self._write()
        with transaction:
            end_in(transaction, db["ends"], session=session, reader=reader, version=version, ended_at=ended_at)
            raise_in(transaction, db, "rules")

    def is_ended(self, pass_: Pass) -> bool:
        environment, transaction = self._read()
        with transaction:
            return is_ended_in(transaction, environment.db["ends"], pass_)

    def settings(self) -> EdgeSettings | None:
        """None until somebody set them: then nothing can be decided."""
        environment, transaction = self._read()
        with transaction:
            content = transaction.get(b"settings", db=environment.db["meta"])
        if content is None:
            return None
        read = json.loads(content)
        return EdgeSettings(**{**read, "networks": [(name, networks) for name, networks in read["networks"]]})

    def set_settings(self, settings: EdgeSettings) -> None:
        db, transaction = self._write()
        with transaction:
            content = json.dumps(vars(settings)).encode()
            if transaction.get(b"settings", db=db["meta"]) != content:
                transaction.put(b"settings", content, db=db["meta"])
                raise_in(transaction, db, "rules")

    # -- Housekeeping -----------------------------------------------------------------------------------
    def sweep(self, now: float | None = None) -> int:
        """Remove bodies that no page uses, ends of passes of long ago, and what killed processes left; returns how
        many bodies."""
        environment = self._environment or self._open()
        environment.lmdb.reader_check()
        with environment.lmdb.begin(write=True) as transaction:
            forget_ends(transaction, environment.db["ends"], time() if now is None else now)
        return sweep_bodies(environment)

    def status(self) -> dict[str, int]:
        """Counts of pages, bodies, wanted addresses and ended passes; bytes in use and on the disk."""
        environment, transaction = self._read()
        with transaction:
            counts = {name: transaction.stat(environment.db[name])["entries"] for name in ("pages", "bodies", "wants")}
            ended = transaction.stat(environment.db["ends"])["entries"]
        used = environment.lmdb.info()["last_pgno"] * environment.lmdb.stat()["psize"]
        disk = (self.folder / "data.mdb").stat().st_blocks * 512
        return {
            "pages": counts["pages"],
            "bodies": counts["bodies"],
            "wanted": counts["wants"],
            "ended_passes": ended,
            "bytes": used,
            "bytes_on_disk": disk,
        }
