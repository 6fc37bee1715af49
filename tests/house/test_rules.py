"""Rules about the code itself that no linter knows."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "courant"
ROOMS = sorted(path.parent for path in SOURCE.glob("*/__init__.py"))
LONGEST_FILE = 300
FORBIDDEN_NAMES = {"core", "common", "base", "utils", "helpers", "misc"}
pytestmark = pytest.mark.anydb


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_says_what_it_is_for_and_nothing_else(room: Path) -> None:
    module = ast.parse((room / "__init__.py").read_text("utf-8"))
    assert ast.get_docstring(module), f"{room.name} does not say what it is for"
    assert len(module.body) == 1, f"{room.name}/__init__.py holds more than its docstring"


def test_no_file_grows_past_300_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in SOURCE.rglob("*.py")
        if "migrations" not in path.parts and (count := len(path.read_text("utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_no_room_or_file_has_a_name_that_means_nothing() -> None:
    assert not [path for path in SOURCE.rglob("*.py") if path.stem in FORBIDDEN_NAMES]


def test_nothing_names_a_package_registry_or_a_path_of_a_machine() -> None:
    # Put together here, so that this file does not name them either.
    forbidden = [
        "pypi" + ".org",
        "python" + "hosted.org",
        "npm" + "js.org",
        "npm" + "js.com",
        "deb." + "debian.org",
        "/work/" + "main",
        "/ro" + "ot/",
        "/home/" + "user",
    ]
    found = []
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", "ignore")
        found += [f"{path.relative_to(ROOT)}: {word}" for word in forbidden if word in text]
    assert found == []


def test_migrations_are_complete(tmp_path: Path) -> None:
    """In a process of its own: tests of other rooms may define models that no paper has."""
    asked = [
        sys.executable,
        "-m",
        "django",
        "makemigrations",
        "--check",
        "--dry-run",
        "stories",
        "readers",
        "pictures",
        "wall",
        "press",
    ]
    settings = {"DJANGO_SETTINGS_MODULE": "courant.project.settings", "COURANT_HOME": str(tmp_path)}
    done = subprocess.run(asked, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_setting_and_command_is_documented() -> None:
    from courant.cli.main import COMMANDS
    from courant.lib.configuration import SETTINGS

    settings_page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert [one.key for one in SETTINGS if f"`{one.key}` | `{one.variable}` |" not in settings_page] == []
    commands_page = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"## courant {name}" not in commands_page] == []
