"""Pictures behind the cut: no preview has their addresses, and nobody can guess them."""

from __future__ import annotations

import pytest

from courant.pictures.addresses import addresses_of, newsroom_url
from courant.pictures.kinds import KINDS
from courant.pictures.models import Picture
from tests.leak.conftest import Planted
from tests.leak.doors import Request
from tests.leak.test_leak import assert_tight
from tests.leak.watch import Watch

# What is withheld does not hang on the database; the search, which does, is tested on both.
pytestmark = [pytest.mark.django_db, pytest.mark.anydb]


def test_nobody_guesses_the_address_of_a_withheld_picture(planted: Planted, watch: Watch) -> None:
    for target in planted.paper.picture_guesses:
        answer = watch.ask(planted.door, "guessed picture", Request(target))
        assert answer.status in (301, 302, 400, 404), target
        assert not answer.header("content-type").startswith("image/"), target
    assert_tight(watch)
    assert len(planted.paper.picture_guesses) > 100


def test_who_has_the_address_sees_the_picture(here: Planted) -> None:
    """The positive control: the guesses above fail by their signature alone."""
    picture = Picture.objects.get(pk=here.paper.ids["picture"])
    good = addresses_of(picture, KINDS["natural"])["jpeg"][0].url
    answer = here.door.ask(Request(good))
    assert (answer.status, answer.header("content-type")) == (200, "image/jpeg")
    assert here.door.ask(Request(newsroom_url(picture.get_rendition("width-100")))).status == 200


def test_no_preview_names_a_withheld_picture(planted: Planted, watch: Watch) -> None:
    """Their addresses are canaries too: `Lookout` finds them wherever they stand."""
    for story in planted.paper.gated:
        watch.ask(planted.door, "page", Request(story.path))
    assert_tight(watch)
    shown = planted.watch()
    story, subscriber = planted.paper.stories["premium-middle"], planted.cast.entitled["subscriber"]
    page = shown.ask(planted.door, "page", Request(story.path), subscriber)
    assert "address" in shown.lookout.find(page.content).values()
