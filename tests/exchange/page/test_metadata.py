"""What pages state of themselves, in all the shapes that JSON-LD and meta take, and malformed."""

import json
from typing import Any

import pytest

from courant.exchange.article import Article, Picture
from courant.exchange.page.furniture import standard_furniture
from courant.exchange.page.reader import read_page

BODY = "<p>The heron has come back to the pond behind the town hall.</p><p>Nobody knows for how long.</p>"


def read(head: str, body: str = BODY) -> Article:
    page = f"<html><head>{head}</head><body><h1>A heron moves in</h1>{body}</body></html>"
    return read_page(page.encode(), name="page.html", zone="Europe/London", furniture=standard_furniture())


def with_json(**fields: Any) -> Article:
    story = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "A heron moves in", **fields}
    return read(f'<script type="application/ld+json">{json.dumps(story)}</script>')


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Jane Doe", ["Jane Doe"]),
        ("By Jane Doe and John Roe", ["Jane Doe", "John Roe"]),
        (["Jane Doe", {"name": "John Roe"}], ["Jane Doe", "John Roe"]),
        ({"@type": "Person", "name": ["Jane Doe", "John Roe"]}, ["Jane Doe", "John Roe"]),
        ({"@type": "Organization", "name": "The Meridian"}, []),
        ({"@type": "Organization", "name": "AFP"}, ["AFP"]),
        ({"@type": "Person", "url": "https://x.example"}, []),
        ("https://social.example/jane", []),
        (None, []),
        (7, []),
    ],
)
def test_authors(author: object, names: list[str]) -> None:
    article = with_json(author=author, publisher={"@type": "Organization", "name": "The Meridian"})
    assert [each.name for each in article.bylines] == names


def test_times_and_section_and_topics() -> None:
    article = with_json(
        datePublished="2022-01-21T16:22:00Z",
        dateModified="2022-01-21T18:00:00Z",
        articleSection=["City", "News"],
        keywords="herons, ponds, herons",
        inLanguage="en-GB",
    )
    assert article.published_at is not None
    assert article.modified_at is not None
    assert (article.published_at.hour, article.modified_at.hour) == (16, 18)
    assert (article.section_hint, article.topics, article.language) == ("City", ("herons", "ponds"), "en-GB")


def test_a_time_of_change_that_is_none_is_left_out() -> None:
    assert with_json(datePublished="2022-01-21T16:22:00Z", dateModified="2022-01-21T16:22:00Z").modified_at is None


def test_the_stated_picture_is_taken_where_none_is_shown() -> None:
    image = {"@type": "ImageObject", "url": "https://x.example/a.jpg", "caption": "A heron", "creditText": "Jane Doe"}
    assert with_json(image=image).pictures == (
        Picture(caption="A heron", credit="Jane Doe", url="https://x.example/a.jpg"),
    )
    assert with_json(image="javascript:alert(1)").pictures == ()


@pytest.mark.parametrize(
    ("description", "standfirst"),
    [
        ("The mayor is not pleased about it", "The mayor is not pleased about it"),
        ("The heron has come back to the pond behind the town hall.", ""),
        ("The heron has come back to", ""),
        ("The heron has come back to the pond behind...", ""),
        ("A heron moves in", ""),
        ("Latest news and sport from Larnholm", ""),
    ],
)
def test_a_description_is_a_standfirst_only_if_it_is_one(description: str, standfirst: str) -> None:
    article = read(f'<meta name="description" content="{description}">')
    assert (article.standfirst, article.paragraphs) == (standfirst, 2)


@pytest.mark.parametrize(
    "script",
    [
        "{",
        "[]",
        "null",
        '"x"',
        '{"@type":"NewsArticle","headline":{"a":[]},"datePublished":[1],"author":[[]],"image":7}',
        "{}" * 9,
    ],
)
def test_malformed_json_is_passed_over(script: str) -> None:
    article = read(f'<script type="application/ld+json">{script}</script>')
    assert (article.headline, article.paragraphs) == ("A heron moves in", 2)


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<link rel="canonical" href="https://x.example/a">', "https://x.example/a"),
        ('<base href="https://x.example/b/"><link rel="canonical" href="c">', "https://x.example/b/c"),
        ('<meta property="og:url" content="https://x.example/d">', "https://x.example/d"),
        ('<link rel="canonical" href="javascript:x"><meta property="og:url" content="ftp://x.example">', ""),
        ('<link rel="canonical" href="http://[bad">', ""),
        ("", ""),
    ],
)
def test_addresses(head: str, url: str) -> None:
    assert read(head).url == url
