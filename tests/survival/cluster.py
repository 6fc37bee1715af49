"""A PostgreSQL that can be killed and started again."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import find_programs, free_port, pick_owner, run


class Cluster:
    """Within the block a cluster of its own runs; skips the test where there can be none."""

    def __enter__(self) -> Cluster:
        self.programs, self.owner = find_programs(), pick_owner()
        if self.programs is None or self.owner is None:
            pytest.skip("no PostgreSQL programs on this machine, or nobody to run them as")
        self.folder, self.port = Path(tempfile.mkdtemp(prefix="courant-pg-")), free_port()
        if os.getuid() == 0:
            shutil.chown(self.folder, self.owner)
        self.control("initdb", "-U", "courant", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        return f"postgresql://courant@127.0.0.1:{self.port}/postgres"

    def control(self, program: str, *words: str, check: bool = True) -> None:
        assert self.owner
        run(self.owner, [f"{self.programs}/{program}", "-D", str(self.folder / "data"), *words], check=check)

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c fsync=off"
        self.control("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def kill(self) -> None:
        """Every connection is cut at once, as by a machine that dies."""
        self.control("pg_ctl", "-m", "immediate", "stop", check=False)
