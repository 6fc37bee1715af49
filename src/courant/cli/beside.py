"""The task worker beside the server: started anew when it dies, and never left behind."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from typing import Any

SECONDS_BEFORE_ANOTHER = 5
SECONDS_TO_END = 15
log = logging.getLogger("courant.serve")


class WorkerBeside:
    """While the block lasts, a `courant work` runs. It ends when its standard input does, so also when this
    process is killed."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.keeper = threading.Thread(target=self.keep, name="worker", daemon=True)

    def __enter__(self) -> None:
        self.keeper.start()

    def __exit__(self, *error: Any) -> None:
        self.stopping.set()
        self.keeper.join(SECONDS_TO_END + 1)

    def keep(self) -> None:
        while not self.stopping.is_set():
            worker = subprocess.Popen(
                [sys.executable, "-m", "courant.cli.main", "work", "--beside"],
                stdin=subprocess.PIPE,
                start_new_session=True,  # Ctrl+C is for the server, which then ends the worker in order
            )
            while worker.poll() is None and not self.stopping.wait(1):
                pass
            if self.stopping.is_set():
                end(worker)
                return
            log.error(
                "The task worker ended (code %s); another starts in %s s", worker.returncode, SECONDS_BEFORE_ANOTHER
            )
            self.stopping.wait(SECONDS_BEFORE_ANOTHER)


def end(worker: subprocess.Popen[bytes]) -> None:
    """Let the worker finish its task, but not for ever."""
    if worker.stdin:
        worker.stdin.close()
    try:
        worker.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
