"""oEmbed: other sites get a link with headline and picture, and nothing of the body."""

from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.test import Client
from wagtail.models import PageViewRestriction

from tests.factories import make_author, make_picture, make_section, make_story, make_topic, paragraph, wall

pytestmark = pytest.mark.django_db
CANARY = "zebrafinch"
STORY = "http://testserver/world/talks/"


def ask(url: str = STORY, **wanted: str) -> Any:
    return Client().get("/oembed/", {"url": url, **wanted})


def make_talks(**fields: Any) -> Any:
    section = make_section()
    return make_story(section, headline="Talks & <more>", slug="talks", **fields)


def test_describes_a_story_as_json() -> None:
    make_talks(bylines=[make_author("Ada Moreau"), "Bo Lin"], lead_picture=make_picture())
    response = ask()
    embed = response.json()
    thumbnail = embed.pop("thumbnail_url")
    assert embed == {
        "version": "1.0",
        "type": "link",
        "title": "Talks & <more>",
        "url": STORY,
        "author_name": "Ada Moreau, Bo Lin",
        "provider_name": "The Courant",
        "provider_url": "http://testserver/",
        "cache_age": 3600,
        "thumbnail_width": 640,
        "thumbnail_height": 360,
    }
    assert response["Content-Type"] == "application/json"
    assert Client().get(thumbnail.removeprefix("http://testserver"))["Content-Type"] == "image/jpeg"


def test_describes_a_story_as_xml() -> None:
    make_talks(bylines=["Bo Lin"])
    response = ask(format="xml")
    root = ElementTree.fromstring(response.content)
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    assert {child.tag: child.text for child in root} == {
        "version": "1.0",
        "type": "link",
        "title": "Talks & <more>",
        "url": STORY,
        "author_name": "Bo Lin",
        "provider_name": "The Courant",
        "provider_url": "http://testserver/",
        "cache_age": "3600",
    }


def test_other_sites_may_read_it_and_ask_again_each_time() -> None:
    make_talks()
    response = ask()
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize(
    "url",
    [
        "http://testserver/world/talks/",
        "https://testserver/world/talks/",
        "http://testserver/world/talks",
        "http://testserver/world/talks/?utm_source=mail#p4",
        "HTTP://TESTSERVER/world/talks/",
    ],
)
def test_addresses_of_the_story(url: str) -> None:
    make_talks()
    assert ask(url).json()["url"] == STORY


@pytest.mark.parametrize(
    "url",
    [
        "http://elsewhere.example/world/talks/",
        "http://testserver@elsewhere.example/world/talks/",
        "http://testserver.elsewhere.example/world/talks/",
        "http://testserver:81/world/talks/",
        "ftp://testserver/world/talks/",
        "javascript:alert(1)",
        "/world/talks/",
        "//testserver/world/talks/",
        "http://testserver/",
        "http://testserver/world/",
        "http://testserver/science/talks/",
        "http://testserver/world/talks/more/",
        "http://testserver/world/%74alks/",
        "http://testserver/account/register/",
        "http://testserver/authors/ada-moreau/",
        "http://testserver/topics/gas/",
        "http://testserver/world/talks\x00/",
        "http://[bad/world/talks/",
        "nonsense",
        "x" * 5000,
    ],
)
def test_any_other_address_is_404(url: str) -> None:
    make_talks(bylines=[make_author("Ada Moreau")], topics=[make_topic("Gas")])
    make_section("Science")
    assert ask(url).status_code == 404


def test_configured_address_of_the_site_counts(settings: Any) -> None:
    settings.SITE_URL = "https://paper.example"
    make_talks()
    assert ask("https://paper.example/world/talks/").json()["url"] == "https://paper.example/world/talks/"


def test_without_address_is_400_and_says_what_to_give() -> None:
    make_section()
    response = Client().get("/oembed/")
    assert (response.status_code, response.content.decode()) == (400, "Give the story's address as url=…\n")


def test_unknown_format_is_501() -> None:
    make_talks()
    assert ask(format="yaml").status_code == 501


@pytest.mark.parametrize(
    ("maxwidth", "maxheight", "size"),
    [
        ("500", "", (480, 270)),
        ("", "200", (320, 180)),
        ("9999", "9999", (640, 360)),
        ("100", "", None),
        ("many", "-4", (640, 360)),
        ("٣", "²", (640, 360)),
    ],
)
def test_thumbnail_fits_into_what_is_asked(maxwidth: str, maxheight: str, size: tuple[int, int] | None) -> None:
    make_talks(lead_picture=make_picture())
    embed = ask(maxwidth=maxwidth, maxheight=maxheight).json()
    found = (embed["thumbnail_width"], embed["thumbnail_height"]) if "thumbnail_url" in embed else None
    assert found == size


class TestTheCut:
    """docs/rules/access.md: nothing of the body is in what other sites are told."""

    @pytest.mark.parametrize("wanted", ["json", "xml"])
    @pytest.mark.parametrize("access", ["free", "registered", "premium", "subscribers"])
    def test_no_word_of_the_body(self, access: str, wanted: str) -> None:
        make_talks(access=access, body=[paragraph(CANARY), wall(), paragraph(CANARY)])
        response = ask(format=wanted)
        assert response.status_code == 200
        assert CANARY not in response.content.decode()

    def test_draft_is_unknown(self) -> None:
        make_talks(live=False)
        assert ask().status_code == 404

    def test_private_story_is_unknown(self) -> None:
        PageViewRestriction.objects.create(page=make_talks(), restriction_type=PageViewRestriction.LOGIN)
        assert ask().status_code == 404

    def test_error_does_not_repeat_what_was_asked(self) -> None:
        make_talks()
        url = "http://testserver/<script>alert(1)</script>/"
        assert b"<script>alert" not in Client().get(f"/oembed/?url={quote(url)}").content


def test_queries(django_assert_num_queries: Any) -> None:
    make_talks(bylines=["Bo Lin"])
    ask()
    with django_assert_num_queries(6):
        ask()


def test_a_width_of_thousands_of_digits_sets_no_limit() -> None:
    make_talks(lead_picture=make_picture())
    assert ask(maxwidth="9" * 5000, maxheight="9" * 20).json() == ask().json()
