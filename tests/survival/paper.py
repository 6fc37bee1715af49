"""A small paper, served by the real commands, whose parts can be stopped and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.postgres import free_port
from tests.visitor import Visitor

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery staple"
WITHHELD = "zebrafinch"


@dataclass
class ServedPaper:
    """One group of processes on one data directory: `courant serve` with its worker beside it."""

    home: Path
    database_url: str = ""
    workers: int = 1
    port: int = field(default_factory=free_port)
    server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("COURANT_", "DJANGO_"))}
        inherited["COURANT_HOME"] = str(self.home)
        inherited["COURANT_SECRET_KEY"] = "a key that two machines of one paper share, as they must, in these tests"
        if self.database_url:
            inherited["DATABASE_URL"] = self.database_url
        return inherited

    def run(self, *words: str, stdin: str = "") -> str:
        done = subprocess.run(
            [sys.executable, *words],
            env=self.environment,
            cwd=ROOT,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def __enter__(self) -> ServedPaper:
        self.make()
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def make(self) -> None:
        self.run("-m", "courant.cli.main", "setup", "--quiet")
        self.run("-m", "tests.survival.make")

    def start(self) -> None:
        """Raises where it does not answer; what was started is stopped then."""
        self.launch()
        try:
            self.wait_until_ready()
        except AssertionError:
            self.stop()
            raise

    def launch(self) -> None:
        log = (self.home / "serve.log").open("ab")
        self.server = subprocess.Popen(
            [sys.executable, "-m", "courant.cli.main", "serve", "--port", str(self.port)]
            + (["--workers", str(self.workers)] if self.workers > 1 else []),
            env=self.environment,
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()

    def wait_until_ready(self) -> None:
        assert self.server
        until = time.monotonic() + 60
        while time.monotonic() < until:
            assert self.server.poll() is None, self.log()
            try:
                urllib.request.urlopen(f"{self.url}/-/readyz", timeout=2).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(self.log())

    def stop(self) -> None:
        if self.server is not None and self.server.poll() is None:
            os.killpg(self.server.pid, signal.SIGTERM)
            try:
                self.server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(self.server.pid, signal.SIGKILL)
                self.server.wait()

    def log(self) -> str:
        return (self.home / "serve.log").read_text()[-4000:]

    def web_processes(self) -> list[int]:
        """Process ids of the web processes below a server of several."""
        assert self.server is not None
        return [pid for pid in children_of(self.server.pid) if "spawn_main" in command_of(pid)]

    def visitor(self, email: str = "") -> Visitor:
        """A client; with an address, one who has signed in."""
        made = Visitor(self.url)
        if email:
            made.sign_in(email, PASSWORD)
        return made

    def press_everything(self) -> None:
        """Have every page stored, and wait until it is."""
        self.run("-m", "courant.cli.main", "press", "rebuild")

    @contextmanager
    def editor(self) -> Iterator[Editor]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.survival.editor"],
            env=self.environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            yield Editor(process)
        finally:
            process.kill()
            process.communicate()


@dataclass
class Editor:
    process: subprocess.Popen[str]

    def do(self, *words: object) -> float:
        """The clock right after the deed was committed, in seconds."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        assert answer[:1] == ["done"], answer
        return float(answer[1])


def children_of(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == parent:
                found.append(int(folder.name))
    return found


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
