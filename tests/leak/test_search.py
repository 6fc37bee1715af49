"""Words of withheld text find nothing, and no snippet shows them."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

import pytest

from tests.leak.canaries import Place
from tests.leak.conftest import IS_WHOLE, Planted
from tests.leak.disguises import NOBODY, Disguise
from tests.leak.doors import Request
from tests.leak.test_leak import assert_tight
from tests.leak.watch import Watch

pytestmark = pytest.mark.django_db
EVERY = 9 if IS_WHOLE else 50


def found_by_withheld_words(
    planted: Planted, watch: Watch, places: Iterable[Place], disguise: Disguise = NOBODY
) -> list[Place]:
    """The places whose words find their story. Asked by a word beside the canary: an answer repeats its question."""
    found = []
    for place in places:
        answer = watch.ask(
            planted.door, "search by a withheld word", Request(f"/search/?q={place.companion}"), disguise
        )
        story = planted.paper.stories[place.story]
        if story.path.encode() in answer.body:
            found.append(place)
    return found


def test_withheld_words_find_nothing(planted: Planted, watch: Watch) -> None:
    withheld = [place for place in planted.paper.canaries.places.values() if "stranger" not in place.open_to]
    # Search is a stranger's for everyone: it does not know who asks.
    for name, start in {NOBODY.name: 0, "nothing left": EVERY // 2}.items():
        assert found_by_withheld_words(planted, watch, withheld[start::EVERY], planted.disguise(name)) == []
    assert_tight(watch)


def test_open_words_are_found(planted: Planted) -> None:
    """So the words are indexed where they may be: of stories whose wall stands behind everything."""
    open_places = [
        place
        for place in planted.paper.canaries.places.values()
        if place.story == "premium-last" and place.where in ("paragraph", "paragraph, in bold")
    ]
    watch = planted.watch()
    assert found_by_withheld_words(planted, watch, open_places) == open_places
    assert len(open_places) == 2


def test_searches_by_the_canary_itself_and_by_its_beginning(planted: Planted, watch: Watch) -> None:
    places = [place for place in planted.paper.canaries.places.values() if "stranger" not in place.open_to]
    for place in places[:: EVERY * 20]:
        for words in (place.word, place.word[:8], f'"{place.sentence}"', f"{place.word} OR water", place.sentence):
            for order in ("", "&order=newest"):
                target = f"/search/?q={quote(words)}{order}"
                answer = watch.ask(planted.door, "search by a canary", Request(target))
                story = planted.paper.stories[place.story]
                is_open = "water" in words and story.is_gated
                assert is_open or story.path.encode() not in answer.body, target
    assert_tight(watch)
