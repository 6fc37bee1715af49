"""The command line as a person or a script uses it: real processes, a real data directory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.anydb]


def courant(home: Path, *words: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {
        key: value for key, value in os.environ.items() if key not in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL")
    }
    return subprocess.run(
        [sys.executable, "-m", "courant.cli.main", *words],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=home,
        env={**inherited, "COURANT_HOME": str(home), **environment},
        timeout=180,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("paper")
    done = courant(made, "setup", "--section", "News", "--section", "Sport")
    assert done.returncode == 0, done.stderr
    return made


def test_help_names_every_command() -> None:
    done = courant(Path.cwd(), "--help")
    assert done.returncode == 0
    for name in ("demo", "setup", "serve", "work", "doctor", "import", "press", "reader"):
        assert f"  {name} " in done.stdout


def test_setup_may_be_repeated(home: Path) -> None:
    done = courant(home, "setup", "--section", "Other")
    assert done.returncode == 0, done.stderr
    assert "was there, left as it is" in done.stdout


def test_commands_without_a_paper_say_what_to_do(tmp_path: Path) -> None:
    for words in (["serve"], ["reader", "add", "a@b.example"], ["import", "x.txt"], ["work", "--once"]):
        done = courant(tmp_path, *words)
        assert done.returncode == 1
        assert "courant setup" in done.stderr


def test_a_reader_is_made_then_updated(home: Path) -> None:
    made = courant(
        home, "reader", "add", "Ada@Example.org", "--name", "Ada", "--password-stdin", "--json", stdin="correct horse\n"
    )
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    assert (told["email"], told["state"], told["created"], told["verified"]) == (
        "ada@example.org",
        "registered",
        True,
        True,
    )
    again = json.loads(courant(home, "reader", "add", "ada@example.org", "--state", "subscriber", "--json").stdout)
    assert (again["created"], again["state"], again["name"], again["id"]) == (False, "subscriber", "Ada", told["id"])
    assert again["has_password"] is True


@pytest.mark.parametrize(
    ("words", "stdin", "message"),
    [
        (["not-an-address"], "", "valid e"),
        (["ok@example.org", "--password-stdin"], "short\n", "short"),
        (["ok@example.org", "--password-stdin"], "", "no password"),
        (["a" * 300 + "@example.org"], "", ""),
    ],
)
def test_a_reader_that_cannot_be_is_refused(home: Path, words: list[str], stdin: str, message: str) -> None:
    done = courant(home, "reader", "add", *words, stdin=stdin)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads(courant(home, "reader", "add", "ok@example.org", "--json").stdout)["has_password"] is False


def test_wrong_use_is_exit_code_2(home: Path) -> None:
    assert courant(home, "reader", "add", "a@b.example", "--state", "king").returncode == 2
    assert courant(home, "import").returncode == 2
    assert courant(home, "import", "x.txt", "--section", "nowhere").returncode == 2


STORY = """Harbour trains to run all night from spring

The council wants dockers to get home

By Jane Doe
Friday 21 January 2022 16:22

The harbour railway will run through the night from the first of April, the council decided.

“It is about time,” said a docker at the gate, who asked not to be named.

Three lines will run every half hour, and a fourth every hour.

A fifth line is being looked at, but nobody has promised it.

Register for free to continue reading
Already have an account? sign in
"""


def test_import_prints_a_line_for_each_file_and_goes_on_after_a_bad_one(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(STORY, "utf-8")
    (tmp_path / "b.txt").write_bytes(b"")
    (tmp_path / "c.html").write_text(f"<html><body><p>{'x ' * 10}</p></body></html>", "utf-8")
    done = courant(home, "import", str(tmp_path), "--section", "news", "--access", "registered", "--json")
    assert done.returncode == 1
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(line["file"]).name for line in lines] == ["a.txt", "b.txt", "c.html"]
    first = lines[0]
    assert first["headline"] == "Harbour trains to run all night from spring"
    assert first["bylines"] == ["Jane Doe"]
    assert first["published_at"] == "2022-01-21T16:22:00+00:00"
    assert (first["paragraphs"], first["dropped"], first["status"]) == (4, 2, "created")
    assert "error" in lines[1]


def test_the_same_file_twice_changes_nothing_and_says_so(home: Path, tmp_path: Path) -> None:
    (tmp_path / "twice.txt").write_text(STORY.replace("Harbour trains", "Harbour boats"), "utf-8")
    first = json.loads(courant(home, "import", str(tmp_path / "twice.txt"), "--json").stdout)
    second = courant(home, "import", str(tmp_path / "twice.txt"), "--json")
    assert second.returncode == 0
    told = json.loads(second.stdout)
    assert (first["status"], told["status"], told["address"]) == ("created", "unchanged", first["address"])


def test_doctor_explains_what_is_wrong(home: Path) -> None:
    done = courant(home, "doctor", COURANT_TIME_ZONE="Mars/Olympus", COURANT_MAIL_URL="smtp://127.0.0.1:1")
    assert done.returncode == 1
    assert "Mars/Olympus" in done.stdout
    assert "Europe/London" in done.stdout
    told = json.loads(courant(home, "doctor", "--json").stdout)
    assert told["settings"]["time_zone"] == {"value": "Europe/London", "source": "default"}
    assert {finding["level"] for finding in told["findings"]} == {"ok"}


def test_doctor_never_prints_a_password(home: Path) -> None:
    done = courant(
        home, "doctor", DATABASE_URL="postgresql://paper:hunter2@127.0.0.1:1/paper", COURANT_SECRET_KEY="s3cret"
    )
    assert done.returncode == 1
    assert "hunter2" not in done.stdout + done.stderr
    assert "s3cret" not in done.stdout + done.stderr
    assert "cannot be reached" in done.stdout


def test_doctor_prints_the_public_key_of_passes_and_no_other(home: Path) -> None:
    edge = {"COURANT_PASS_ALGORITHM": "EdDSA", "COURANT_PASS_KEYS": "edge:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}
    done = courant(home, "doctor", **edge)
    assert "edge: A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg" in done.stdout
    assert edge["COURANT_PASS_KEYS"].partition(":")[2] not in done.stdout + done.stderr
    shared = courant(home, "doctor", "--json", COURANT_PASS_KEYS=f"one:{'s3cret' * 6}").stdout
    assert "s3cret" not in shared
    told = {finding["check"]: finding["message"] for finding in json.loads(shared)["findings"]}
    assert told["passes"] == "HS256 for http://localhost, keys one (the first signs)."


def test_serve_refuses_a_setting_it_does_not_understand(home: Path) -> None:
    done = courant(home, "serve", COURANT_ENV="prodution")
    assert done.returncode == 1
    assert "local, production" in done.stderr
