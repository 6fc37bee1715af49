"""The paper cannot be reached at all: strangers go on reading what is kept, and nobody gets another's page."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.deploy.conftest import Site, place_of
from tests.deploy.paper import DeployedPaper
from tests.deploy.proxies import missing, proxy
from tests.survival.paper import PASSWORD, WITHHELD

pytestmark = pytest.mark.anydb


@pytest.fixture(params=["nginx", "varnish"])
def own_site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A proxy of its own before a server of its own, since that one is stopped."""
    lacking = missing(request.param)
    if lacking:
        pytest.skip(f"not installed: {lacking}")
    shared: DeployedPaper = request.getfixturevalue("paper")
    paper = DeployedPaper(shared.home)
    paper.start()
    with proxy(request.param, place_of(paper, tmp_path_factory.mktemp("outage"))) as place:
        yield Site(request.param, paper, place)
    paper.stop()


def test_strangers_read_on_and_readers_get_nothing_of_theirs(own_site: Site) -> None:
    stranger, reader = own_site.browser(), own_site.browser()
    reader.sign_in("reader1@paper.example", PASSWORD)
    path = "/world/registered-5/"
    own_site.wait_until_stored(path)
    kept = stranger.ask(path)
    assert WITHHELD in reader.ask(path).page
    own_site.paper.stop()
    time.sleep(2)
    for _ in range(3):
        answer = stranger.ask(path)
        assert (answer.status, answer.body) == (200, kept.body)
        assert reader.ask(path).status in (502, 503, 504)
        assert stranger.ask("/world/registered-6/").status in (502, 503, 504)
    own_site.paper.start()
    until = time.monotonic() + 10
    while reader.ask(path).status != 200:
        assert time.monotonic() < until
    assert WITHHELD in reader.ask(path).page
    assert WITHHELD not in stranger.ask(path).page
