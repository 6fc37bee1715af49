"""Strangers and readers in every disguise, at every surface, see nothing that is withheld from them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest

from tests.leak.conftest import IS_WHOLE, Planted
from tests.leak.crawl import crawl
from tests.leak.disguises import Disguise
from tests.leak.doors import Request, StoreDoor
from tests.leak.surfaces import FORGOTTEN, Surface, story_surfaces
from tests.leak.watch import Watch

# What is withheld does not hang on the database; the search, which does, is tested on both.
pytestmark = [pytest.mark.django_db, pytest.mark.anydb]
# Django takes a hundred times as long as the page server. So of the pairs of surface and disguise that go on to it (as
# far as can be told before) only every so-many-th is asked; the smaller form takes steps over all of them.
SERVED_EVERY, PLAIN_EVERY, HERE_EVERY = 13, 2, 29 if IS_WHOLE else 211
STEP = 1 if IS_WHOLE else 3


def assert_tight(watch: Watch) -> None:
    assert watch.news() == []


def pairs(planted: Planted) -> Iterator[tuple[int, Surface, Disguise]]:
    """Every surface in every disguise, each at another story, mostly at one with a wall; numbered."""
    hidden = [story for story in planted.paper.stories.values() if not story.is_gated]
    stories = [*planted.paper.gated, *planted.paper.gated, *hidden]
    by_story = [list(story_surfaces(story, planted.paper.origin)) for story in stories]
    number = 0
    for place in range(len(by_story[0])):
        for disguise in planted.cast.disguises:
            yield number, by_story[number % len(stories)][place], disguise
            number += 1


def test_every_surface_in_every_disguise(planted: Planted, watch: Watch) -> None:
    for number, surface, disguise in islice(pairs(planted), 0, None, STEP):
        if isinstance(planted.door, StoreDoor):
            ask_here(watch, planted.door, surface, disguise, is_for_django=number % HERE_EVERY == 0)
        elif number % (PLAIN_EVERY if surface.is_plain else SERVED_EVERY) == 0:
            watch.ask(planted.door, surface.name, surface.request, disguise)
    assert_tight(watch)


def ask_here(watch: Watch, door: StoreDoor, surface: Surface, disguise: Disguise, *, is_for_django: bool) -> None:
    """Ask the page server; what it leaves to Django is asked there only if it is to be."""
    if is_for_django:
        watch.ask(door, surface.name, surface.request, disguise)
        return
    request = disguise.worn(surface.request)
    if answer := door.from_store(request):
        watch.look(surface.name, request, answer, disguise)


def test_every_story_by_every_disguise(planted: Planted, watch: Watch) -> None:
    for number, disguise in enumerate(planted.cast.disguises):
        for place, story in enumerate(planted.paper.stories.values(), number):
            for path in (story.path, *story.old_paths):
                page = Surface("page", Request(path), is_plain=True)
                if isinstance(planted.door, StoreDoor):
                    ask_here(watch, planted.door, page, disguise, is_for_django=place % HERE_EVERY == 0)
                elif place % 3 == 0:
                    watch.ask(planted.door, page.name, page.request, disguise)
    assert_tight(watch)


def test_addresses_where_systems_leave_text_behind(planted: Planted, watch: Watch) -> None:
    for path in FORGOTTEN:
        watch.ask(planted.door, f"forgotten {path}", Request(path))
    assert_tight(watch)


@pytest.mark.parametrize("name", ["no cookie", *(["nothing left", "Googlebot"] if IS_WHOLE else [])])
def test_a_crawl_to_the_last_link(planted: Planted, watch: Watch, name: str) -> None:
    answers = crawl(watch, planted.door, planted.door.host, planted.disguise(name))
    for story in planted.paper.gated:
        assert story.path in answers, f"no link leads to {story.key}"
    assert_tight(watch)
