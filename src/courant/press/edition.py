"""The edition of the store: pages that another version of the program printed are not served."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import IO

import django
import wagtail
from django.conf import settings
from django.utils.crypto import salted_hmac

import courant
from courant.edge.pages import EdgeSettings
from courant.press.stores import local_store, paper_address

PRINTED_BY = (".py", ".html", ".css", ".js")
NOTHING_KNOWN = EdgeSettings(premium_per_month=0, samples_per_month=0, networks=[], edition="")


def edition() -> str:
    """What pages depend on that is not in the database: program, templates, static files, address, language, zone."""
    parts = [
        program_digest(),
        django.__version__,
        wagtail.__version__,
        paper_address(),
        settings.LANGUAGE_CODE,
        settings.TIME_ZONE,
        settings.STATIC_URL,
        # Pictures' addresses and ways back are signed with it.
        salted_hmac("courant.press.edition", "key", algorithm="sha256").hexdigest(),
    ]
    return sha256("\n".join(parts).encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def program_digest() -> str:
    """Of the files as they were when this process first asked: that is the program it runs."""
    digest = sha256()
    package = Path(courant.__path__[0])
    for path in sorted(path for path in package.rglob("*") if path.suffix in PRINTED_BY):
        digest.update(str(path.relative_to(package)).encode())
        digest.update(path.read_bytes())
    manifest = Path(settings.STATIC_ROOT or "") / "staticfiles.json"
    if manifest.is_file():
        digest.update(manifest.read_bytes())
    return digest.hexdigest()


def settle_edition() -> bool:
    """Empty the store if another edition filled it; whether it did. Processes that start together wait here."""
    store, mine = local_store(), edition()
    with lock(Path(settings.PRESS_FOLDER) / "edition.lock"):
        known = store.settings()
        if known is not None and known.edition == mine:
            return False
        store.clear()
        store.set_settings(replace(known or NOTHING_KNOWN, edition=mine))
    return True


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Wait for a file's lock; a process that dies gives it back."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def take_lock(path: Path) -> IO[str] | None:
    """The file, locked for as long as it stays open; None if another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
