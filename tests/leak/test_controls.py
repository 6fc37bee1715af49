"""The controls: who may read on sees every canary, and a paper that leaks is found out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.http import HttpResponse
from django.template import Context, Template
from wagtail.search.index import insert_or_update_object

from courant.press.stores import local_store
from courant.stories import models, printed, structured, views
from courant.stories.blocks import StoryBody
from courant.stories.models import StoryPage
from courant.wall.decision import Decision
from courant.wall.enums import Extent
from tests.factories import make_reader
from tests.leak.conftest import IS_WHOLE, Planted
from tests.leak.disguises import NOBODY, Disguise
from tests.leak.doors import Answer, Request
from tests.leak.paper import Story
from tests.stories.newsroom_data import enter

# What is withheld does not hang on the database; the search, which does, is tested on both.
pytestmark = [pytest.mark.django_db, pytest.mark.anydb]


# -- Positive: those who may, do ------------------------------------------------------------------------
def expected(planted: Planted, story: Story) -> set[str]:
    places = planted.paper.canaries.places.values()
    return {place.where for place in places if place.story == story.key and place.is_printed}


def seen_by(planted: Planted, disguise: Disguise, story: Story) -> tuple[Answer, set[str]]:
    watch = planted.watch()
    answer = watch.ask(planted.door, "page", Request(story.path), disguise)
    assert watch.leaks == []
    return answer, {place.where for place in watch.seen(answer).values() if place.story == story.key}


@pytest.mark.parametrize("name", ["subscriber", "staff", "library"])
def test_who_may_read_everything_sees_every_canary(planted: Planted, name: str) -> None:
    for story in planted.paper.gated:
        answer, seen = seen_by(planted, planted.cast.entitled[name], story)
        assert seen == expected(planted, story), story.key
        assert "private" in answer.header("cache-control")
        assert "cookie" in answer.header("vary").lower()


def test_a_registered_reader_sees_what_is_registered(planted: Planted) -> None:
    reader, counts = planted.cast.entitled["registered"], {"registered": 0, "premium": 0, "subscribers": 0}
    for story in planted.paper.gated:
        _, seen = seen_by(planted, reader, story)
        is_open = story.access == "registered" or story.key.endswith("-last")
        assert seen == (expected(planted, story) if is_open else set()), story.key
        counts[story.access] += 1
    assert min(counts.values()) > 3


def test_a_gift_opens_its_story_and_no_other(planted: Planted) -> None:
    gift = planted.cast.entitled["gift"]
    for story in planted.paper.gated[:: 1 if IS_WHOLE else 2]:
        _, seen = seen_by(planted, gift, story)
        is_open = story.key in gift.opens or story.key.endswith("-last")
        assert seen == (expected(planted, story) if is_open else set()), story.key


def test_a_marker_behind_everything_withholds_nothing(planted: Planted) -> None:
    for story in planted.paper.gated:
        if story.key.endswith("-last"):
            assert seen_by(planted, NOBODY, story)[1] == expected(planted, story)


def test_what_a_stranger_sees_is_still_a_page(planted: Planted) -> None:
    """Not an error, which would show nothing either."""
    for story in planted.paper.gated:
        answer, _ = seen_by(planted, NOBODY, story)
        assert answer.status == 200
        assert b'class="story__withheld"' in answer.body
        is_preview = story.key.rpartition("-")[2] not in ("first", "single")
        assert (b"Grey water lay before the harbour, 1." in answer.body) == is_preview, story.key


def test_the_newsroom_sees_drafts(here: Planted) -> None:
    """So the canaries are there, and it is the door that keeps them in."""
    browser = enter(make_reader(state="staff", is_superuser=True))
    for key in ("draft", "scheduled", "revised"):
        page = browser.get(f"/newsroom/pages/{here.paper.stories[key].pk}/view_draft/").content
        seen = {here.paper.canaries.places[code].where for code in here.watch().lookout.find(page)}
        assert {"headline", "standfirst", "quotation", "picture with words, alternative text"} <= seen


def test_every_kind_of_block_has_its_canaries(here: Planted) -> None:
    """A new kind of block fails here until it is planted (tests/leak/bodies.py)."""
    story = StoryPage.objects.get(pk=here.paper.stories["premium-middle"].pk)
    assert {block.block_type for block in story.body} == set(StoryBody().child_blocks)


# -- Negative: a paper that leaks -----------------------------------------------------------------------
def leaks_of(here: Planted, *targets: str) -> set[tuple[str, str]]:
    """Story and place of what strangers are shown at these addresses."""
    watch = here.watch()
    for target in targets:
        watch.ask(here.django, "control", Request(target))
    return {(leak.story, leak.where) for leak in watch.leaks}


@pytest.fixture
def story(here: Planted) -> Story:
    chosen = here.paper.stories["premium-middle"]
    assert leaks_of(here, chosen.path, "/", "/feeds/rss.xml", "/search/?q=water") == set()
    return chosen


def test_a_cut_that_does_not_cut(here: Planted, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaky(blocks: Sequence[Any], *, is_wall: Callable[[Any], bool], **rest: Any) -> list[Any]:
        return [block for block in blocks if not is_wall(block)]

    monkeypatch.setattr(printed, "cut", leaky)
    assert leaks_of(here, story.path) >= {(story.key, where) for where in expected(here, story)}
    assert {key for key, _ in leaks_of(here, "/feeds/rss.xml")} > {"subscribers-first", "tightened"}


def test_the_body_in_structured_data(here: Planted, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaky(shown: printed.PrintedStory, request: Any) -> dict[str, Any]:
        body = StoryPage.objects.get(pk=shown.id).body
        words = " ".join(printed.plain_text(block.block_type, block.value) for block in body)
        return {**structured.story_data(shown, request), "articleBody": words}

    monkeypatch.setattr(views, "story_data", leaky)
    leaks = leaks_of(here, story.path)
    assert {(story.key, "quotation"), (story.key, "table, cell 22"), (story.key, "pull quote")} <= leaks
    assert (story.key, "picture with words, alternative text") not in leaks


def test_an_alternative_text_behind_the_cut(here: Planted, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """A template that describes the pictures which a reader would find below."""
    whole = printed.blocks_for

    def leaky(shown: StoryPage, extent: Extent, count: int) -> Sequence[Any]:
        pictures = [block for block in shown.body if block.block_type == "picture"]
        return [*whole(shown, extent, count), *(pictures if extent == Extent.PREVIEW else [])]

    monkeypatch.setattr(printed, "blocks_for", leaky)
    leaks = leaks_of(here, story.path)
    assert (story.key, "picture with words, alternative text") in leaks
    assert (story.key, "picture, its own alternative text") in leaks
    assert (story.key, "picture, title") in leaks, "the picture's address alone is a leak"
    assert (story.key, "quotation") not in leaks


def test_a_template_that_hides_instead_of_withholding(
    here: Planted, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "render", hidden_by_css)
    leaks = leaks_of(here, story.path)
    assert {(story.key, "paragraph"), (story.key, "paragraph, in bold"), (story.key, "fact box, item")} <= leaks


def hidden_by_css(request: Any, template: str, context: dict[str, Any]) -> HttpResponse:
    story = StoryPage.objects.get(pk=context["story"].id)
    words = [printed.plain_text(block.block_type, block.value) for block in story.body]
    page = Template("<noscript>{{ first }}</noscript><div hidden>{{ words }}</div>")
    return HttpResponse(page.render(Context({"first": words[0], "words": words})))


def test_the_search_index(here: Planted, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.leak.test_search import found_by_withheld_words

    place = next(
        place
        for place in here.paper.canaries.places.values()
        if place.where == "quotation" and place.story == story.key
    )
    watch = here.watch()
    assert found_by_withheld_words(here, watch, [place]) == []

    def leaky(shown: StoryPage, count: int) -> str:
        return " ".join(printed.plain_text(block.block_type, block.value) for block in shown.body)

    monkeypatch.setattr(models.story, "text_for_strangers", leaky)
    insert_or_update_object(StoryPage.objects.get(pk=story.pk))
    assert found_by_withheld_words(here, watch, [place]) == [place]


def test_a_stored_page_under_the_wrong_variant(here: Planted, story: Story) -> None:
    """The store has the whole text where strangers are answered from; Django is never asked."""
    store = local_store()
    page = store.page(story.path)
    assert page is not None
    mixed = replace(page, variants={**page.variants, "preview-registration.out": page.variants["full.in"]})
    assert store.put(mixed, {}, seen=store.sequence())
    watch = here.watch()
    answer = watch.ask(here.door, "control", Request(story.path))
    assert {leak.where for leak in watch.leaks} >= expected(here, story)
    assert b"story__withheld" in answer.body
    assert store.put(page, {}, seen=store.sequence())
    watch.leaks.clear()
    watch.ask(here.door, "control", Request(story.path))
    assert watch.leaks == []


def test_a_draft_in_a_list(here: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    from courant.stories import queries

    monkeypatch.setattr(
        queries,
        "published_stories",
        lambda: StoryPage.objects.annotate(printed_at=models.story.models.F("published_at")).order_by("-published_at"),
    )
    leaks = leaks_of(here, "/world/", "/")
    assert {(key, "short headline") for key in ("draft", "scheduled")} <= leaks


def test_a_reader_who_is_taken_for_another(here: Planted, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """A decision that believes a crawler's name."""

    def leaky(request: Any, page: StoryPage) -> Decision:
        decision = views_decide(request, page)
        is_crawler = "Googlebot" in request.headers.get("User-Agent", "")
        return Decision(Extent.FULL, decision.reason) if is_crawler else decision

    views_decide = views.decide_story
    monkeypatch.setattr(views, "decide_story", leaky)
    watch = here.watch()
    for disguise in [*here.cast.disguises[::-9], here.disguise("Googlebot"), NOBODY]:
        watch.ask(here.django, "page", Request(story.path), disguise)
    assert {leak.disguise for leak in watch.leaks} == {"Googlebot"}
