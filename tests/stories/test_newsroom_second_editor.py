"""Two editors at the same page: the second is told, and overwrites only on purpose."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from courant.readers.models import Reader
from courant.stories.models import SectionPage, StoryPage
from courant.stories.printed import rich_to_plain
from tests.factories import make_section
from tests.stories.newsroom_data import (
    edit_address,
    enter,
    loaded,
    make_draft,
    make_member,
    make_newsroom,
    story_form,
    words_of,
)

pytestmark = pytest.mark.django_db
ADA, BO = "ada@paper.example", "bo@paper.example"


@pytest.fixture
def story() -> StoryPage:
    section = make_section("World", front=make_newsroom())
    make_member("Editors", BO, name="Bo Lin")
    return make_draft(section, make_member("Editors", ADA, name="Ada Moreau"))


@pytest.fixture
def ada(story: StoryPage) -> Client:
    return enter(story.owner)


@pytest.fixture
def bo(story: StoryPage) -> Client:
    return enter(Reader.objects.get(email=BO))


def form(opened: dict[str, str], text: str, **more: Any) -> dict[str, Any]:
    return {**story_form(body=[("paragraph", f"<p>{text}</p>")]), **opened, **more}


def text_of(story: StoryPage) -> str:
    latest = StoryPage.objects.get(pk=story.pk).get_latest_revision_as_object()
    return rich_to_plain(latest.body[0].value.source)


def test_the_second_save_is_refused_with_who_saved_and_keeps_what_was_typed(
    story: StoryPage, ada: Client, bo: Client
) -> None:
    opened = loaded(story)  # both have opened the page
    assert ada.post(edit_address(story), form(opened, "Words of Ada")).status_code == 302
    story.refresh_from_db()
    others = story.latest_revision

    response = bo.post(edit_address(story), form(opened, "Words of Bo"))
    assert response.status_code == 200
    said = words_of(response)
    assert "Not saved: Ada Moreau saved another version at " in said
    assert f'href="{edit_address(story)}"' in said
    assert f"/revisions/compare/{opened['loaded_revision_id']}...{others.pk}/" in said
    page = response.content.decode()
    assert "Words of Bo" in page
    assert text_of(story) == "Words of Ada"
    assert story.revisions.count() == 2

    # The form that came back knows of Ada's version: saving it once more is meant.
    assert f'name="loaded_revision_id" value="{others.pk}"' in page
    story.refresh_from_db()
    assert bo.post(edit_address(story), form(loaded(story), "Words of Bo")).status_code == 302
    assert text_of(story) == "Words of Bo"
    assert story.revisions.count() == 3


def test_publishing_an_overtaken_version_is_refused_as_well(story: StoryPage, ada: Client, bo: Client) -> None:
    opened = loaded(story)
    ada.post(edit_address(story), form(opened, "Words of Ada"))
    assert bo.post(edit_address(story), form(opened, "Words of Bo", **{"action-publish": "1"})).status_code == 200
    assert not StoryPage.objects.get().live


def test_a_version_overwritten_by_autosave_counts_as_another(story: StoryPage, ada: Client, bo: Client) -> None:
    """Autosave keeps the revision's number and only moves its time."""
    json = {"accept": "application/json"}
    first = ada.post(edit_address(story), form(loaded(story), "Some of Ada"), headers=json).json()
    story.refresh_from_db()
    opened = loaded(story)  # Bo opens what Ada's autosave made
    more = form(loaded(story), "Words of Ada", overwrite_revision_id=first["revision_id"])
    assert ada.post(edit_address(story), more, headers=json).json()["success"]
    assert bo.post(edit_address(story), form(opened, "Words of Bo")).status_code == 200
    assert text_of(story) == "Words of Ada"


def test_autosave_of_the_second_is_refused(story: StoryPage, ada: Client, bo: Client) -> None:
    opened = loaded(story)
    ada.post(edit_address(story), form(opened, "Words of Ada"))
    answer = bo.post(edit_address(story), form(opened, "Words of Bo"), headers={"accept": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error_code"] == "invalid_revision"
    assert text_of(story) == "Words of Ada"


def test_a_form_that_does_not_say_what_it_was_opened_from(story: StoryPage, ada: Client, bo: Client) -> None:
    assert bo.post(edit_address(story), form({}, "Words of Bo")).status_code == 200
    assert text_of(story) == "Grey water."
    assert ada.post(edit_address(story), form({}, "Words of Ada")).status_code == 302  # the only version is hers


def test_after_a_save_in_the_background_the_form_knows_its_version(story: StoryPage, ada: Client) -> None:
    """Without it, the button would be refused for what the same form saved by itself a second ago."""
    answer = ada.post(edit_address(story), form(loaded(story), "One"), headers={"accept": "application/json"}).json()
    story.refresh_from_db()
    now = {name: answer["field_updates"][name] for name in ("loaded_revision_id", "loaded_revision_created_at")}
    assert {name: str(value) for name, value in now.items()} == loaded(story)
    response = ada.post(edit_address(story), form(now, "One and two"), follow=True)
    assert "another version" not in words_of(response)
    assert text_of(story) == "One and two"


@pytest.mark.parametrize("more", [{}, {"action-publish": "1"}])
def test_own_words_saved_meanwhile_are_told_and_do_not_stand_in_the_way(
    story: StoryPage, ada: Client, more: dict[str, str]
) -> None:
    """The button was quicker than the answer to a save in the background; or there are two windows."""
    opened = loaded(story)
    ada.post(edit_address(story), form(opened, "One"), headers={"accept": "application/json"})
    response = ada.post(edit_address(story), form(opened, "One and two", **more), follow=True)
    assert "You saved another version at " in words_of(response)
    assert text_of(story) == "One and two"


def test_own_words_saved_after_another_s_do_not_hide_those(story: StoryPage, ada: Client, bo: Client) -> None:
    opened = loaded(story)
    bo.post(edit_address(story), form(opened, "Words of Bo"))
    story.refresh_from_db()
    ada.post(edit_address(story), form(loaded(story), "Words of Ada in a second window"))
    assert ada.post(edit_address(story), form(opened, "Words of Ada in the first")).status_code == 200
    assert text_of(story) == "Words of Ada in a second window"


def test_saving_one_s_own_newest_version_again_and_again(story: StoryPage, ada: Client) -> None:
    for text in ("One", "Two", "Three"):
        story.refresh_from_db()
        assert ada.post(edit_address(story), form(loaded(story), text)).status_code == 302
    assert text_of(story) == "Three"


def test_two_editors_at_a_section(story: StoryPage, ada: Client, bo: Client) -> None:
    """The guard is on every page of the paper, not on stories alone."""
    section = SectionPage.objects.get()
    section.save_revision()
    opened = loaded(section)

    def section_form(strapline: str) -> dict[str, str]:
        return {
            "title": "World", "slug": "world", "strapline": strapline, "default_access": "free", "colour": "",
            "colour_dark": "", "seo_title": "", "search_description": "", "go_live_at": "", "expire_at": "",
            "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", **opened,
        }  # fmt: skip

    assert ada.post(edit_address(section), section_form("Some of Ada")).status_code == 302
    response = bo.post(edit_address(section), section_form("Some of Bo"))
    assert response.status_code == 200
    assert "Ada Moreau saved another version" in words_of(response)
    assert SectionPage.objects.get().get_latest_revision_as_object().strapline == "Some of Ada"


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_the_same_moment_one_is_refused(story: StoryPage, ada: Client, bo: Client) -> None:
    opened, start = loaded(story), Barrier(2)

    def save(client: Client, text: str) -> int:
        start.wait(timeout=20)
        try:
            return client.post(edit_address(story), form(opened, text)).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        saves = [pool.submit(save, ada, "Words of Ada"), pool.submit(save, bo, "Words of Bo")]
        assert sorted(one.result() for one in saves) == [200, 302]
    assert story.revisions.count() == 2
