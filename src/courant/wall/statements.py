"""The SQL of an opening, for each database; the law that it serves is in counting.py."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from courant.wall.stores import Cursor

# A reader's row, a story, a moment as the database takes it.
Row = tuple[int, int, Any]


@dataclass(frozen=True)
class Statements:
    """The same steps in the SQL of one database. A list is one parameter, so that every text is prepared once."""

    pack: Callable[[Sequence[Any]], Any]
    day: Callable[[date], Any]
    moment: Callable[[datetime], Any]
    readers: str
    months: str
    locks: str
    openings: str
    write: Callable[[Cursor, Any, Sequence[Row]], None]


def moment_as_text(at: datetime) -> str:
    """As Django writes a time for SQLite: UTC, and a fraction only where there is one."""
    return str(at.astimezone(UTC).replace(tzinfo=None))


def write_one_by_one(cursor: Cursor, day: Any, rows: Sequence[Row]) -> None:
    cursor.executemany(
        'INSERT INTO "wall_opening" ("reader_id", "story_id", "opened_at", "month", "was_sample") '
        "VALUES (%s, %s, %s, %s, false)",
        [(*row, day) for row in rows],
    )


def write_together(cursor: Cursor, day: Any, rows: Sequence[Row]) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)]
    cursor.execute(
        'INSERT INTO "wall_opening" ("reader_id", "story_id", "opened_at", "month", "was_sample") '
        "SELECT reader, story, moment, %s::date, false "
        "FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS fresh (reader, story, moment)",
        (day, *columns),
    )


STATEMENTS = {
    # A transaction begun IMMEDIATE is the only one that writes: there is nothing to lock.
    "sqlite": Statements(
        pack=json.dumps,
        day=date.isoformat,
        moment=moment_as_text,
        readers=(
            'SELECT "public_id", "id" FROM "readers_reader" '
            'WHERE "public_id" IN (SELECT value FROM json_each(%s)) AND "is_active"'
        ),
        months=(
            'INSERT INTO "wall_metermonth" ("month", "reader_id") SELECT %s, value FROM json_each(%s) WHERE true '
            "ON CONFLICT DO NOTHING"
        ),
        locks="",
        openings=(
            'SELECT "reader_id", "story_id", "was_sample" FROM "wall_opening" '
            'WHERE "month" = %s AND "reader_id" IN (SELECT value FROM json_each(%s))'
        ),
        write=write_one_by_one,
    ),
    # Rows are taken in one order, so that no two groups wait for one another. The readers' rows are held as well:
    # an account erased meanwhile would else make the whole group fail at its very end.
    "postgresql": Statements(
        pack=list,
        day=lambda month: month,
        moment=lambda at: at,
        readers=(
            'SELECT "public_id", "id" FROM "readers_reader" WHERE "public_id" = ANY(%s::text[]) AND "is_active" '
            'ORDER BY "id" FOR KEY SHARE'
        ),
        months=(
            'INSERT INTO "wall_metermonth" ("month", "reader_id") SELECT %s::date, unnest(%s::bigint[]) '
            "ON CONFLICT DO NOTHING"
        ),
        locks=(
            'SELECT "id" FROM "wall_metermonth" WHERE "month" = %s AND "reader_id" = ANY(%s::bigint[]) '
            'ORDER BY "reader_id" FOR UPDATE'
        ),
        openings=(
            'SELECT "reader_id", "story_id", "was_sample" FROM "wall_opening" '
            'WHERE "month" = %s AND "reader_id" = ANY(%s::bigint[])'
        ),
        write=write_together,
    ),
}
