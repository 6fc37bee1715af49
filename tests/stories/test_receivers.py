"""Search forgets what is withheld as soon as a rule withholds it, and knows again what may be read."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from wagtail.models import Page, Site

from courant.stories.models import SectionPage, StoryPage
from courant.wall.models import WallSettings
from tests.factories import make_paper, make_section, make_story, paragraph

pytestmark = pytest.mark.django_db
OPEN, WITHHELD = "albatross", "zebrafinch"
BODY = [paragraph(f"It began with the {OPEN}."), paragraph(f"It ended with the {WITHHELD}.")]


def is_found(word: str) -> bool:
    return "No story for" not in Client().get("/search/", {"q": word}).content.decode()


def publish(page: Page) -> None:
    page.save_revision().publish(skip_permission_checks=True)


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks: Any) -> Any:
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_a_section_that_is_gated_takes_its_stories_words_out_of_search(on_commit: Any) -> None:
    section = make_section()
    publish(make_story(section, body=BODY))
    publish(make_story(section, body=[paragraph("Always free: the condor.")], access="free"))
    assert is_found(WITHHELD)
    section = SectionPage.objects.get(pk=section.pk)
    section.default_access = "registered"
    with on_commit() as waiting:
        publish(section)
        assert not is_found(WITHHELD)
        assert is_found("condor")
    assert waiting
    assert is_found(OPEN)
    assert not is_found(WITHHELD)


def test_a_section_that_is_opened_lets_search_find_all_of_it(on_commit: Any) -> None:
    section = make_section(default_access="subscribers")
    publish(make_story(section, body=BODY))
    assert not is_found(WITHHELD)
    section = SectionPage.objects.get(pk=section.pk)
    section.default_access = "free"
    with on_commit():
        publish(section)
    assert is_found(WITHHELD)


def test_a_section_that_changes_otherwise_takes_nothing_out_of_search(on_commit: Any) -> None:
    section = make_section()
    publish(make_story(section, body=BODY))
    section = SectionPage.objects.get(pk=section.pk)
    section.strapline = "Now with a strapline"
    publish(section)
    assert is_found(WITHHELD)


def test_a_draft_of_a_section_takes_nothing_out_of_search() -> None:
    section = make_section()
    publish(make_story(section, body=BODY))
    section = SectionPage.objects.get(pk=section.pk)
    section.default_access = "registered"
    section.save_revision()
    assert is_found(WITHHELD)


def test_a_story_that_moves_to_a_gated_section_is_cut_for_search_at_once() -> None:
    make_paper()
    story = make_story(make_section(), body=BODY)
    publish(story)
    gated = make_section("City", default_access="registered")
    Page.objects.get(pk=story.pk).move(gated, pos="last-child")
    assert not is_found(WITHHELD)
    assert is_found(OPEN)


def test_a_shorter_preview_takes_words_out_of_search(on_commit: Any) -> None:
    make_paper(preview_paragraphs=3)
    section = make_section()
    texts = [OPEN, "bittern", WITHHELD, "dunnock", "egret"]
    publish(make_story(section, body=[paragraph(text) for text in texts], access="registered"))
    publish(make_story(section, body=[paragraph("condor")]))
    assert is_found(WITHHELD)
    settings = WallSettings.for_site(Site.objects.get(is_default_site=True))
    settings.preview_paragraphs = 2
    with on_commit():
        settings.save()
        assert not is_found(WITHHELD)
        assert is_found("condor")
    assert not is_found(WITHHELD)
    assert is_found("bittern")


def test_another_setting_of_the_wall_takes_nothing_out_of_search() -> None:
    make_paper(preview_paragraphs=3)
    publish(make_story(make_section(), body=[paragraph(text) for text in (OPEN, "a", "b", "c")], access="registered"))
    settings = WallSettings.for_site(Site.objects.get(is_default_site=True))
    settings.premium_per_month = 3
    settings.save()
    assert is_found(OPEN)


def test_a_story_that_is_withdrawn_is_not_found() -> None:
    story = make_story(make_section(), body=BODY)
    publish(story)
    StoryPage.objects.get(pk=story.pk).unpublish()
    assert not is_found(WITHHELD)
