"""Varnish, told by key what is no longer right: deploy/varnish."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.deploy.browser import HOST
from tests.deploy.conftest import Site, place_of
from tests.deploy.paper import DeployedPaper
from tests.deploy.proxies import missing, proxy

pytestmark = pytest.mark.anydb


@pytest.fixture
def long_kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Varnish before a server that lets pages be kept for an hour."""
    lacking = missing("varnish")
    if lacking:
        pytest.skip(f"not installed: {lacking}")
    shared: DeployedPaper = request.getfixturevalue("paper")
    paper = DeployedPaper(shared.home, shared_seconds=3600)
    paper.start()
    with proxy("varnish", place_of(paper, tmp_path_factory.mktemp("withdrawing"))) as place:
        yield Site("varnish", paper, place)
    paper.stop()


def withdraw(site: Site, keys: str, port: int) -> int:
    asked = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", "PURGE", "-H", f"Surrogate-Key: {keys}"]
    done = subprocess.run([*asked, "-H", f"Host: {HOST}", f"http://127.0.0.1:{port}/"], capture_output=True, check=True)
    return int(done.stdout)


def test_a_key_withdraws_what_was_made_from_it_and_nothing_else(long_kept: Site) -> None:
    browser, inside = long_kept.browser(), long_kept.place.inside
    changed, other = "/world/free-8/", "/world/free-9/"
    long_kept.wait_until_stored(changed, other)
    own, others = (set(browser.ask(path).get("surrogate-key").split()) for path in (changed, other))
    own = {key for key in own - others if key.startswith("story/")}
    assert own
    with long_kept.paper.editor() as editor:
        editor.do("publish", "free-8", 77)
    assert "Edition 77." not in browser.ask(changed).page
    assert withdraw(long_kept, "story/999999999 author/1", inside) == 200
    assert "Edition 77." not in browser.ask(changed).page
    assert withdraw(long_kept, f"story/999999999 {' '.join(own)}", inside) == 200
    assert "Edition 77." in browser.ask(changed).page
    assert browser.ask(other).get("x-cache") == "HIT"
    # Kept again as soon as it is pressed again.
    until = time.monotonic() + 15
    while browser.ask(changed).get("x-cache") != "HIT":
        assert time.monotonic() < until
        time.sleep(0.2)
    assert "Edition 77." in browser.ask(changed).page
    assert withdraw(long_kept, "all", inside) == 200
    assert browser.ask(other).get("x-cache") == "MISS"


def test_only_who_is_inside_may_withdraw(long_kept: Site) -> None:
    browser = long_kept.browser()
    long_kept.wait_until_stored("/world/free-9/")
    while browser.ask("/world/free-9/").get("x-cache") != "HIT":
        time.sleep(0.1)
    assert browser.ask("/world/free-9/", "PURGE", Surrogate_Key="all").status == 403
    assert withdraw(long_kept, "all", long_kept.place.http) == 403
    for wrong in ("", 'a"b', "a) || (obj.status != 0", "a|b", ".*"):
        assert withdraw(long_kept, wrong, long_kept.place.inside) == 400
    assert browser.ask("/world/free-9/").get("x-cache") == "HIT"
