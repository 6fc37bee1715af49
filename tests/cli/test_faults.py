"""What is killed, started twice or away: nothing is left half-made, nothing is made twice, nobody is left behind."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.test_commands import STORY, courant
from tests.postgres import free_port

pytestmark = pytest.mark.anydb
SECONDS = 60
PAGES = 4


def start(home: Path, *words: str, **environment: str) -> subprocess.Popen[str]:
    inherited = {
        key: value for key, value in os.environ.items() if key not in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL")
    }
    return subprocess.Popen(
        [sys.executable, "-m", "courant.cli.main", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=home,
        env={**inherited, "COURANT_HOME": str(home), **environment},
    )


def wait_until(is_so: Callable[[], object], what: str) -> None:
    until = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < until, f"waited in vain: {what}"
        time.sleep(0.1)


def worker_of(server: subprocess.Popen[str]) -> int | None:
    """The number of the task worker that a server started."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if parent == server.pid and b"--beside" in words:
            return int(entry.name)
    return None


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def count(home: Path, query: str) -> int:
    with sqlite3.connect(home / "courant.sqlite3") as database:
        found: int = database.execute(query).fetchone()[0]
    database.close()
    return found


@dataclass(frozen=True)
class SetUp:
    """A paper that two set-ups made at the same time, and what each said."""

    home: Path
    said: list[str]
    codes: list[int]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SetUp:
    home = tmp_path_factory.mktemp("made")
    running = [start(home, "setup") for _ in range(2)]
    said = [process.communicate(timeout=180)[0] for process in running]
    return SetUp(home, said, [process.returncode for process in running])


@pytest.fixture
def home(made: SetUp, tmp_path: Path) -> Path:
    """A paper of its own for each test, without the time that a set-up takes."""
    return Path(shutil.copytree(made.home, tmp_path / "home"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pages = tmp_path / "pages"
    pages.mkdir()
    for number in range(PAGES):
        (pages / f"{number}.txt").write_text(
            STORY.replace("Harbour trains", f"Harbour trains of line {number}"), "utf-8"
        )
    return pages


@contextmanager
def served(home: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A server that answers, with its worker; killed at the end if it still runs."""
    port = free_port()
    server = start(home, "serve", "--port", str(port), *words)

    def answers() -> bool:
        assert server.poll() is None, server.communicate()[0]
        try:
            return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/-/healthz", timeout=2).read())
        except OSError:
            return False

    try:
        wait_until(answers, "the server's answer")
        wait_until(lambda: worker_of(server), "the worker")
        yield server
    finally:
        if server.poll() is None:
            server.kill()
        server.communicate()


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")


@needs_proc
def test_a_server_of_several_processes_ends_as_told_and_its_worker_with_it(home: Path) -> None:
    with served(home, "--workers", "2") as server:
        worker = worker_of(server)
        assert worker
        server.send_signal(signal.SIGTERM)
        server.wait(SECONDS)
        wait_until(lambda: not is_alive(worker), "the end of the worker")


@needs_proc
def test_a_worker_that_dies_is_replaced_and_ends_with_a_server_that_is_killed(home: Path) -> None:
    with served(home) as server:
        first = worker_of(server)
        assert first
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: worker_of(server) not in (None, first), "another worker")
        second = worker_of(server)
        assert second
        server.kill()
        server.wait(SECONDS)
        wait_until(lambda: not is_alive(second), "the end of the worker")


def test_two_set_ups_at_once_wait_for_one_another(made: SetUp) -> None:
    assert made.codes == [0, 0], made.said
    assert sum("Paper: made" in text for text in made.said) == 1
    assert sum("Paper: was there" in text for text in made.said) == 1
    assert count(made.home, "SELECT count(*) FROM stories_frontpage") == 1


def test_two_imports_of_one_folder_at_once_double_nothing(home: Path, folder: Path) -> None:
    running = [start(home, "import", str(folder)) for _ in range(2)]
    said = [process.communicate(timeout=180)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    assert sum(text.count("created ") for text in said) == PAGES
    assert count(home, "SELECT count(*) FROM stories_storypage") == PAGES


def test_an_import_that_was_killed_is_completed_by_the_next(home: Path, folder: Path) -> None:
    process = start(home, "import", str(folder))
    assert process.stdout
    assert process.stdout.readline().startswith("created")
    process.kill()
    process.communicate()
    done = courant(home, "import", str(folder))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("created ") + done.stdout.count("unchanged ") == PAGES
    assert done.stdout.count("unchanged ") >= 1
    assert count(home, "SELECT count(*) FROM stories_storypage") == PAGES


def test_static_files_that_were_cut_off_are_collected_anew(home: Path) -> None:
    static = home / "static"
    whole = (static / "theme" / "paper.css").read_bytes()
    (static / "theme" / "paper.css").write_bytes(whole[:100])
    (static / "staticfiles.json").unlink()
    assert courant(home, "setup").returncode == 0
    assert (static / "theme" / "paper.css").read_bytes() == whole


def test_the_demo_is_not_served_in_production(home: Path) -> None:
    assert courant(home, "reader", "add", "editor@meridian.example").returncode == 0
    done = courant(
        home,
        "serve",
        COURANT_ENV="production",
        COURANT_HOSTS="paper.example",
        COURANT_SITE_URL="https://paper.example",
        COURANT_MAIL_URL="smtp://127.0.0.1:1",
    )
    assert done.returncode == 1
    assert "accounts that anyone knows" in done.stderr


@pytest.mark.parametrize(
    "words", [("setup",), ("import", "x.txt"), ("reader", "add", "a@b.example"), ("work", "--once"), ("demo",)]
)
def test_no_command_goes_on_with_another_database_than_was_meant(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = courant(tmp_path, *words, DATABASE_URL="mysql://host/paper")
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert not (tmp_path / "courant.sqlite3").exists()


def test_doctor_explains_what_it_cannot_start_with(tmp_path: Path) -> None:
    done = courant(tmp_path, "doctor", COURANT_LANGUAGE="zz")
    assert done.returncode == 1
    assert "No translation files found" in done.stdout
    (tmp_path / "file").write_text("")
    done = courant(tmp_path, "doctor", COURANT_HOME=str(tmp_path / "file"))
    assert done.returncode == 1
    assert "COURANT_HOME must name a directory" in done.stdout


def test_doctor_warns_of_production_without_a_proxy(home: Path) -> None:
    done = courant(
        home,
        "doctor",
        COURANT_ENV="production",
        COURANT_HOSTS="paper.example",
        COURANT_SITE_URL="https://paper.example",
        COURANT_MAIL_URL="smtp://127.0.0.1:1",
    )
    assert "WARNING proxies" in done.stdout
