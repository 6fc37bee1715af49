"""Feeds: everyone is told of a story; its withheld part is in none of them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from django.test import Client
from wagtail.models import PageViewRestriction

from courant.stories.feed_formats import FORMATS
from courant.stories.printed import print_story
from courant.stories.syndicated import way_to_read_on
from courant.stories.terms import terms_of
from courant.wall.visits import decide_for_stranger
from tests.factories import (
    PUBLISHED_AT,
    block,
    make_author,
    make_paper,
    make_picture,
    make_section,
    make_story,
    make_topic,
    paragraph,
    wall,
)

pytestmark = pytest.mark.django_db
CANARY = "zebrafinch"
NS = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}


def fetch(address: str, **headers: str) -> Any:
    response = Client().get(address, headers=headers)
    assert response.status_code == 200, address
    return response


def rss_of(address: str = "/feeds/rss.xml") -> ElementTree.Element:
    channel = ElementTree.fromstring(fetch(address).content).find("channel")
    assert channel is not None
    return channel


def every_feed(section: str, author: str, topic: str) -> list[str]:
    folders = ["/feeds/", f"/feeds/{section}/", f"/feeds/authors/{author}/", f"/feeds/topics/{topic}/"]
    return [f"{folder}{file}" for folder in folders for file in FORMATS]


def make_full_story(**fields: Any) -> Any:
    return make_story(
        fields.pop("section", None) or make_section(),
        headline='Q&A: what <is> "due"',
        standfirst="Three points & a date.",
        kicker="Diplomacy",
        bylines=[make_author("Ada Moreau"), "Bo Lin"],
        topics=[make_topic("Geneva talks"), make_topic("Gas")],
        lead_picture=make_picture(caption="The lake.", credit="Ada Moreau"),
        updated_at=PUBLISHED_AT + timedelta(hours=2),
        **{"slug": "q-and-a", **fields},
    )


class TestRss:
    def test_says_what_everyone_may_know(self) -> None:
        make_paper(name="The Courant", tagline="News that runs")
        make_full_story()
        response = fetch("/feeds/rss.xml")
        assert response["Content-Type"] == "application/rss+xml; charset=utf-8"
        feed = feedparser.parse(response.content)
        assert not feed.bozo
        assert (feed.version, feed.feed.title, feed.feed.subtitle) == (
            "rss20",
            "The Courant",
            "News that runs",
        )
        assert (feed.feed.link, feed.feed.language) == ("http://testserver/", "en-gb")
        assert feed.feed.updated == "Fri, 21 Jan 2022 18:22:00 +0000"
        item = feed.entries[0]
        assert item.title == 'Q&A: what <is> "due"'
        assert item.summary == "Three points &amp; a date."
        assert item.id == item.link == "http://testserver/world/q-and-a/"
        assert item.published == "Fri, 21 Jan 2022 16:22:00 +0000"
        assert item.updated == "2022-01-21T18:22:00+00:00"
        assert [tag.term for tag in item.tags] == ["World", "Geneva talks", "Gas"]

    def test_address_of_the_story_is_its_permanent_id(self) -> None:
        make_full_story()
        guid = rss_of().find("item/guid")
        assert guid is not None
        assert (guid.text, guid.attrib) == ("http://testserver/world/q-and-a/", {"isPermaLink": "true"})

    def test_names_every_author(self) -> None:
        make_full_story()
        creators = rss_of().findall("item/dc:creator", NS)
        assert [creator.text for creator in creators] == ["Ada Moreau", "Bo Lin"]

    def test_links_to_itself_and_its_page(self) -> None:
        make_section()
        channel = rss_of("/feeds/world/rss.xml")
        link = channel.find("atom:link", NS)
        assert link is not None
        assert link.attrib == {"rel": "self", "href": "http://testserver/feeds/world/rss.xml"}
        assert channel.findtext("link") == "http://testserver/world/"
        assert channel.findtext("title") == "The Courant: World"

    def test_carries_the_lead_picture_with_its_size(self) -> None:
        make_full_story()
        picture = rss_of().find("item/media:content", NS)
        assert picture is not None
        assert picture.attrib["url"].startswith("http://testserver/pictures/")
        assert [picture.attrib[name] for name in ("medium", "type", "width", "height")] == [
            "image",
            "image/jpeg",
            "1280",
            "853",
        ]
        assert picture.findtext("media:description", None, NS) == "The lake."
        assert picture.findtext("media:credit", None, NS) == "Ada Moreau"
        assert fetch(picture.attrib["url"].removeprefix("http://testserver"))["Content-Type"] == "image/jpeg"

    def test_of_an_empty_paper_is_valid_and_stays_the_same(self) -> None:
        make_paper()
        feed = feedparser.parse(fetch("/feeds/rss.xml").content)
        assert (feed.bozo, feed.entries) == (False, [])
        assert feed.feed.updated == "Thu, 01 Jan 1970 00:00:00 +0000"


class TestAtom:
    def test_says_what_everyone_may_know(self) -> None:
        make_paper(tagline="News that runs")
        make_full_story()
        response = fetch("/feeds/atom.xml")
        assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
        feed = feedparser.parse(response.content)
        assert (feed.bozo, feed.version, feed.feed.title) == (False, "atom10", "The Courant")
        assert (feed.feed.id, feed.feed.author) == ("http://testserver/", "The Courant")
        item = feed.entries[0]
        assert (item.title, item.summary) == ('Q&A: what <is> "due"', "Three points &amp; a date.")
        assert item.id == item.link == "http://testserver/world/q-and-a/"
        assert (item.published, item.updated) == ("2022-01-21T16:22:00+00:00", "2022-01-21T18:22:00+00:00")
        assert [author.get("href") for author in item.authors] == [
            "http://testserver/authors/ada-moreau/",
            None,
        ]
        assert [author.name for author in item.authors] == ["Ada Moreau", "Bo Lin"]
        assert item.media_content[0]["width"] == "1280"

    def test_states_the_language_of_feed_and_story(self) -> None:
        make_full_story()
        root = ElementTree.fromstring(fetch("/feeds/atom.xml").content)
        entry = root.find("atom:entry", NS)
        assert entry is not None
        lang = "{http://www.w3.org/XML/1998/namespace}lang"
        assert (root.attrib[lang], entry.attrib[lang]) == ("en-gb", "en-gb")


class TestJsonFeed:
    def test_says_what_everyone_may_know(self) -> None:
        make_paper(tagline="News that runs")
        make_full_story(body=[paragraph("One & only.")])
        response = fetch("/feeds/feed.json")
        assert response["Content-Type"] == "application/feed+json; charset=utf-8"
        feed = response.json()
        image = feed["items"][0].pop("image")
        assert image.startswith("http://testserver/pictures/")
        assert feed == {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "The Courant",
            "home_page_url": "http://testserver/",
            "feed_url": "http://testserver/feeds/feed.json",
            "description": "News that runs",
            "icon": "http://testserver/icon-192.png",
            "language": "en-gb",
            "authors": [{"name": "The Courant", "url": "http://testserver/"}],
            "items": [
                {
                    "id": "http://testserver/world/q-and-a/",
                    "url": "http://testserver/world/q-and-a/",
                    "title": 'Q&A: what <is> "due"',
                    "summary": "Three points & a date.",
                    "date_published": "2022-01-21T16:22:00+00:00",
                    "date_modified": "2022-01-21T18:22:00+00:00",
                    "authors": [
                        {"name": "Ada Moreau", "url": "http://testserver/authors/ada-moreau/"},
                        {"name": "Bo Lin"},
                    ],
                    "tags": ["World", "Geneva talks", "Gas"],
                    "language": "en-gb",
                    "content_html": "<p>One &amp; only.</p>",
                }
            ],
        }

    def test_of_an_empty_paper_has_an_empty_list(self) -> None:
        make_paper()
        assert fetch("/feeds/feed.json").json()["items"] == []


class TestTheCut:
    """docs/rules/access.md: what a stranger may not read is in no feed."""

    def text_of(self, **fields: Any) -> str:
        make_story(make_section(default_access=fields.pop("default_access", "free")), **fields)
        return str(fetch("/feeds/feed.json").json()["items"][0]["content_html"])

    def test_free_story_is_carried_whole(self) -> None:
        assert self.text_of(paragraphs=["One.", "Two.", "Three.", "Four."]) == (
            "<p>One.</p><p>Two.</p><p>Three.</p><p>Four.</p>"
        )

    def test_gated_story_ends_with_the_way_to_read_on(self) -> None:
        make_paper(preview_paragraphs=2)
        text = self.text_of(access="registered", paragraphs=["One.", "Two.", CANARY, CANARY], slug="talks")
        assert text == (
            '<p>One.</p><p>Two.</p><p><a href="http://testserver/world/talks/">Read on at The Courant</a>: '
            "it is free with an account.</p>"
        )

    def test_section_default_rules_a_story_without_access(self) -> None:
        text = self.text_of(default_access="subscribers", paragraphs=["One.", "Two.", "Three.", CANARY])
        assert CANARY not in text
        assert "the whole story is for subscribers." in text

    def test_wall_marker_first_leaves_the_line_alone(self) -> None:
        text = self.text_of(access="subscribers", body=[wall(), paragraph(CANARY)])
        assert text.startswith("<p><a href=")

    @pytest.mark.parametrize(
        ("free_from", "free_until", "is_whole"),
        [
            (timedelta(days=-1), None, True),
            (timedelta(days=1), None, False),
            (None, timedelta(days=1), True),
            (None, timedelta(days=-1), False),
        ],
    )
    def test_free_period_opens_the_text(
        self, free_from: timedelta | None, free_until: timedelta | None, is_whole: bool
    ) -> None:
        now = datetime.now(UTC)
        text = self.text_of(
            access="premium",
            paragraphs=["One.", "Two.", "Three.", "Four."],
            free_from=now + free_from if free_from else None,
            free_until=now + free_until if free_until else None,
        )
        assert ("Four." in text, "Read on" in text) == (is_whole, not is_whole)

    @pytest.mark.parametrize("access", ["registered", "premium", "subscribers"])
    def test_no_feed_holds_a_withheld_word(self, access: str) -> None:
        hidden = make_picture(caption=f"{CANARY} caption", credit=CANARY, description=f"{CANARY} alt", title=CANARY)
        make_full_story(
            access=access,
            body=[
                paragraph("Open words."),
                wall(),
                paragraph(f"{CANARY} paragraph"),
                block("subheading", CANARY),
                block("pull_quote", CANARY),
                block("block_quote", {"quotation": CANARY, "attribution": CANARY}),
                block("fact_box", {"title": CANARY, "text": f"<p>{CANARY}</p>"}),
                block("list", {"is_numbered": False, "items": [f"<p>{CANARY}</p>"]}),
                block("link_card", {"url": f"https://{CANARY}.example/", "title": CANARY}),
                block("picture", {"picture": hidden.pk, "caption": CANARY, "alt": CANARY}),
            ],
        )
        for address in every_feed("world", "ada-moreau", "geneva-talks"):
            text = fetch(address).content.decode()
            assert "Open words." in text, address
            assert CANARY not in text, address
            assert f"/{hidden.pk}/natural" not in text, address

    def test_the_same_story_free_holds_them(self) -> None:
        make_full_story(body=[paragraph("Open words."), wall(), paragraph(CANARY)])
        for address in every_feed("world", "ada-moreau", "geneva-talks"):
            assert CANARY in fetch(address).content.decode(), address

    def test_signed_in_subscriber_gets_the_strangers_feed(self, subscriber: Client) -> None:
        make_full_story(access="subscribers", body=[paragraph("Open words."), wall(), paragraph(CANARY)])
        response = subscriber.get("/feeds/rss.xml")
        assert CANARY not in response.content.decode()
        assert response["Cache-Control"] == "public, no-cache"
        assert "Cookie" not in response.get("Vary", "")

    @pytest.mark.parametrize("is_draft", [True, False])
    def test_draft_and_private_stories_are_unknown(self, is_draft: bool) -> None:
        story = make_full_story(live=not is_draft, body=[paragraph(CANARY)])
        if not is_draft:
            PageViewRestriction.objects.create(page=story, restriction_type=PageViewRestriction.LOGIN)
        for address in every_feed("world", "ada-moreau", "geneva-talks"):
            text = fetch(address).content.decode()
            assert CANARY not in text, address
            assert "q-and-a" not in text, address

    def test_private_section_has_no_feed(self) -> None:
        section = make_section()
        PageViewRestriction.objects.create(page=section, restriction_type=PageViewRestriction.LOGIN)
        assert Client().get("/feeds/world/rss.xml").status_code == 404


class TestWayToReadOn:
    @pytest.mark.parametrize(
        ("access", "limit", "words"),
        [
            ("registered", 5, "it is free with an account."),
            ("premium", 5, "an account opens 5 premium stories a month, a subscription all of them."),
            ("premium", 0, "the whole story is for subscribers."),
            ("subscribers", 5, "the whole story is for subscribers."),
        ],
    )
    def test_says_what_opens_the_story(self, access: str, limit: int, words: str) -> None:
        make_paper()
        story = make_story(make_section(), access=access)
        printed = print_for_stranger(story)
        line = way_to_read_on(printed, "Q & <A>", limit)
        assert line == f'<p><a href="{printed.full_url}">Read on at Q &amp; &lt;A&gt;</a>: {words}</p>'


def print_for_stranger(story: Any) -> Any:
    decision = decide_for_stranger(terms_of(story), now=PUBLISHED_AT)
    return print_story(story, decision, url="/a/", full_url="http://testserver/a/", preview_paragraphs=3)


class TestContent:
    def test_every_kind_of_block_is_plain_html_with_full_addresses(self) -> None:
        picture = make_picture(caption="A crane.", credit="Bo Lin", description="A crane over water.", size=(900, 600))
        table = {
            "columns": [{"type": "text", "heading": "Port"}, {"type": "text", "heading": "Ships"}],
            "rows": [{"values": ["Ada & Co", "12"]}],
        }
        section = make_section()
        make_story(section, headline="Other", paragraphs=["x"], published_at=PUBLISHED_AT - timedelta(days=1))
        make_story(
            section,
            body=[
                block("paragraph", '<p>See <a href="/world/other/">this</a>.</p><p></p><p>And <b>that</b>.</p>'),
                block("subheading", "What <next>?"),
                block("pull_quote", "See this."),
                block("block_quote", {"quotation": "We “agree”.", "attribution": "A. Minister"}),
                block("fact_box", {"title": "Who", "text": "<p>Two.</p>"}),
                block("list", {"is_numbered": True, "items": ["<p>First</p>"]}),
                block("table", {"caption": "Ships", "table": table}),
                block("picture", {"picture": picture.pk, "caption": "", "credit": "", "alt": ""}),
                block(
                    "link_card",
                    {
                        "url": "https://un.example/a?b=1&c=2",
                        "title": "Note",
                        "publisher": "UN",
                        "summary": "S.",
                    },
                ),
            ],
        )
        html = fetch("/feeds/feed.json").json()["items"][0]["content_html"]
        before, figure, after = (
            html.partition("<figure>")[0],
            html.partition("<figure>")[2],
            html.partition("</figure>")[2],
        )
        assert before == (
            '<p>See <a href="http://testserver/world/other/">this</a>.</p><p>And <b>that</b>.</p>'
            "<h2>What &lt;next&gt;?</h2>"
            "<blockquote><p>We “agree”.</p><footer>A. Minister</footer></blockquote>"
            "<aside><h2>Who</h2><p>Two.</p></aside>"
            "<ol><li><p>First</p></li></ol>"
            "<table><caption>Ships</caption>"
            '<thead><tr><th scope="col">Port</th><th scope="col">Ships</th></tr></thead>'
            "<tbody><tr><td>Ada &amp; Co</td><td>12</td></tr></tbody></table>"
        )
        assert figure.startswith('<img src="http://testserver/pictures/')
        assert 'alt="A crane over water." width="900" height="600"><figcaption>A crane. (Bo Lin)</figcaption>' in figure
        assert after == '<p><a href="https://un.example/a?b=1&amp;c=2">Note</a> (UN) S.</p>'

    def test_deleted_picture_leaves_no_gap(self) -> None:
        picture = make_picture()
        make_story(make_section(), body=[paragraph("a"), block("picture", {"picture": picture.pk}), paragraph("b")])
        picture.delete()
        assert fetch("/feeds/feed.json").json()["items"][0]["content_html"] == "<p>a</p><p>b</p>"

    def test_characters_that_xml_cannot_hold_are_left_out(self) -> None:
        make_story(
            make_section(),
            headline="Bell\x07 and\x0b half\ufffe",
            slug="bell",
            standfirst="\x1b[1m",
            paragraphs=["a\x02b"],
        )
        for file in ("rss.xml", "atom.xml"):
            feed = feedparser.parse(fetch(f"/feeds/{file}").content)
            assert not feed.bozo
            assert (feed.entries[0].title, feed.entries[0].summary) == ("Bell and half", "[1m")
            assert feed.entries[0].content[0].value == "<p>ab</p>"

    def test_right_to_left_words_stay_as_they_are(self) -> None:
        make_story(make_section(), headline="خبر عاجل", slug="khabar", paragraphs=["نص"])
        assert feedparser.parse(fetch("/feeds/rss.xml").content).entries[0].title == "خبر عاجل"


class TestWhichStories:
    def test_newest_first_and_at_most_thirty(self) -> None:
        section = make_section()
        for day in range(31):
            make_story(section, headline=f"Day {day}", published_at=PUBLISHED_AT + timedelta(days=day))
        titles = [item["title"] for item in fetch("/feeds/feed.json").json()["items"]]
        assert titles == [f"Day {day}" for day in range(30, 0, -1)]

    def test_section_author_and_topic_have_their_own(self) -> None:
        world, science = make_section("World"), make_section("Science")
        ada, bo = make_author("Ada Moreau"), make_author("Bo Lin")
        talks, gas = make_topic("Talks"), make_topic("Gas")
        make_story(world, headline="One", bylines=[ada], topics=[talks])
        make_story(science, headline="Two", bylines=[bo, ada], topics=[gas])
        wanted = {
            "world": ["One"],
            "science": ["Two"],
            "authors/bo-lin": ["Two"],
            "authors/ada-moreau": ["Two", "One"],
            "topics/talks": ["One"],
            "topics/gas": ["Two"],
        }
        for folder, titles in wanted.items():
            feed = fetch(f"/feeds/{folder}/feed.json").json()
            assert [item["title"] for item in feed["items"]] == titles, folder

    @pytest.mark.parametrize(
        "address",
        [
            "/feeds/rdf.xml",
            "/feeds/world/rdf.xml",
            "/feeds/nowhere/rss.xml",
            "/feeds/authors/nobody/rss.xml",
            "/feeds/topics/nothing/atom.xml",
            "/feeds/authors/rss.xml",
            "/feeds/front/rss.xml",
            "/feeds/%00/rss.xml",
        ],
    )
    def test_other_addresses_are_404(self, address: str) -> None:
        make_section()
        assert Client().get(address).status_code == 404

    def test_cannot_be_written_to(self) -> None:
        make_paper()
        assert Client().post("/feeds/rss.xml").status_code == 405


class TestConditionalRequests:
    def test_same_etag_is_answered_304_without_a_body(self) -> None:
        make_full_story()
        first = fetch("/feeds/rss.xml")
        again = Client().get("/feeds/rss.xml", headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    def test_etag_changes_with_the_text(self) -> None:
        story = make_full_story()
        first = fetch("/feeds/rss.xml")
        story.title = "Another headline"
        story.save()
        again = Client().get("/feeds/rss.xml", headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 200
        assert again["ETag"] != first["ETag"]

    def test_last_modified_is_the_latest_publication(self) -> None:
        make_full_story(last_published_at=datetime(2022, 1, 23, 9, 30, tzinfo=UTC))
        first = fetch("/feeds/rss.xml")
        assert first["Last-Modified"] == "Sun, 23 Jan 2022 09:30:00 GMT"
        again = Client().get("/feeds/rss.xml", headers={"If-Modified-Since": first["Last-Modified"]})
        assert again.status_code == 304

    def test_end_of_a_free_period_counts_as_a_change(self) -> None:
        ended = datetime(2022, 2, 1, 12, 0, tzinfo=UTC)
        make_full_story(access="premium", free_until=ended)
        assert fetch("/feeds/rss.xml")["Last-Modified"] == "Tue, 01 Feb 2022 12:00:00 GMT"

    def test_printed_time_in_the_future_is_no_change_yet(self) -> None:
        make_full_story(free_from=datetime(2099, 1, 1, tzinfo=UTC))
        assert fetch("/feeds/rss.xml")["Last-Modified"] == "Fri, 21 Jan 2022 18:22:00 GMT"


class TestQueries:
    @pytest.mark.parametrize("count", [1, 3])
    @pytest.mark.parametrize("file", list(FORMATS))
    def test_count_does_not_grow(self, count: int, file: str, django_assert_num_queries: Any) -> None:
        section, author, topic = make_section(), make_author(), make_topic()
        for _ in range(count):
            picture = make_picture()
            make_story(
                section,
                bylines=[author, "Bo Lin"],
                topics=[topic],
                lead_picture=picture,
                body=[paragraph("Open."), block("picture", {"picture": picture.pk}), paragraph("More.")],
            )
        fetch("/feeds/world/rss.xml")
        with django_assert_num_queries(13):
            fetch(f"/feeds/world/{file}")


class TestListOfFeeds:
    def test_lists_every_feed_there_is(self) -> None:
        make_story(make_section("World"), bylines=[make_author("Ada Moreau")], topics=[make_topic("Gas")])
        make_author("Without Stories")
        make_topic("Empty")
        text = fetch("/feeds/").content.decode()
        for address in every_feed("world", "ada-moreau", "gas"):
            assert f'href="{address}"' in text
        assert "without-stories" not in text
        assert "topics/empty" not in text

    @pytest.mark.parametrize("count", [1, 3])
    def test_queries_do_not_grow(self, count: int, django_assert_num_queries: Any) -> None:
        for number in range(count):
            make_story(
                make_section(f"Section {number}"),
                bylines=[make_author(f"Author {number}")],
                topics=[make_topic(f"Topic {number}")],
            )
        fetch("/feeds/")
        with django_assert_num_queries(12):
            fetch("/feeds/")

    def test_address_without_slash_leads_there(self) -> None:
        make_paper()
        assert Client().get("/feeds").url == "/feeds/"  # type: ignore[attr-defined]


def test_json_feed_is_read_by_a_plain_parser() -> None:
    make_story(make_section(), headline="Line\u2028break", slug="line")
    assert json.loads(fetch("/feeds/feed.json").content)["items"][0]["title"] == "Line\u2028break"
