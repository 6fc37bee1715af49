"""A real paper for real browsers: the demo, built and served by the command a newcomer uses."""

from __future__ import annotations

import email
import email.policy
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.postgres import free_port

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
]


@dataclass(frozen=True)
class Paper:
    """The served demo: its address and its data directory."""

    url: str
    home: Path

    def letters_to(self, address: str) -> list[str]:
        """Texts of the mails sent to an address, oldest first."""
        found = []
        for file in sorted((self.home / "mail").glob("*"), key=lambda path: path.stat().st_mtime_ns):
            for raw in file.read_bytes().split(b"-" * 79 + b"\n"):
                if not raw.strip():
                    continue
                message = email.message_from_bytes(raw, policy=email.policy.default)
                if address in str(message["To"]):
                    body = message.get_body(preferencelist=("plain",))
                    found.append(body.get_content() if body else "")
        return found

    def code_for(self, address: str, seconds: float = 10) -> str:
        """The code in the newest mail to an address, as a person would read it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            letters = self.letters_to(address)
            if letters and (found := CODE.search(letters[-1])):
                return found[0]
            time.sleep(0.1)
        raise AssertionError(f"no mail with a code came to {address}: {self.letters_to(address)}")


CODE = re.compile(r"\b\d{4}-?\d{4}\b")


@pytest.fixture(scope="session")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paper]:
    home = tmp_path_factory.mktemp("demo-home")
    port = free_port()
    environment = {**os.environ, "COURANT_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    log = (home / "serve.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "courant.cli.main", "demo", "--port", str(port)],
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        cwd=home,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/-/readyz", server, home / "serve.log")
        yield Paper(url, home)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)
        log.close()


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path, seconds: float = 180) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if server.poll() is not None:
            raise AssertionError(f"the server ended: {log.read_text()[-4000:]}")
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{url} did not answer: {log.read_text()[-4000:]}")


@pytest.fixture(scope="module")  # while it runs there is an event loop, in which Django refuses its database
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        if program is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip("no Chromium on this machine")
        started = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser, paper: Paper) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=paper.url, viewport={"width": 412, "height": 915}, locale="en-GB")
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    made = context.new_page()
    made.set_default_timeout(15_000)
    return made
