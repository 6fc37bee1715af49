"""Not one word below the cut reaches a stranger, on any surface this paper has (docs/rules/access.md, "What is cut").

The story comes in by import from plain text, as an editor would bring it; each withheld paragraph carries a canary.
Readers who may read on see every canary: so the test would notice if the canaries were not there at all.
"""

from __future__ import annotations

import base64
import codecs
import html
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from courant.exchange.actions import import_article
from courant.exchange.page.furniture import load_furniture
from courant.exchange.page.reader import read_page
from courant.stories.addresses import address_of
from courant.stories.models import StoryPage
from courant.wall.enums import Access
from tests.factories import make_author, make_paper, make_reader, make_section, make_topic

pytestmark = pytest.mark.django_db
MOST_ADDRESSES = 400
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
CANARIES = [f"zanzibarium{word}" for word in ("alpha", "beta", "gamma", "delta", "epsilon")]
PAGE = f"""Ministers meet again by the lake

Nothing was signed, and both sides said that was the point

By Ada Moreau
Friday 21 January 2022 16:22

The two ministers met for ninety minutes on Friday and left by different doors.

“We will answer in writing,” the first one told reporters at the door.

The second one said that paper is patient, and that he would wait until next week.

What the letter will hold is known to few, and one of them said {CANARIES[0]} in a corridor.

“The word is {CANARIES[1]},” an aide explained, who had read the draft twice on Thursday.

The embassy called it {CANARIES[2]} in a note that was seen by this paper.

By Monday there should be a second draft, with {CANARIES[3]} struck out and a date put in.

Until then, the minister said, there is only {CANARIES[4]} and the lake to look at.

Register for free to continue reading
Already have an account? sign in
"""
DISGUISES: list[dict[str, Any]] = [
    {},
    {"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; Googlebot/2.1)", "HTTP_X_FORWARDED_FOR": "66.249.66.1"},
    {"HTTP_USER_AGENT": "facebookexternalhit/1.1", "HTTP_REFERER": "https://t.co/x"},
    {"HTTP_USER_AGENT": "GPTBot", "HTTP_FORWARDED": "for=66.249.66.1", "HTTP_X_REAL_IP": "66.249.66.1"},
    {"HTTP_REFERER": "https://www.google.com/", "HTTP_ACCEPT": "application/json"},
    {"HTTP_COOKIE": "courant_session=forged; courant_samples=forged"},
    {"HTTP_ACCEPT": "text/plain", "HTTP_X_REQUESTED_WITH": "XMLHttpRequest"},
    {"HTTP_RANGE": "bytes=0-100000", "HTTP_ACCEPT_ENCODING": "gzip"},
]
QUERIES = [
    "",
    "?amp",
    "?print=1",
    "?format=json",
    "?page=1",
    "?outputType=amp",
    "?utm_medium=email",
    "?gaa_at=eafs",
    "?gift=1",
    "?preview=1",
    "?mode=subscriber",
]


@pytest.fixture
def story() -> StoryPage:
    front = make_paper(preview_paragraphs=3)
    section = make_section("World", front=front, default_access="free")
    make_author("Ada Moreau", front=front)
    make_topic("Lakes", front=front)
    article = read_page(PAGE.encode(), name="ministers.txt", zone="Europe/London", furniture=load_furniture())
    done = import_article(article=article, section=section, access=Access.REGISTERED, is_draft=False, by=None, now=NOW)
    assert done.story.live
    return done.story


def forms_of(canary: str) -> set[bytes]:
    """A word in the disguises in which it has left servers before."""
    raw = canary.encode()
    middle = raw[1:-2]
    return {
        raw,
        raw.upper(),
        raw[::-1],
        raw.hex().encode(),
        base64.b64encode(raw)[:-4],
        base64.urlsafe_b64encode(middle)[:-4],
        codecs.encode(canary, "rot13").encode(),
        "".join(f"&#{ord(c)};" for c in canary).encode(),
        "".join(f"\\u{ord(c):04x}" for c in canary).encode(),
        bytes(33 + (b - 33 + 47) % 94 for b in raw),
    }


WANTED = {form: canary for canary in CANARIES for form in forms_of(canary)}


def leaks_in(response: Any) -> list[str]:
    import gzip

    body = b"".join(response.streaming_content) if response.streaming else response.content
    if response.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    everything = body + repr(response.headers).encode()
    return [canary for form, canary in WANTED.items() if form in everything]


def crawl(client: Client, starts: list[str], **headers: Any) -> dict[str, Any]:
    """Every address of this site that can be reached from the starts, each asked once."""
    answers: dict[str, Any] = {}
    waiting = list(starts)
    while waiting:
        path = waiting.pop()
        if path in answers or path.startswith(("/account/sign-out", "/static/")):
            continue
        assert len(answers) < MOST_ADDRESSES, sorted(answers)[-20:]
        answers[path] = response = client.get(path, **headers)
        if response.status_code in (301, 302) and urlsplit(response["Location"]).netloc in ("", "testserver"):
            waiting.append(urlsplit(response["Location"]).path)
        if "text/html" in response.get("Content-Type", "") or "xml" in response.get("Content-Type", ""):
            body = html.unescape(
                (b"".join(response.streaming_content) if response.streaming else response.content).decode(
                    "utf-8", "replace"
                )
            )
            found = re.findall(
                r"""(?:href|src|action)=["']([^"'\s]+)|<(?:loc|link|url)>([^<]+)<|srcset=["']([^"']+)""", body
            )
            for link in {part for group in found for entry in group if entry for part in entry.split(", ")}:
                parts = urlsplit(urljoin(f"http://testserver{path}", link.split(" ")[0]))
                if parts.netloc == "testserver" and parts.scheme == "http":
                    waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return answers


STARTS = [
    "/",
    "/sitemap.xml",
    "/robots.txt",
    "/feeds/",
    "/search/?q=ministers",
    "/oembed/?url=http://testserver/world/ministers-meet-again-by-the-lake/",
]


def test_the_import_made_a_gated_story(story: StoryPage) -> None:
    assert address_of(story) == "/world/ministers-meet-again-by-the-lake/"
    page = Client().get(address_of(story)).content.decode()
    assert "ninety minutes" in page
    assert "paper is patient" in page
    assert 'class="wall' in page
    assert "Already have an account? sign in" not in page


def test_a_crawl_from_every_door_finds_no_withheld_word(story: StoryPage) -> None:
    answers = crawl(Client(), STARTS)
    assert address_of(story) in answers
    assert len(answers) > 40
    leaks = {path: found for path, response in answers.items() if (found := leaks_in(response))}
    print(f"{len(answers)} requests, {len(leaks)} leaks")
    assert leaks == {}


def test_the_same_crawl_sees_every_withheld_word_for_a_registered_reader(story: StoryPage) -> None:
    client = Client()
    client.force_login(make_reader())
    answers = crawl(client, ["/"])
    assert sorted(set(leaks_in(answers[address_of(story)]))) == sorted(CANARIES)


@pytest.mark.parametrize("disguise", DISGUISES, ids=lambda headers: " ".join(headers)[:40] or "none")
def test_no_disguise_and_no_variant_of_the_address_opens_it(story: StoryPage, disguise: dict[str, Any]) -> None:
    client, path = Client(), address_of(story)
    variants = [path + query for query in QUERIES]
    variants += [
        path.rstrip("/"),
        path.upper(),
        path + "amp/",
        path + "print/",
        path + "index.html",
        path + "feed/",
        f"/{path}",
    ]
    for variant in variants:
        for method in (client.get, client.head, client.options, client.post):
            assert leaks_in(method(variant, **disguise)) == [], (variant, method)


@pytest.mark.parametrize("canary", CANARIES)
def test_search_does_not_know_a_withheld_word(story: StoryPage, canary: str) -> None:
    for client in (Client(),):
        page = client.get("/search/", {"q": canary}).content.decode()
        assert "Ministers meet again" not in page
    assert "Ministers meet again" in Client().get("/search/", {"q": "ninety"}).content.decode()


def test_a_page_that_a_subscriber_asked_for_first_is_cut_for_the_next_stranger(story: StoryPage) -> None:
    subscriber, stranger = Client(), Client()
    subscriber.force_login(make_reader(state="subscriber"))
    first = subscriber.get(address_of(story))
    assert set(leaks_in(first)) == set(CANARIES)
    assert "private" in first["Cache-Control"]
    tag = first.get("ETag", '"none"')
    for headers in ({}, {"HTTP_IF_NONE_MATCH": tag}):
        answer = stranger.get(address_of(story), **headers)
        assert answer.status_code == 200
        assert leaks_in(answer) == []


def test_tightening_the_access_takes_the_words_out_of_search_at_once(story: StoryPage) -> None:
    story.access = Access.FREE
    story.save_revision().publish()
    assert "Ministers meet again" in Client().get("/search/", {"q": CANARIES[0]}).content.decode()
    story.refresh_from_db()
    story.access = Access.PREMIUM
    story.save_revision().publish()
    assert "Ministers meet again" not in Client().get("/search/", {"q": CANARIES[0]}).content.decode()


def test_drafts_and_withdrawn_stories_are_gone_everywhere(story: StoryPage) -> None:
    story.unpublish()
    answers = crawl(Client(), [*STARTS, address_of(story)])
    assert {path: found for path, response in answers.items() if (found := leaks_in(response))} == {}
    assert answers[address_of(story)].status_code == 410


def test_a_template_that_leaks_would_be_noticed(story: StoryPage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: a view that forgets the cut is found by the same crawl."""
    from courant.stories import printed

    monkeypatch.setattr(printed, "cut", lambda blocks, *, is_wall, **rest: [b for b in blocks if not is_wall(b)])
    answers = crawl(Client(), ["/"])
    assert any(leaks_in(response) for response in answers.values())
