"""Keys that an installation makes for itself and keeps in its data directory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def keep_key(path: Path, make: Callable[[], str]) -> str:
    """The key in this file, made at first use, readable by its owner only.

    It is written under another name and then linked: no process, and no crash, sees or leaves half a key.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        descriptor, draft = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)  # with mode 600
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(make())
            with suppress(FileExistsError):  # another process was first
                os.link(draft, path)
        finally:
            os.unlink(draft)
    return path.read_text(encoding="ascii").strip()
