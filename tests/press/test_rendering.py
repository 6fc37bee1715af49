"""Stored pages are the live ones of a class of readers, and hold nothing of anybody."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime, timedelta
from typing import Any

import brotli
import pytest
import zstandard
from django.test import Client, RequestFactory
from django.utils import timezone
from wagtail.models import Page

from courant.edge.pages import OWNED_HEADERS
from courant.edge.variants import STORED
from courant.press import rendering
from courant.press.addresses import is_pressable
from courant.press.enums import Outcome
from courant.press.queries import public_addresses
from courant.readers.actions.legal import install_legal_documents
from courant.stories.audience import printed_for
from courant.stories.models import StoryPage
from courant.wall.actions import open_premium
from courant.wall.models import WallSettings
from courant.wall.visits import paper_zone
from tests.factories import (
    block,
    make_author,
    make_paper,
    make_picture,
    make_reader,
    make_section,
    make_story,
    make_topic,
    paragraph,
    wall,
)
from tests.press.conftest import Host

pytestmark = pytest.mark.django_db
NAME = "Wilhelmina Pass-Canary"
CANARIES = [f"canary{number}canary" for number in range(1, 13)]
NUMBERS = iter(range(1, 1000))


@pytest.fixture
def paper(db: None, host: Host) -> dict[str, StoryPage]:
    """Stories of every access, each with a canary in every kind of block below the cut."""
    make_paper(contact_email="desk@paper.example")
    install_legal_documents(now=datetime(2022, 1, 1, tzinfo=UTC))
    world, ada, geneva = make_section("World"), make_author(), make_topic()
    picture = make_picture(caption=CANARIES[9], credit=CANARIES[10], description=CANARIES[11])
    other = make_story(world, headline=CANARIES[8])
    hidden = [
        paragraph(f"Below {CANARIES[0]}."),
        block("subheading", CANARIES[1]),
        block("pull_quote", CANARIES[2]),
        block("block_quote", {"quotation": CANARIES[3], "attribution": CANARIES[4]}),
        block("fact_box", {"title": CANARIES[5], "text": f"<p>{CANARIES[6]}</p>"}),
        block("link_card", {"url": f"https://example.org/{CANARIES[7]}", "title": "A link", "publisher": "", "summary": ""}),
        block("picture", {"picture": picture.pk, "caption": "", "credit": "", "alt": ""}),
    ]  # fmt: skip
    other.unpublish()  # so that its headline stands in no list
    return {
        access: make_story(
            world, headline=f"A {access} story", access=access, bylines=[ada], topics=[geneva],
            body=[paragraph("Above."), wall(), *hidden],
        )
        for access in ("free", "registered", "premium", "subscribers")
    }  # fmt: skip


def address(access: str) -> str:
    return f"/world/a-{access}-story/"


def signed_in(state: str) -> tuple[Client, Any]:
    client, reader = Client(), make_reader(state=state, name=NAME)
    client.force_login(reader)
    return client, reader


def spent(reader: Any) -> None:
    for story_id in range(9_001, 9_006):
        open_premium(reader=reader, story_id=story_id, limit=5, now=timezone.now(), zone=paper_zone())


def bodies_of(host: Host, where: str, variant: str) -> list[bytes]:
    """Every encoding of a stored variant, decoded."""
    digest = host.store.page(where).variants[variant].digest
    decode = {
        "identity": bytes,
        "gzip": gzip.decompress,
        "br": brotli.decompress,
        "zstd": zstandard.ZstdDecompressor().decompress,
    }
    found = {name: host.store.body(digest, name) for name in decode}
    return [decode[name](content) for name, content in found.items() if content is not None]


# -- What a variant is ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("access", "variants"),
    [
        ("free", {"full.out", "full.in"}),
        ("registered", {"preview-registration.out", "full.in"}),
        ("premium", {"preview-registration.out", "full.in", "preview-meter.in", "preview-retry.in"}),
        ("subscribers", {"preview-subscription.out", "preview-subscription.in", "full.in"}),
    ],
)
def test_a_story_is_printed_for_every_class_of_readers(
    paper: dict[str, StoryPage], host: Host, access: str, variants: set[str]
) -> None:
    assert host.press(address(access)) == Outcome.PRESSED
    page = host.store.page(address(access))
    assert set(page.variants) == variants
    assert variants <= STORED
    assert (page.terms.story_id, page.terms.access) == (paper[access].pk, access)


def test_without_a_meter_premium_is_for_subscribers(paper: dict[str, StoryPage], host: Host) -> None:
    WallSettings.objects.update(premium_per_month=0)
    host.press(address("premium"))
    assert set(host.store.page(address("premium")).variants) == {
        "preview-subscription.out", "preview-subscription.in", "full.in", "preview-retry.in",
    }  # fmt: skip


def test_a_page_without_terms_differs_in_its_head_alone(paper: dict[str, StoryPage], host: Host) -> None:
    host.press("/world/")
    assert set(host.store.page("/world/").variants) == {"full.out", "full.in"}
    assert "Sign in" in host.text("/world/")
    assert "Sign out" in host.text("/world/", "registered")


def test_files_are_the_same_for_all(paper: dict[str, StoryPage], host: Host) -> None:
    for where in ("/feeds/rss.xml", "/robots.txt", "/favicon.ico", "/sitemap.xml", "/-/theme.css"):
        host.press(where)
        assert set(host.store.page(where).variants) == {"any"}, where


# -- As the live answer ---------------------------------------------------------------------------------
LIVE = [
    ("free", "full.out", "stranger"),
    ("free", "full.in", "registered"),
    ("registered", "preview-registration.out", "stranger"),
    ("registered", "full.in", "registered"),
    ("premium", "preview-registration.out", "stranger"),
    ("premium", "preview-meter.in", "spent"),
    ("subscribers", "preview-subscription.out", "stranger"),
    ("subscribers", "preview-subscription.in", "registered"),
    ("subscribers", "full.in", "subscriber"),
]


@pytest.mark.parametrize(("access", "variant", "who"), LIVE)
def test_a_stored_story_is_the_live_one_to_the_letter(
    paper: dict[str, StoryPage], host: Host, access: str, variant: str, who: str
) -> None:
    client = Client()
    if who != "stranger":
        client, reader = signed_in("registered" if who == "spent" else who)
        if who == "spent":
            spent(reader)
    live = client.get(address(access))
    host.press(address(access))
    stored = host.store.page(address(access)).variants[variant]
    assert stored.status == live.status_code == 200
    assert own_headers(stored.headers) == own_headers(live.headers.items())
    for body in bodies_of(host, address(access), variant):
        assert body == live.content


OTHERS = ["/", "/world/", "/authors/", "/authors/ada-moreau/", "/topics/", "/topics/geneva-talks/", "/feeds/", "/legal/",
          "/legal/terms-of-use/", "/legal/terms-of-use/1/", "/feeds/rss.xml", "/feeds/world/feed.json",
          "/feeds/topics/geneva-talks/atom.xml", "/sitemap.xml", "/sitemaps/pages.xml", "/sitemaps/news.xml",
          "/sitemaps/stories-2022-01.xml", "/robots.txt", "/.well-known/security.txt", "/-/theme.css",
          "/-/speculation-rules.json", "/manifest.webmanifest", "/favicon.ico", "/favicon.svg", "/apple-touch-icon.png",
          "/icon-192.png", "/icon-512.png"]  # fmt: skip


def test_every_other_stored_page_is_the_live_one_to_the_letter(paper: dict[str, StoryPage], host: Host) -> None:
    reader, _ = signed_in("registered")
    for where in OTHERS:
        assert host.press(where) == Outcome.PRESSED, where
        for variant, client in (("any", Client()), ("full.out", Client()), ("full.in", reader)):
            stored = host.store.page(where).variants.get(variant)
            if stored is not None:
                live = client.get(where)
                assert own_headers(stored.headers) == own_headers(live.headers.items()), where
                assert bodies_of(host, where, variant)[0] == live.content, where
    assert set(OTHERS) <= set(public_addresses()), "and none is forgotten when everything is printed"


def own_headers(headers: Any) -> dict[str, str]:
    """By name in small letters; the directives of the content policy come in no order."""
    found = {name.lower(): value for name, value in headers if name.lower() not in OWNED_HEADERS}
    policy = "content-security-policy"
    return {**found, policy: ";".join(sorted(part.strip() for part in found[policy].split(";")))}


# -- Nothing of anybody ---------------------------------------------------------------------------------
def test_nothing_of_one_person_is_in_a_stored_page(paper: dict[str, StoryPage], host: Host) -> None:
    client, reader = signed_in("subscriber")
    staff, editor = signed_in("staff")
    for where in public_addresses():
        client.get(where)
        staff.get(where)
        host.press(where)
        page = host.store.page(where)
        assert page is not None, where
        for variant, stored in page.variants.items():
            assert {name.lower() for name, _ in stored.headers}.isdisjoint({"set-cookie", "vary", "cache-control"})
            for body in bodies_of(host, where, variant):
                for word in (
                    NAME,
                    reader.email,
                    editor.email,
                    "csrfmiddlewaretoken",
                    "premium stories left",
                ):
                    assert word.encode() not in body, (where, variant, word)


@pytest.mark.parametrize("access", ["registered", "premium", "subscribers"])
def test_a_preview_holds_no_withheld_word(paper: dict[str, StoryPage], host: Host, access: str) -> None:
    host.press(address(access))
    for variant in host.store.page(address(access)).variants:
        for body in bodies_of(host, address(access), variant):
            found = [canary for canary in CANARIES if canary.encode() in body]
            expected = [] if variant.startswith("preview") else [word for word in CANARIES if word != CANARIES[8]]
            assert found == expected, variant


def test_lists_and_feeds_hold_no_withheld_word(paper: dict[str, StoryPage], host: Host) -> None:
    StoryPage.objects.get(pk=paper["free"].pk).delete()
    for where in public_addresses():
        host.press(where)
        page = host.store.page(where)
        for variant in page.variants if page and page.terms is None else ():
            for body in bodies_of(host, where, variant):
                assert not [canary for canary in CANARIES if canary.encode() in body], (where, variant)


def test_an_answer_that_sets_a_cookie_is_not_stored(
    paper: dict[str, StoryPage], host: Host, settings: Any, caplog: Any
) -> None:
    settings.MIDDLEWARE = ["tests.press.test_rendering.SetsCookies", *settings.MIDDLEWARE]
    rendering.handler.cache_clear()
    try:
        host.store.want("/world/")
        assert host.press("/world/") == Outcome.FAILED
    finally:
        rendering.handler.cache_clear()
    assert not host.has("/world/")
    assert host.store.wanted(10) == []
    assert "/world/ sets a cookie" in caplog.text


class SetsCookies:
    """A middleware that somebody might add."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        response = self.get_response(request)
        response.set_cookie("visitor", "1")
        return response


def test_no_header_makes_a_request_one_of_ours(paper: dict[str, StoryPage]) -> None:
    request = RequestFactory().get("/", headers={"printed-for": "full.in", "x-printed-for": "1"}, printed_for="full.in")
    assert printed_for(request) is None
    for header in ("printed-for", "x-printed-for", "printed_for"):
        page = Client().get(address("subscribers"), headers={header: "full.in"}).content.decode()
        assert CANARIES[0] not in page
        assert "Sign out" not in page


# -- What is stored and what is not ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("where", "is_stored"),
    [
        ("/", True), ("/world/", True), ("/world/?page=2", True), ("/world/a-story/", True), ("/feeds/rss.xml", True),
        ("/legal/terms-of-use/2/", True), ("/?page=2", True),  # as far as the address says
        ("/world/?page=1", False), ("/world/?page=02", False), ("/world/?page=x", False), ("/world/?", False),
        ("/world/?q=1", False), ("/feeds/rss.xml?page=2", False), ("/search/", False), ("/account/", False),
        ("/account/register/", False), ("/newsroom/", False), ("/-/me", False), ("/-/healthz", False),
        ("/pictures/x/1/wide-640.jpeg", False), ("/oembed/", False), ("/world/%61/", False), ("/no-slash", False),
        ("//evil.example/", False), ("/static/theme/paper.css", False), ("/" + "a" * 500 + "/", False),
    ],
)  # fmt: skip
def test_only_public_addresses_are_stored(where: str, is_stored: bool) -> None:
    assert is_pressable(where) is is_stored


def test_what_no_reader_may_know_of_is_not_stored(paper: dict[str, StoryPage], host: Host) -> None:
    world = Page.objects.get(slug="world").specific
    make_story(world, headline="A draft", live=False)
    for where in ("/world/a-draft/", "/world/nothing/", "/?page=2", "/world/?page=2", f"{address('free')}?page=2"):
        assert host.press(where) == Outcome.NO_PAGE, where
        assert not host.has(where)


def test_a_list_of_several_pages_has_each_of_them(paper: dict[str, StoryPage], host: Host) -> None:
    world = Page.objects.get(slug="world").specific
    for number in range(20):
        make_story(world, headline=f"More {number}")
    assert host.press("/world/?page=2") == Outcome.PRESSED
    assert "Page 2 of 2" in host.text("/world/?page=2")
    assert host.press("/world/?page=3") == Outcome.NO_PAGE
    assert "/world/?page=2" in set(public_addresses())


# -- Until when -----------------------------------------------------------------------------------------
def test_a_page_is_right_for_a_day_at_most(paper: dict[str, StoryPage], host: Host) -> None:
    now = timezone.now().timestamp()
    for where in ("/", "/world/", "/robots.txt", address("free")):
        host.press(where)
        assert now + 3600 <= host.store.page(where).fresh_until <= now + 86_400 + 60, where


def test_a_free_period_ends_the_page_that_shows_it(paper: dict[str, StoryPage], host: Host) -> None:
    soon = timezone.now() + timedelta(minutes=30)
    StoryPage.objects.filter(pk=paper["subscribers"].pk).update(free_from=soon)
    for where in (address("subscribers"), "/feeds/rss.xml"):
        host.press(where)
        assert host.store.page(where).fresh_until == pytest.approx(soon.timestamp()), where
    assert "full.out" not in host.store.page(address("subscribers")).variants


def test_the_turn_of_the_meter_ends_what_names_it() -> None:
    eve = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    from courant.press.freshness import fresh_until

    turn = datetime(2026, 12, 1, tzinfo=UTC)
    assert fresh_until("/world/a-story/", {"wall", "story/1"}, eve) == turn
    assert fresh_until("/legal/", {"documents"}, eve) == turn, "a document may be in force from a day on"
    assert fresh_until("/", {"paper"}, eve) > turn


def test_a_story_leaves_the_news_sitemap_after_two_days(paper: dict[str, StoryPage], host: Host) -> None:
    world = Page.objects.get(slug="world").specific
    printed = timezone.now() - timedelta(days=2) + timedelta(minutes=10)
    make_story(world, headline="Nearly old", published_at=printed)
    host.press("/sitemaps/news.xml")
    until = host.store.page("/sitemaps/news.xml").fresh_until
    assert until == pytest.approx((printed + timedelta(days=2)).timestamp(), abs=1)


def test_a_documents_first_day_is_a_day_of_its_page(paper: dict[str, StoryPage], host: Host) -> None:
    host.press("/legal/terms-of-use/")
    until = datetime.fromtimestamp(host.store.page("/legal/terms-of-use/").fresh_until, paper_zone())
    assert (until.hour, until.minute, until.date()) == (
        0,
        0,
        date.fromordinal(datetime.now(paper_zone()).toordinal() + 1),
    )
