"""What can be said of the examples without starting anything."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from courant.lib.configuration import SETTINGS
from tests.deploy.proxies import DEPLOY

pytestmark = pytest.mark.anydb
# Known to the proxies' examples alone.
OF_PROXIES = {"COURANT_PASS_SECRET", "COURANT_PASS_SECRET_BEFORE", "COURANT_PASS_AUDIENCE"}


def example_files() -> list[Path]:
    return sorted(path for path in DEPLOY.rglob("*") if path.is_file())


def test_every_setting_that_an_example_names_exists() -> None:
    known = {setting.variable for setting in SETTINGS} | OF_PROXIES | {"COURANT_HOME", "COURANT_CONFIG"}
    named = {name for path in example_files() for name in re.findall(r"COURANT_[A-Z_]+", path.read_text())}
    assert named - known == set()


def test_every_example_says_what_it_is() -> None:
    folders = {path.name for path in DEPLOY.iterdir() if path.is_dir()}
    assert folders == {"compose", "haproxy", "nginx", "systemd", "varnish"}
    assert all((DEPLOY / folder / "README.md").is_file() for folder in folders)
    assert all(f"[{folder}]({folder})" in (DEPLOY / "README.md").read_text() for folder in folders)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_the_units_are_sound(tmp_path: Path) -> None:
    units = []
    for unit in sorted((DEPLOY / "systemd").glob("*.service")):
        text = unit.read_text()
        assert "/opt/courant/bin/courant" in text
        # The program itself is not installed here; any other that exists will do.
        units.append(tmp_path / unit.name)
        units[-1].write_text(text.replace("/opt/courant/bin/courant", sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_compose_file_is_sound() -> None:
    compose: dict[str, Any] = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())
    services = compose["services"]
    assert set(services) == {"database", "web", "work", "caddy"}
    # Courant believes its one proxy; so nobody else may reach it.
    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    assert services["web"]["environment"]["COURANT_TRUSTED_PROXIES"] == "1"
    volumes = [volume.partition(":")[0] for service in services.values() for volume in service.get("volumes", [])]
    assert {volume for volume in volumes if not volume.startswith(".")} == set(compose["volumes"])
    assert (DEPLOY / "compose" / services["web"]["build"]["context"] / "pyproject.toml").is_file()
