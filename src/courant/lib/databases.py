"""Which database an address means, and how it is opened (docs/decisions/0002)."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import dj_database_url

# WAL lets readers go on while one writes; IMMEDIATE takes the write lock at BEGIN, so that a transaction
# that reads and then writes waits for its turn instead of failing half-way (docs/decisions/0002).
SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
        "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728; PRAGMA cache_size=-16000;"
    ),
}


def database_from(url: str, home: Path) -> dict[str, Any]:
    """Django's DATABASES entry for an address; empty means SQLite in the data directory."""
    if not url or url.startswith("sqlite:"):
        name = unquote(url.removeprefix("sqlite:///")) if url else str(home / "courant.sqlite3")
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "OPTIONS": dict(SQLITE_OPTIONS)}
    database = dict(dj_database_url.parse(url, conn_health_checks=True))  # else a restart leaves dead connections
    options: dict[str, Any] = dict(database.get("OPTIONS") or {})  # type: ignore[call-overload]  # a TypedDict says object
    pool = {"min_size": 1, "max_size": 16, "timeout": 10, "reconnect_timeout": 5}
    return {**database, "OPTIONS": {**options, "pool": pool}}
