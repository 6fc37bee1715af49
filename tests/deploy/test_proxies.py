"""Through each proxy of deploy/ every visitor gets what is theirs, whoever asked before: docs/rules/access.md."""

from __future__ import annotations

import gzip
import itertools
import random
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta

import brotli
import pytest
import zstandard

from courant.wall.passes import KeyRing
from tests.deploy.browser import HOST, Answer, Browser
from tests.deploy.conftest import Site
from tests.deploy.paper import COOKIES, OTHERS, RING, forged
from tests.deploy.proxies import LIBRARY
from tests.survival.paper import WITHHELD

pytestmark = pytest.mark.anydb
FULL, PREVIEW = True, False
DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
    "": bytes,
}


def is_full(answer: Answer) -> bool:
    assert answer.status == 200, answer
    assert "Edition" in answer.page
    return WITHHELD in answer.page


# -- Who gets what ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("http2", [False, True], ids=["http1", "http2"])
def test_everyone_gets_their_own_in_every_order(site: Site, http2: bool) -> None:
    reader = site.browser(reader="reader1@paper.example", http2=http2)
    left = site.browser(reader="reader2@paper.example", http2=http2)
    copied = dict(left.cookies)
    left.sign_out()
    time.sleep(2)
    visitors: dict[str, tuple[Browser, bool]] = {
        "stranger": (site.browser(http2=http2), PREVIEW),
        "stranger with other cookies": (site.browser(http2=http2, cookies={"theme": "dark"}), PREVIEW),
        "reader": (reader, FULL),
        "subscriber": (site.browser(reader="subscriber@paper.example", http2=http2), FULL),
        "forged": (site.browser(http2=http2, cookies=forged(ring=OTHERS)), PREVIEW),
        "expired": (site.browser(http2=http2, cookies=forged(age=timedelta(hours=1))), PREVIEW),
        "no pass at all": (site.browser(http2=http2, cookies={COOKIES.passes: "x.y.z"}), PREVIEW),
        "signed out, pass and session kept": (site.browser(http2=http2, cookies=copied), PREVIEW),
        "signed out, pass kept": (
            site.browser(http2=http2, cookies={COOKIES.passes: copied[COOKIES.passes]}),
            PREVIEW,
        ),
        "library": (site.browser(http2=http2, address=LIBRARY), FULL),
    }
    shuffled, wrong = random.Random(5), []
    pairs = list(itertools.permutations(visitors, 2))
    shuffled.shuffle(pairs)
    pairs = pairs[:40] if http2 else pairs
    # Whoever comes second comes right after whoever comes first, at a story of their own or at one that is kept.
    for number, pair in enumerate(pairs):
        path = f"/world/registered-{number % 10 + 1}/"
        for name in pair:
            browser, expected = visitors[name]
            answer = browser.ask(path)
            assert answer.version == ("HTTP/2" if http2 else "HTTP/1.1")
            if is_full(answer) != expected:
                wrong.append((pair, name, answer.headers))
    assert wrong == []


def test_a_story_for_subscribers_is_closed_to_readers_in_every_order(site: Site) -> None:
    visitors = [
        (site.browser(), PREVIEW),
        (site.browser(reader="reader3@paper.example"), PREVIEW),
        (site.browser(reader="subscriber@paper.example"), FULL),
    ]
    for number, order in enumerate(itertools.permutations(visitors), start=1):
        for browser, expected in [*order, *order]:
            assert is_full(browser.ask(f"/world/subscribers-{number}/")) == expected


def test_who_signs_in_sees_the_full_story_at_once_and_who_signs_out_the_preview(site: Site) -> None:
    browser = site.browser()
    for _ in range(3):
        assert is_full(browser.ask("/world/registered-1/")) is PREVIEW
    browser.sign_in("reader4@paper.example", "correct horse battery staple")
    assert is_full(browser.ask("/world/registered-1/")) is FULL
    browser.sign_out()
    assert is_full(browser.ask("/world/registered-1/")) is PREVIEW


# -- What is kept -------------------------------------------------------------------------------------------
def test_strangers_are_answered_by_the_proxy(site: Site) -> None:
    browser = site.browser()
    site.wait_until_stored("/world/free-1/")
    said = [browser.ask("/world/free-1/").get("x-cache") for _ in range(20)]
    assert said.count("HIT") > 10, said


def test_haproxy_takes_a_pass_that_proves_nothing_for_a_stranger_s(site: Site) -> None:
    """Only HAProxy checks passes: docs/rules/pass.md."""
    if site.name != "haproxy":
        pytest.skip("this proxy leaves all passes to the paper")
    foreign = KeyRing(RING.keys, "https://another.example")
    bad = {
        "forged": forged(ring=OTHERS),
        "of another paper": forged(ring=foreign),
        "expired": forged(age=timedelta(hours=1)),
        "unsigned": {COOKIES.passes: f"{forged()[COOKIES.passes].rpartition('.')[0]}."},
        "no token": {COOKIES.passes: "x"},
    }
    stranger = site.browser()
    site.wait_until_stored("/world/registered-7/")
    for name, cookies in bad.items():
        said = []
        for _ in range(5):
            stranger.ask("/world/registered-7/")
            answer = site.browser(cookies={"theme": "dark", **cookies}).ask("/world/registered-7/")
            assert is_full(answer) is PREVIEW
            said.append(answer.get("x-cache"))
        assert "HIT" in said, name
    sound = site.browser(cookies=forged())
    assert {sound.ask("/world/registered-7/").get("x-cache") for _ in range(5)} == {"MISS"}


def test_readers_are_never_answered_by_the_proxy(site: Site) -> None:
    reader, stranger = site.browser(reader="reader5@paper.example"), site.browser()
    site.wait_until_stored("/world/free-2/")
    for _ in range(5):
        assert stranger.ask("/world/free-2/").get("cache-control") != "private, no-cache"
        answer = reader.ask("/world/free-2/")
        assert (answer.get("x-cache") != "HIT", answer.get("cache-control")) == (True, "private, no-cache")


def test_what_sets_a_cookie_is_kept_for_nobody(site: Site) -> None:
    tokens = {site.browser().ask("/account/sign-in/").all("set-cookie")[0].partition(";")[0] for _ in range(4)}
    assert len(tokens) == 4
    opener, other = (site.browser(reader=f"{site.name}{number}@paper.example") for number in (1, 2))
    answer = opener.ask("/world/premium-1/")
    assert (is_full(answer), COOKIES.opened in opener.cookies) == (FULL, True)
    stranger = site.browser().ask("/world/premium-1/")
    assert (is_full(stranger), stranger.all("set-cookie")) == (PREVIEW, [])
    assert is_full(other.ask("/world/premium-1/")) is FULL
    assert opener.cookies[COOKIES.opened] != other.cookies[COOKIES.opened]


def test_a_question_spends_nothing(site: Site) -> None:
    """HEAD reaches the paper as HEAD: docs/rules/metering.md, "What spends"."""
    reader = site.browser(reader=f"{site.name}3@paper.example")
    for number in range(1, 8):
        assert reader.ask(f"/world/premium-{number}/", "HEAD").status == 200
    assert COOKIES.opened not in reader.cookies
    assert [is_full(reader.ask(f"/world/premium-{number}/")) for number in range(1, 6)] == [FULL] * 5
    assert is_full(reader.ask("/world/premium-9/")) is PREVIEW


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0.0, zstd; q=0.000, gzip ; q=1", "gzip"),
        ("identity", ""),
        ("", ""),
    ],
)
def test_nobody_gets_bytes_that_they_cannot_read(site: Site, accepted: str, sent: str) -> None:
    browser = site.browser()
    site.wait_until_stored("/world/free-3/")
    # Others come before, who can read more, and less.
    for other in ("br", "gzip", "identity", accepted, accepted):
        answer = browser.ask("/world/free-3/", Accept_Encoding=other)
    assert answer.get("content-encoding") == sent
    assert b"Edition" in DECODERS[sent](answer.body)


def test_what_has_not_changed_is_not_sent_again(site: Site) -> None:
    stranger, reader = site.browser(), site.browser(reader="reader1@paper.example")
    site.wait_until_stored("/world/registered-2/")
    for browser in (stranger, reader):
        tag = browser.ask("/world/registered-2/").get("etag")
        assert tag
        answer = browser.ask("/world/registered-2/", If_None_Match=tag)
        assert (answer.status, answer.body) == (304, b""), (tag, answer.headers)
    of_stranger = stranger.ask("/world/registered-2/").get("etag")
    assert is_full(reader.ask("/world/registered-2/", If_None_Match=of_stranger)) is FULL
    of_reader = reader.ask("/world/registered-2/").get("etag")
    assert is_full(stranger.ask("/world/registered-2/", If_None_Match=of_reader)) is PREVIEW


# -- What changes -------------------------------------------------------------------------------------------
def test_what_is_published_is_seen_within_three_seconds(site: Site) -> None:
    stranger, reader = site.browser(), site.browser(reader="reader2@paper.example")
    with site.paper.editor() as editor:
        for edition in range(100, 103):
            stranger.ask("/world/free-4/")
            done_at = editor.do("publish", "free-4", edition)
            for browser in (reader, stranger):
                while f"Edition {edition}." not in browser.ask("/world/free-4/").page:
                    assert time.time() - done_at < 3
            # From then on nobody sees what was before.
            for browser in (stranger, reader, site.browser(http2=True)):
                assert f"Edition {edition}." in browser.ask("/world/free-4/").page


def test_a_story_that_is_closed_is_closed_within_three_seconds(site: Site) -> None:
    stranger = site.browser()
    with site.paper.editor() as editor:
        for access, expected in (("free", FULL), ("subscribers", PREVIEW), ("free", FULL), ("registered", PREVIEW)):
            done_at = editor.do("access", "registered-9", access)
            while is_full(stranger.ask("/world/registered-9/")) is not expected:
                assert time.time() - done_at < 3


# -- What the paper is told ---------------------------------------------------------------------------------
@pytest.mark.parametrize("http2", [False, True], ids=["http1", "http2"])
def test_only_the_address_that_the_proxy_saw_counts(site: Site, http2: bool) -> None:
    path = "/world/subscribers-7/"
    library, elsewhere = site.browser(address=LIBRARY, http2=http2), site.browser(http2=http2)
    for _ in range(2):
        answer = library.ask(path, X_Forwarded_For="203.0.113.5")
        assert (is_full(answer), "Port Alder Library" in answer.page) == (FULL, True)
        for claim in (LIBRARY, f"{LIBRARY}, {LIBRARY}", f"{LIBRARY},"):
            assert is_full(elsewhere.ask(path, X_Forwarded_For=claim)) is PREVIEW
        assert is_full(elsewhere.ask(path, X_Real_IP=LIBRARY, Forwarded=f"for={LIBRARY}")) is PREVIEW


def test_headers(site: Site) -> None:
    site.wait_until_stored("/world/registered-3/")
    for browser, caching in (
        (site.browser(), {"public", "max-age=0", "s-maxage=1", "must-revalidate"}),
        (site.browser(reader="reader3@paper.example"), {"private", "no-cache"}),
    ):
        for _ in range(3):
            answer = browser.ask("/world/registered-3/")
            assert "default-src 'none'" in answer.get("content-security-policy")
            assert answer.get("strict-transport-security").startswith("max-age=31536000")
            assert answer.get("x-content-type-options") == "nosniff"
            assert set(answer.get("cache-control").split(", ")) == caching
            assert "accept-encoding" in answer.get("vary").lower()
            assert len(answer.all("date")) == len(answer.all("content-type")) == 1


def test_http_leads_to_https(site: Site) -> None:
    asked = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}", "-H", f"Host: {HOST}"]
    place = f"http://127.0.0.1:{site.place.http}/world/free-1/?page=2"
    done = subprocess.run([*asked, place], capture_output=True, text=True, check=True)
    assert done.stdout == f"308 https://{HOST}/world/free-1/?page=2"


@pytest.mark.parametrize(
    "headers", [{"Authorization": "Basic eDp5"}, {"Sec_Purpose": "prefetch"}, {"Cookie": "messages=x"}]
)
def test_what_the_paper_must_see_is_passed_on(site: Site, headers: dict[str, str]) -> None:
    for _ in range(3):
        site.browser().ask("/world/free-5/")
    answer = site.browser().ask("/world/free-5/", **headers)
    assert answer.get("x-cache") in ("BYPASS", "MISS")


def test_static_files_may_be_kept_for_ever(site: Site) -> None:
    page = site.browser().ask("/").page
    style = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    answer = site.browser().ask(style)
    assert (answer.status, answer.get("content-encoding")) == (200, "gzip")
    assert "immutable" in answer.get("cache-control")
    assert "max-age=31536000" in answer.get("cache-control")
    assert answer.get("content-type").startswith("text/css")
    assert b"{" in gzip.decompress(answer.body)
    if site.name == "nginx":
        assert answer.all("x-cache") == [], "it came from the paper, not from the disk"
