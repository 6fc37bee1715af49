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

pytestmark = pytest.mark.django_db
# In this process, pairs of surface and disguise go to the page server, and every so-many-th to Django if it is Django's:
# that takes a hundred times as long. The served paper is asked all of them.
EVERY = 29 if IS_WHOLE else 211
STEP = 1 if IS_WHOLE else 3


def assert_tight(watch: Watch) -> None:
    assert watch.news() == []


def pairs(planted: Planted) -> Iterator[tuple[Surface, Disguise]]:
    """Every surface in every disguise, each at another story."""
    stories = list(planted.paper.stories.values())
    by_story = [list(story_surfaces(story, planted.paper.origin)) for story in stories]
    number = 0
    for place in range(len(by_story[0])):
        for disguise in planted.cast.disguises:
            yield by_story[number % len(stories)][place], disguise
            number += 1


def test_every_surface_in_every_disguise(planted: Planted, watch: Watch) -> None:
    step = STEP if isinstance(planted.door, StoreDoor) else 1
    for number, (surface, disguise) in islice(enumerate(pairs(planted)), 0, None, step):
        request = disguise.worn(surface.request)
        if not isinstance(planted.door, StoreDoor) or number % EVERY == 0:
            watch.ask(planted.door, surface.name, surface.request, disguise)
        elif answer := planted.door.from_store(request):
            watch.look(surface.name, request, answer, disguise)
    assert_tight(watch)


def test_every_story_by_every_disguise(planted: Planted, watch: Watch) -> None:
    for number, disguise in enumerate(planted.cast.disguises):
        for place, story in enumerate(planted.paper.stories.values(), number):
            for path in (story.path, *story.old_paths):
                request = disguise.worn(Request(path))
                if not isinstance(planted.door, StoreDoor) or place % EVERY == 0:
                    watch.ask(planted.door, "page", Request(path), disguise)
                elif answer := planted.door.from_store(request):
                    watch.look("page", request, answer, disguise)
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
