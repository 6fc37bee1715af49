"""What one reader was sent does not come to the next: conditions, caches, connections, the store of pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import override_settings
from django.utils import timezone

from courant.press.queries import public_addresses
from courant.press.rendering import print_address
from courant.press.serving import edge_config
from courant.press.stores import local_store
from courant.stories import views
from courant.stories.models import StoryPage
from courant.stories.printed import plain_text
from tests.leak.conftest import Planted, page_server
from tests.leak.disguises import NOBODY, Disguise
from tests.leak.doors import Answer, DjangoDoor, Request, StoreDoor
from tests.leak.paper import Story
from tests.leak.test_leak import assert_tight
from tests.leak.watch import Watch

# What is withheld does not hang on the database; the search, which does, is tested on both.
pytestmark = [pytest.mark.django_db, pytest.mark.anydb]


def is_open_to_all(story: Story) -> bool:
    return story.key.endswith("-last")


def test_a_stranger_after_a_subscriber(planted: Planted, watch: Watch) -> None:
    """On the same connection and on another; then with what the first was sent as a condition."""
    door, subscriber = planted.door, planted.cast.entitled["subscriber"]
    for story in planted.paper.gated:
        request = Request(story.path)
        whole = watch.ask(door, "page, by a subscriber", request, subscriber)
        first = watch.ask(door, "page after a subscriber", request)
        with door.connect() as another:
            watch.ask(another, "page after a subscriber, on another connection", request)
        if is_open_to_all(story):
            continue
        tag = whole.header("etag")
        assert tag not in ("", first.header("etag"))
        for condition in spellings(tag):
            answer = watch.ask(door, "if not the subscriber's", Request(story.path, (("If-None-Match", condition),)))
            assert answer.status == 200, condition
        watch.ask(door, "range of the subscriber's", Request(story.path, (("Range", "bytes=0-"), ("If-Range", tag))))
    assert_tight(watch)


def spellings(tag: str) -> list[str]:
    """A tag as caches in between have written it."""
    bare = tag.removeprefix("W/").strip('"')
    return [tag, f'W/"{bare}"', f'"{bare}"', bare, f'"x", {tag}', f'"{bare}-gzip"', f'"{bare.partition("-")[0]}"']


def test_requests_behind_one_another(planted: Planted, watch: Watch) -> None:
    """Several readers in turn on one connection, all sent at once, slow pages between: each gets its own answer."""
    subscriber, reader = planted.cast.entitled["subscriber"], planted.cast.entitled["registered"]
    for story in planted.paper.gated[::3]:
        page, search, head = Request(story.path), Request("/search/?q=water"), Request(story.path, method="HEAD")
        turn: list[tuple[Disguise, Request]] = [
            (subscriber, page),
            (NOBODY, page),
            (NOBODY, search),
            (NOBODY, page),
            (reader, page),
            (subscriber, head),
            (NOBODY, page),
            (subscriber, page),
            (NOBODY, Request(f"{story.path}?amp")),
        ]
        requests = [disguise.worn(request) for disguise, request in turn]
        with planted.door.connect() as connection:
            answers = connection.ask_all(requests)
        assert [answer.status for answer in answers] == [200] * len(turn)
        for (disguise, _), request, answer in zip(turn, requests, answers, strict=True):
            watch.look("pipeline", request, answer, disguise)
            if disguise is subscriber and request.method == "GET":
                assert watch.seen(answer)
    assert_tight(watch)


def test_what_is_stored_is_under_its_variant(here: Planted, watch: Watch) -> None:
    """Every stored body by itself: what it may hold is said by the name of its variant."""
    standings = {"full.in": "registered", "any": "stranger", "full.out": "stranger"}
    store, count = local_store(), 0
    for address in public_addresses():
        page = store.page(address)
        if page is None:  # what answers 404 in this paper
            continue
        for name, variant in page.variants.items():
            standing = standings.get(name, "registered" if name.endswith(".in") else "stranger")
            if name == "full.in" and page.terms is not None:
                standing = "subscriber"
            body = store.body(variant.digest, "identity")
            assert body, f"{address} has no body for {name}"
            answer = Answer(200, (*variant.headers, ("cache-control", "private")), body)
            watch.look(f"stored {name}", Request(address), answer, Disguise(f"variant {name}", standing))
            count += 1
    assert_tight(watch)
    assert count > 100
    assert all(store.page(story.path) for story in here.paper.gated)


def test_nothing_hidden_can_be_stored(here: Planted) -> None:
    hidden = [story for story in here.paper.stories.values() if not story.is_gated and story.key not in LIVE]
    for story in hidden:
        assert print_address(story.path, timezone.now()) is None, story.key
        assert local_store().page(story.path) is None
    assert len(hidden) > 10


LIVE = ("revised", "revised-premium", "to-be-revised", "links")


def test_behind_a_proxy_of_our_own(here: Planted, watch: Watch) -> None:
    """What the proxy wrote counts, the last entry; what the client wrote before it does not."""
    inside, outside = "198.51.100.9", "203.0.113.5"
    chains = [f"{inside}, {outside}", f"{inside},{inside}, {outside}", f'"{inside}", {outside}', f"{inside}, ", ""]
    with override_settings(TRUSTED_PROXIES=1):
        door = StoreDoor(pages=page_server(replace(edge_config(), trusted_proxies=1)))
        for story in here.paper.gated:
            for chain in chains:
                disguise = Disguise("behind a proxy", headers=(("X-Forwarded-For", chain), ("X-Real-IP", inside)))
                watch.ask(door, "behind a proxy", Request(story.path), disguise)
        assert_tight(watch)
        let_in = Disguise("library", "subscriber", headers=(("X-Forwarded-For", f"{outside}, {inside}"),))
        answer = here.watch().ask(door, "page", Request(here.paper.stories["premium-middle"].path), let_in)
    assert b"gives you access" in answer.body


def test_an_error_shows_nothing_of_the_story(here: Planted, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that breaks with the whole text at hand."""

    def broken(request: HttpRequest, story: StoryPage, *rest: Any) -> dict[str, Any]:
        words = [plain_text(block.block_type, block.value) for block in story.body]
        raise RuntimeError(" ".join(words))

    monkeypatch.setattr(views, "story_context", broken)
    door = DjangoDoor()
    for story in here.paper.gated[::4]:
        for headers in ((), (("Accept", "application/json"),), (("X-Requested-With", "XMLHttpRequest"),)):
            request = Request(story.path, headers)
            answer = door.ask(request)
            assert answer.status == 500
            watch.look("error page", request, Answer(200, answer.headers, answer.body), NOBODY)
    assert_tight(watch)
