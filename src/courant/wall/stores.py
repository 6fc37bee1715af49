"""Connections to the paper's database outside Django, on which nothing waits longer than it may."""

from __future__ import annotations

import os
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

import psycopg
from psycopg.sql import SQL, Identifier

# What Django takes out of OPTIONS before it connects to PostgreSQL.
DJANGOS_OPTIONS = ("pool", "isolation_level", "server_side_binding", "assume_role", "cursor_factory", "context")


class StoreLost(Exception):
    """The database does not answer in time, or is not the one it was."""


class Cursor(Protocol):
    """A DB-API cursor whose parameters are written %s: Django's, psycopg's, or `PercentCursor`."""

    def execute(self, sql: Any, params: Any = ..., /) -> Any: ...
    def executemany(self, sql: Any, params: Any, /) -> Any: ...
    def fetchall(self) -> list[Any]: ...


class Store(ABC):
    """One connection. Deadlines are seconds of the monotonic clock; past them, an error is raised."""

    dialect: str

    @abstractmethod
    def transaction(self, deadline: float) -> AbstractContextManager[Cursor]:
        """A transaction that is through when the block ends; after an error the store is only good for closing."""

    @abstractmethod
    def close(self) -> None: ...


def open_store(database: dict[str, Any], deadline: float) -> Store:
    """Connect to what an entry of Django's DATABASES names. Raises the driver's errors, OSError and StoreLost."""
    if database["ENGINE"].endswith("sqlite3"):
        return SqliteStore(database, deadline)
    return PostgresStore(database, deadline)


def seconds_until(deadline: float) -> float:
    return max(0.0, deadline - monotonic())


# -- SQLite ---------------------------------------------------------------------------------------------
class PercentCursor(sqlite3.Cursor):
    """SQLite's cursor, with parameters written as everywhere else."""

    def execute(self, sql: str, params: Any = (), /) -> PercentCursor:
        super().execute(sql.replace("%s", "?"), params)
        return self

    def executemany(self, sql: str, params: Any, /) -> PercentCursor:
        super().executemany(sql.replace("%s", "?"), params)
        return self


class SqliteStore(Store):
    """The paper's SQLite file, which must be there already."""

    dialect = "sqlite"

    def __init__(self, database: dict[str, Any], deadline: float) -> None:
        self.path = Path(database["NAME"]).absolute()
        self.identity = self.file_identity()
        self.tenths = -1
        self.connection = sqlite3.connect(f"{self.path.as_uri()}?mode=rw", uri=True, isolation_level=None)
        self.cursor = self.connection.cursor(PercentCursor)
        self.set_wait(deadline)
        if command := (database.get("OPTIONS") or {}).get("init_command"):
            self.connection.executescript(command)

    @contextmanager
    def transaction(self, deadline: float) -> Iterator[Cursor]:
        if self.file_identity() != self.identity:
            raise StoreLost("the file of the database was replaced")
        self.set_wait(deadline)
        self.cursor.execute("BEGIN IMMEDIATE")
        yield self.cursor
        self.cursor.execute("COMMIT")

    def file_identity(self) -> tuple[int, int]:
        found = os.stat(self.path)
        return found.st_dev, found.st_ino

    def set_wait(self, deadline: float) -> None:
        """Let SQLite wait for its turn until the deadline; told anew only when that has moved by a tenth."""
        tenths = int(seconds_until(deadline) * 10)
        if tenths != self.tenths:
            self.cursor.execute(f"PRAGMA busy_timeout = {tenths * 100}")
            self.tenths = tenths

    def close(self) -> None:
        self.connection.close()


# -- PostgreSQL -----------------------------------------------------------------------------------------
class BoundedConnection(psycopg.Connection[Any]):
    """A connection that is given up at its deadline, whether the server lives, hangs or is gone."""

    deadline: float

    def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
        return super().wait(until(gen, self.deadline), *args, **kwargs)


class PostgresStore(Store):
    """A connection to the paper's PostgreSQL, without Django's pool."""

    dialect = "postgresql"
    # A server that lives ends by itself what it does for us, and what we leave behind when we are stopped half-way.
    begin = (
        "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = 2000; "
        "SET LOCAL idle_in_transaction_session_timeout = 5000"
    )

    def __init__(self, database: dict[str, Any], deadline: float) -> None:
        self.connection = BoundedConnection.connect(**connection_words(database), autocommit=True)
        self.connection.deadline = deadline
        if role := (database.get("OPTIONS") or {}).get("assume_role"):
            self.connection.execute(SQL("SET ROLE {}").format(Identifier(role)))

    @contextmanager
    def transaction(self, deadline: float) -> Iterator[Cursor]:
        self.connection.deadline = deadline
        with self.connection.cursor() as cursor:
            cursor.execute(self.begin)
            yield cursor
            cursor.execute("COMMIT")

    def close(self) -> None:
        self.connection.close()


def connection_words(database: dict[str, Any]) -> dict[str, Any]:
    """The words of psycopg's connect for an entry of Django's DATABASES.

    Nothing is prepared unless OPTIONS say so: a pooler lends another connection to each transaction.
    """
    options: dict[str, Any] = database.get("OPTIONS") or {}
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {
        "prepare_threshold": None,
        "connect_timeout": 2,
        **{name: value for name, value in options.items() if name not in DJANGOS_OPTIONS},
        **{word: database[name] for word, name in named.items() if database.get(name)},
    }


def until(steps: Generator[Any, Any, Any], deadline: float) -> Generator[Any, Any, Any]:
    """A generator of psycopg's protocol, given up at the deadline; psycopg wakes it ten times a second."""
    ready = None
    while True:
        try:
            wanted = steps.send(ready)
        except StopIteration as end:
            return end.value
        ready = yield wanted
        if not ready and monotonic() >= deadline:
            raise StoreLost("the database does not answer in time")
