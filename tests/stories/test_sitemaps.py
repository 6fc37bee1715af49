"""Sitemaps: every public address of the paper, and no other."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import PageViewRestriction

from courant.readers.models import LegalDocument
from courant.stories import sitemaps
from courant.stories.catalogue import Stretch, addresses_within, bounds, stretches
from tests.factories import make_author, make_paper, make_section, make_story, make_topic, paragraph, wall

pytestmark = pytest.mark.django_db
CANARY = "zebrafinch"
NS = {
    "map": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
}


def xml_at(address: str) -> ElementTree.Element:
    response = Client().get(address)
    assert response.status_code == 200, address
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def addresses_at(address: str) -> list[str]:
    found = [location.text or "" for location in xml_at(address).iterfind("*/map:loc", NS)]
    return [location.removeprefix("http://testserver") for location in found]


def on(year: int, month: int, day: int, hour: int = 12) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


class TestIndex:
    def test_names_a_file_for_each_month_the_newest_first(self) -> None:
        section = make_section()
        for day in (on(2021, 12, 3), on(2022, 1, 5), on(2022, 1, 21)):
            make_story(section, published_at=day)
        root = xml_at("/sitemap.xml")
        assert root.tag == f"{{{NS['map']}}}sitemapindex"
        assert addresses_at("/sitemap.xml") == [
            "/sitemaps/news.xml",
            "/sitemaps/pages.xml",
            "/sitemaps/stories-2022-01.xml",
            "/sitemaps/stories-2021-12.xml",
        ]
        assert [change.text for change in root.iterfind("*/map:lastmod", NS)] == [
            "2022-01-21T12:00:00+00:00",
            "2021-12-03T12:00:00+00:00",
        ]

    def test_every_file_it_names_is_there(self) -> None:
        make_story(make_section())
        for address in addresses_at("/sitemap.xml"):
            xml_at(address)

    def test_of_an_empty_paper(self) -> None:
        make_paper()
        assert addresses_at("/sitemap.xml") == ["/sitemaps/news.xml", "/sitemaps/pages.xml"]


class TestStories:
    def test_lists_a_month_in_order_with_last_changes(self) -> None:
        section = make_section()
        make_story(section, slug="later", published_at=on(2022, 1, 21), last_published_at=on(2022, 2, 2))
        make_story(section, slug="sooner", published_at=on(2022, 1, 5))
        make_story(section, slug="other-month", published_at=on(2022, 2, 1))
        root = xml_at("/sitemaps/stories-2022-01.xml")
        assert root.tag == f"{{{NS['map']}}}urlset"
        assert addresses_at("/sitemaps/stories-2022-01.xml") == ["/world/sooner/", "/world/later/"]
        assert [change.text for change in root.iterfind("*/map:lastmod", NS)] == [
            "2022-01-05T12:00:00+00:00",
            "2022-02-02T12:00:00+00:00",
        ]

    def test_month_turns_at_the_papers_midnight(self, settings: Any) -> None:
        settings.TIME_ZONE = "America/New_York"
        section = make_section()
        make_story(section, slug="still-january", published_at=on(2022, 2, 1, 4))
        make_story(section, slug="february", published_at=on(2022, 2, 1, 5))
        assert addresses_at("/sitemaps/stories-2022-01.xml") == ["/world/still-january/"]
        assert addresses_at("/sitemaps/stories-2022-02.xml") == ["/world/february/"]
        assert [stretch.name for stretch in stretches(limit=10)] == ["2022-02", "2022-01"]

    @pytest.mark.parametrize(
        "name",
        [
            "2022-02",
            "2022-13",
            "2022-00",
            "0000-01",
            "9999-12",
            "2022-01-32",
            "2022-1",
            "2022-W01-1",
            "20220101",
            "x",
        ],
    )
    def test_times_without_a_story_are_404(self, name: str) -> None:
        make_story(make_section())
        assert Client().get(f"/sitemaps/stories-{name}.xml").status_code == 404

    def test_month_too_full_for_a_file_is_listed_by_days(self, monkeypatch: pytest.MonkeyPatch) -> None:
        section = make_section()
        for hour, day in enumerate((3, 3, 21)):
            make_story(section, slug=f"story-{hour}", published_at=on(2022, 1, day, hour))
        make_story(section, slug="december", published_at=on(2021, 12, 31))
        assert stretches(limit=2) == [
            Stretch("2022-01-21", on(2022, 1, 21, 2)),
            Stretch("2022-01-03", on(2022, 1, 3, 1)),
            Stretch("2021-12", on(2021, 12, 31)),
        ]
        monkeypatch.setattr(sitemaps, "STORIES_PER_FILE", 2)
        assert addresses_at("/sitemap.xml")[2:] == [
            "/sitemaps/stories-2022-01-21.xml",
            "/sitemaps/stories-2022-01-03.xml",
            "/sitemaps/stories-2021-12.xml",
        ]
        assert addresses_at("/sitemaps/stories-2022-01-03.xml") == ["/world/story-0/", "/world/story-1/"]

    def test_no_file_is_longer_than_its_limit(self) -> None:
        section = make_section()
        for _ in range(3):
            make_story(section, published_at=on(2022, 1, 3))
        assert len(addresses_within("2022-01", limit=2)) == 2


class TestBounds:
    def test_of_a_month_and_a_day(self) -> None:
        zone = timezone.get_default_timezone()
        assert bounds("2024-02") == (datetime(2024, 2, 1, tzinfo=zone), datetime(2024, 3, 1, tzinfo=zone))
        assert bounds("2024-02-29") == (datetime(2024, 2, 29, tzinfo=zone), datetime(2024, 3, 1, tzinfo=zone))

    def test_day_of_the_clock_change_is_an_hour_shorter(self, settings: Any) -> None:
        settings.TIME_ZONE = "Europe/London"
        first, last = bounds("2022-03-27")
        assert last.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=23)

    @pytest.mark.parametrize("name", ["2022-13", "2022-02-30", "nonsense", "0001-01", "9999-12"])
    def test_refuses_what_is_no_date(self, name: str) -> None:
        with pytest.raises(ValueError):  # noqa: PT011 # the words are Python's own
            bounds(name)


class TestPages:
    def test_lists_front_sections_authors_topics_and_legal_documents(self) -> None:
        make_paper()
        make_section("World")
        make_author("Ada Moreau")
        make_topic("Gas")
        make_section("Hidden", live=False)
        for version in (1, 2):
            LegalDocument.objects.create(
                kind="terms-of-use",
                title="Terms of use",
                version=version,
                body="<p>Be kind.</p>",
                effective_on=date(2022, 1, version),
            )
        LegalDocument.objects.create(kind="later", title="Later", body="<p>x</p>", effective_on=date(2999, 1, 1))
        assert addresses_at("/sitemaps/pages.xml") == [
            "/",
            "/world/",
            "/authors/",
            "/authors/ada-moreau/",
            "/topics/",
            "/topics/gas/",
            "/legal/terms-of-use/",
        ]

    def test_stories_are_not_in_it(self) -> None:
        make_story(make_section())
        assert addresses_at("/sitemaps/pages.xml") == ["/", "/world/"]


class TestNews:
    def test_holds_the_last_two_days(self) -> None:
        now = timezone.now().replace(microsecond=0)
        section = make_section()
        make_story(section, headline='Q&A: "<now>"', slug="now", published_at=now - timedelta(hours=47))
        make_story(section, headline="Old", published_at=now - timedelta(hours=49))
        root = xml_at("/sitemaps/news.xml")
        assert addresses_at("/sitemaps/news.xml") == ["/world/now/"]
        news = root.find("map:url/news:news", NS)
        assert news is not None
        assert news.findtext("news:publication/news:name", None, NS) == "The Courant"
        assert news.findtext("news:publication/news:language", None, NS) == "en"
        assert news.findtext("news:title", None, NS) == 'Q&A: "<now>"'
        printed = news.findtext("news:publication_date", "", NS)
        assert datetime.fromisoformat(printed) == now - timedelta(hours=47)

    @pytest.mark.parametrize(
        ("language", "short"),
        [
            ("en-gb", "en"),
            ("de", "de"),
            ("zh-hans", "zh-cn"),
            ("zh-hant", "zh-tw"),
            ("ZH-TW", "zh-tw"),
            ("", "en"),
        ],
    )
    def test_language_is_as_google_writes_it(self, language: str, short: str) -> None:
        assert sitemaps.short_language(language) == short

    def test_headline_with_characters_xml_cannot_hold(self) -> None:
        make_story(make_section(), headline="Bell\x07", slug="bell", published_at=timezone.now())
        assert xml_at("/sitemaps/news.xml").findtext("*/news:news/news:title", None, NS) == "Bell"


class TestWhatIsNotPublic:
    """docs/rules/access.md: sitemaps hold addresses and headlines, and those of public pages only."""

    def every_text(self) -> str:
        client = Client()
        texts = [client.get("/sitemap.xml").content.decode()]
        texts += [client.get(address).content.decode() for address in addresses_at("/sitemap.xml")]
        return "".join(texts)

    def test_no_sitemap_holds_a_word_of_the_body(self) -> None:
        make_story(
            make_section(),
            slug="gated",
            access="subscribers",
            published_at=timezone.now(),
            body=[wall(), paragraph(CANARY)],
        )
        text = self.every_text()
        assert "/world/gated/" in text
        assert CANARY not in text

    def test_drafts_private_pages_and_their_children_are_unknown(self) -> None:
        now = timezone.now()
        closed, opened = make_section("Closed"), make_section("Open")
        make_story(closed, slug="in-closed-section", published_at=now)
        make_story(opened, slug="draft", published_at=now, live=False)
        private = make_story(opened, slug="private", published_at=now)
        for page in (closed, private):
            PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
        text = self.every_text()
        assert "/open/" in text
        for name in ("closed", "draft", "private"):
            assert name not in text


class TestQueries:
    @pytest.mark.parametrize("count", [1, 3])
    @pytest.mark.parametrize(
        ("address", "queries"),
        [
            ("/sitemap.xml", 2),
            ("/sitemaps/pages.xml", 3),
            ("/sitemaps/news.xml", 6),
            ("/sitemaps/stories-{month}.xml", 2),
        ],
    )
    def test_count_does_not_grow(self, address: str, queries: int, count: int, django_assert_num_queries: Any) -> None:
        now = timezone.now()
        for number in range(count):
            make_story(
                make_section(f"Section {number}"),
                published_at=now,
                bylines=[make_author(f"Author {number}")],
                topics=[make_topic(f"Topic {number}")],
            )
        address = address.format(month=f"{timezone.localtime(now):%Y-%m}")
        xml_at(address)
        with django_assert_num_queries(queries):
            xml_at(address)


def test_may_be_kept_for_five_minutes_and_asked_for_again() -> None:
    make_story(make_section())
    first = Client().get("/sitemaps/pages.xml")
    assert first["Cache-Control"] == "public, max-age=300"
    assert Client().get("/sitemaps/pages.xml", headers={"If-None-Match": first["ETag"]}).status_code == 304
