from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deploy.browser import Browser
from tests.deploy.paper import AUDIENCE, PASS_SECRET, DeployedPaper
from tests.deploy.proxies import Place, missing, new_certificate, proxy
from tests.survival.paper import PASSWORD


@dataclass
class Site:
    """A paper with a proxy in front."""

    name: str
    paper: DeployedPaper
    place: Place

    def browser(self, *, reader: str = "", http2: bool = False, **values: object) -> Browser:
        """A browser without a cookie, or one whose reader has signed in."""
        made = self.place.browser(http2=http2, **values)
        if reader:
            made.sign_in(reader, PASSWORD)
            made.ask("/account/")  # where the greeting is, which is said once
        return made

    def wait_until_stored(self, *paths: str) -> None:
        """Until the page server answers strangers there, as it does soon after a change."""
        stranger, until = self.browser(), time.monotonic() + 30
        for path in paths:
            while not stranger.ask(path).get("surrogate-key"):
                assert time.monotonic() < until, f"{path} is not pressed"
                time.sleep(0.1)


@pytest.fixture(scope="package")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedPaper]:
    made = DeployedPaper(tmp_path_factory.mktemp("paper"))
    made.make()
    yield made
    made.stop()


@pytest.fixture(scope="package", params=["nginx", "haproxy", "varnish"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    lacking = missing(request.param)
    if lacking:
        pytest.skip(f"not installed: {lacking}")
    paper: DeployedPaper = request.getfixturevalue("paper")
    place = place_of(paper, tmp_path_factory.mktemp(request.param))
    with proxy(request.param, place):
        yield Site(request.param, paper, place)


def place_of(paper: DeployedPaper, folder: Path) -> Place:
    certificate, key = new_certificate(folder)
    return Place(folder, paper.port, paper.home, certificate, key, PASS_SECRET, AUDIENCE)
