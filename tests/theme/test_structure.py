"""The bones of every page: title, headings, addresses, language, and nothing inline that the policy would refuse."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string
from django.test import Client

from courant.stories.models import StoryPage
from tests.factories import block, make_author, make_paper, make_section, make_story, make_topic, paragraph

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> StoryPage:
    make_paper(name="The Meridian", tagline="News from the harbour", contact_email="desk@paper.example")
    section, author, topic = make_section("World"), make_author("Ada Moreau"), make_topic("The talks")
    body = [
        paragraph("They shook hands at eleven."),
        block("subheading", "Low expectations, met"),
        block("block_quote", {"quotation": "I cannot say.", "attribution": "A minister"}),
        block("pull_quote", "The next conversation"),
        block("list", {"is_numbered": False, "items": ["<p>One</p>", "<p>Two</p>"]}),
        block("fact_box", {"title": "In brief", "text": "<p>Ninety minutes.</p>"}),
        block("link_card", {"url": "https://elsewhere.example/", "title": "A page", "publisher": "", "summary": ""}),
    ]
    for number in range(3):
        make_story(section, headline=f"Another piece {number}", topics=[topic], access="free")
    return make_story(
        section, headline="Ninety minutes “in” Geneva </script>", kicker="Talks", dateline="Geneva", access="free",
        bylines=[author, "Ben Stringer"], topics=[topic], body=body, what_changed="Adds the call.",
        published_at=datetime(2022, 1, 21, 16, 22, tzinfo=UTC), updated_at=datetime(2022, 1, 21, 18, 5, tzinfo=UTC),
        corrections=[(date(2022, 1, 22), "The meeting took ninety minutes, not nineteen.")],
        sensitive_note="Describes a wound.",
    )  # fmt: skip


PAGES = [
    "/", "/world/", "/authors/", "/authors/ada-moreau/", "/topics/", "/topics/the-talks/", "/search/", "/search/?q=",
    "/search/?q=piece", "/search/?q=nowhere", "/feeds/", "/nothing-here/", "/account/sign-in/", "/account/register/",
]  # fmt: skip


def get(path: str) -> BeautifulSoup:
    return BeautifulSoup(Client().get(path).content.decode(), "html.parser")


def test_every_page_is_built_alike(story: StoryPage) -> None:
    """Fetched once and looked at in every way: the pages are many and the checks are quick."""
    for path in [*PAGES, f"/world/{story.slug}/"]:
        page = get(path)
        assert page.title.get_text().endswith("The Meridian") or path == "/", path
        assert len(page.select("h1")) == 1, path
        assert page.select_one("main#content"), path
        assert page.select_one('a.skip[href="#content"]'), path
        assert (page.html["lang"], page.html["dir"]) == ("en-gb", "ltr"), path
        assert page.select_one("[role=status]"), path
        assert skipped_ranks(page) == [], path
        assert inline_code(page) == [], path
        assert unclear_links(page) == {}, path


def skipped_ranks(page: BeautifulSoup) -> list[str]:
    """Headings more than one rank below the one before."""
    skipped, rank = [], 0
    for heading in page.select(":is(header, main) :is(h1, h2, h3, h4)"):
        level = int(heading.name[1])
        if level > rank + 1 and not heading.find_parent(class_="error-summary"):
            skipped.append(str(heading))
        rank = level
    return skipped


def inline_code(page: BeautifulSoup) -> list[str]:
    """What the content security policy would refuse."""
    scripts = [tag for tag in page.select("script:not([src])") if tag["type"] != "application/ld+json"]
    handlers = [tag for tag in page.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
    return [str(tag) for tag in [*page.select("[style], style"), *scripts, *handlers]]


def unclear_links(page: BeautifulSoup) -> dict[str, set[str]]:
    """Names of links that lead to several places, or that are empty."""
    targets: dict[str, set[str]] = defaultdict(set)
    for link in page.select("a[href]"):
        name = link.get("aria-label") or " ".join(link.get_text().split())
        targets[name].add(link["href"].split("?next=")[0])
    return {name: places for name, places in targets.items() if len(places) > 1 or not name}


def test_a_story_shows_who_when_where_and_what_changed(story: StoryPage) -> None:
    page = get(f"/world/{story.slug}/")
    text = " ".join(page.main.get_text().split())
    assert page.h1.get_text() == story.title
    assert page.select_one('a[rel=author][href="/authors/ada-moreau/"]').get_text() == "Ada Moreau"
    for words in (
        "Ben Stringer", "Published 21 January 2022, 16:22 GMT", "Updated 21 January 2022, 18:05 GMT",
        "1 minute to read", "Adds the call.", "22 January 2022: The meeting took ninety minutes", "Describes a wound.",
        "Geneva They shook hands", "A minister",
    ):  # fmt: skip
        assert words in text
    assert page.select_one('time[datetime="2022-01-21T16:22:00Z"]')
    assert page.select_one("#p1")
    assert page.select_one("h2#p2")
    assert page.select_one(".pull-quote")["aria-hidden"] == "true", "its words stand in the text already"
    assert page.select_one('.topics a[href="/topics/the-talks/"]')
    assert len(page.select(".running__list li")) == 3


def test_a_story_tells_machines_what_it_tells_readers(story: StoryPage) -> None:
    page = get(f"/world/{story.slug}/")
    data = json.loads(page.select_one('script[type="application/ld+json"]').string)
    assert data["headline"] == story.title == page.select_one('meta[property="og:title"]')["content"]
    address = f"http://testserver/world/{story.slug}/"
    assert page.select_one("link[rel=canonical]")["href"] == address
    assert page.select_one("link[rel=alternate][hreflang]")["href"] == address
    assert page.select_one('link[rel=alternate][type="application/rss+xml"]')["href"] == "/feeds/rss.xml"


def test_a_story_in_arabic_is_set_from_right_to_left(story: StoryPage) -> None:
    from wagtail.models import Locale

    StoryPage.objects.filter(pk=story.pk).update(locale=Locale.objects.create(language_code="ar"))
    page = get(f"/world/{story.slug}/")
    assert (page.html["lang"], page.html["dir"]) == ("ar", "rtl")
    card = get("/world/").select_one(f'.card a[href="/world/{story.slug}/"]').find_parent("article")
    assert (card["lang"], card["dir"]) == ("ar", "rtl")


def test_an_empty_paper_says_so_and_shows_editors_the_way() -> None:
    make_paper(name="The Meridian")
    page = get("/")
    assert "Nothing is published yet" in page.main.get_text()
    assert page.main.select_one('a[href^="/account/sign-in/"]')


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_error_pages_that_must_not_ask_the_database_do_not(name: str, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        page = BeautifulSoup(render_to_string(name), "html.parser")
    assert page.h1.get_text() == page.title.get_text()
    assert page.select_one('a[href="/"]')
