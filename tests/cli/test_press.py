"""`courant press`, as a person or a script uses it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_commands import STORY, courant

pytestmark = [pytest.mark.anydb]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("paper")
    assert courant(made, "setup", "--section", "News").returncode == 0
    (made / "story.txt").write_text(STORY, "utf-8")
    assert courant(made, "import", "story.txt").returncode == 0
    return made


def test_rebuild_prints_the_whole_paper_and_says_so(home: Path) -> None:
    done = courant(home, "press", "rebuild", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["errors"] == {}
    assert told["pressed"] == told["addresses"]
    status = json.loads(courant(home, "press", "status", "--json").stdout)
    assert (status["pages"], status["wanted"], status["stale"], status["is_current"]) == (told["pressed"], 0, 0, True)
    assert status["variants"] > status["pages"]
    assert 0 < status["bytes"] <= status["bytes_on_disk"]
    assert status["edition"]
    # Whoever rebuilds has looked at the changes before.
    assert [one["is_here"] for one in status["followers"]] == [True]


def test_rebuild_again_changes_no_count(home: Path) -> None:
    before = json.loads(courant(home, "press", "status", "--json").stdout)
    done = courant(home, "press", "rebuild")
    assert done.returncode == 0
    assert f"{before['pages']} pages printed in" in done.stdout
    assert json.loads(courant(home, "press", "status", "--json").stdout)["pages"] == before["pages"]


def test_status_for_people(home: Path) -> None:
    done = courant(home, "press", "status")
    assert done.returncode == 0
    assert f"Folder     {home / 'press'}" in done.stdout
    assert "Wanted     0" in done.stdout
    assert "(this host): looked" in done.stdout


def test_a_progress_bar_goes_to_standard_error_of_a_terminal_alone(home: Path) -> None:
    program = (
        f"import pty, sys; sys.exit(pty.spawn([{sys.executable!r}, '-m', 'courant.cli.main', 'press', 'rebuild']))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={**environment, "COURANT_HOME": str(home)},
        timeout=180,
        check=False,
    )
    assert "Printing" in done.stdout, "a terminal has both"
    assert "Printing" not in courant(home, "press", "rebuild").stderr


def test_one_page_that_fails_is_named_and_the_others_are_printed(home: Path) -> None:
    with sqlite3.connect(home / "courant.sqlite3") as paper:
        (old,) = paper.execute("SELECT access FROM stories_storypage").fetchone()
        paper.execute("UPDATE stories_storypage SET access = 'no access'")
    paper.close()
    done = courant(home, "press", "rebuild", "--json")
    with sqlite3.connect(home / "courant.sqlite3") as paper:
        paper.execute("UPDATE stories_storypage SET access = ?", [old])
    paper.close()
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert any(address.startswith("/news/harbour-trains") for address in told["errors"])
    assert "/legal/" not in told["errors"]
    assert told["failed"] == len(told["errors"])


def test_without_a_paper_or_a_store_it_says_what_is_wrong(tmp_path: Path, home: Path) -> None:
    for words in (["press", "rebuild"], ["press", "status"]):
        done = courant(tmp_path, *words)
        assert done.returncode == 1
        assert "courant setup" in done.stderr
    assert courant(home, "press").returncode == 2
    assert courant(home, "press", "print").returncode == 2


def test_work_once_presses_what_is_wanted(home: Path) -> None:
    done = courant(home, "work", "--once")
    assert done.returncode == 0, done.stderr
    assert json.loads(courant(home, "press", "status", "--json").stdout)["wanted"] == 0


def test_doctor_looks_at_the_store(home: Path) -> None:
    told = {one["check"]: one for one in json.loads(courant(home, "doctor", "--json").stdout)["findings"]}
    assert told["stored pages"]["level"] == "ok"
    assert told["followers"]["level"] == "ok"
    shared = courant(home, "doctor", "--json", COURANT_PRESS_SHARE="database")
    told = {one["check"]: one for one in json.loads(shared.stdout)["findings"]}
    assert told["stored pages"]["level"] == "warning"
    other = courant(home, "doctor", "--json", COURANT_TIME_ZONE="Asia/Tokyo")
    told = {one["check"]: one for one in json.loads(other.stdout)["findings"]}
    assert "another version" in told["stored pages"]["message"]
    assert courant(home, "doctor", COURANT_PRESS_SHARE="disk").returncode == 1
