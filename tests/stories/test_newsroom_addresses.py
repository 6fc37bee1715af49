"""What becomes of a story's address when it is moved, renamed or withdrawn in the newsroom."""

from typing import Any

import pytest
from django.test import Client, TestCase
from django.urls import reverse

from courant.stories.models import SectionPage, StoryPage
from tests.factories import make_section, make_story
from tests.stories.newsroom_data import edit_address, enter, loaded, make_member, make_newsroom, story_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def section() -> SectionPage:
    return make_section("World", front=make_newsroom())


def ask(address: str) -> tuple[int, str]:
    response = Client().get(address)
    return response.status_code, response.headers.get("Location", "")


def publish(client: Client, story: StoryPage, **fields: Any) -> None:
    story = StoryPage.objects.get(pk=story.pk)
    data = {**story_form(bylines=[], **fields), **loaded(story), "action-publish": "1"}
    with TestCase.captureOnCommitCallbacks(execute=True):
        response = client.post(edit_address(story), data)
    assert response.status_code == 302, response.context["form"].errors


def test_an_old_slug_leads_to_the_new_one_and_chains_lead_to_the_end(section: SectionPage) -> None:
    client, story = enter(make_member("Editors")), make_story(section, headline="First", slug="first")
    publish(client, story, slug="second")
    assert ask("/world/second/")[0] == 200
    assert ask("/world/first/") == (301, "/world/second/")
    publish(client, story, slug="third")
    assert [ask(f"/world/{slug}/") for slug in ("first", "second")] == [(301, "/world/third/")] * 2
    assert ask("/world/first/?utm_source=letter")[0] == 301
    assert ask("/world/third/")[0] == 200


def test_back_to_its_first_slug_it_answers_there(section: SectionPage) -> None:
    client, story = enter(make_member("Editors")), make_story(section, slug="first")
    publish(client, story, slug="second")
    publish(client, story, slug="first")
    assert ask("/world/first/")[0] == 200
    assert ask("/world/second/") == (301, "/world/first/")


def test_a_changed_slug_that_is_not_published_yet_changes_nothing(section: SectionPage) -> None:
    client, story = enter(make_member("Editors")), make_story(section, slug="first")
    client.post(edit_address(story), {**story_form(slug="second", bylines=[]), **loaded(story)})
    assert ask("/world/first/")[0] == 200
    assert ask("/world/second/")[0] == 404


def test_moved_to_another_section(section: SectionPage) -> None:
    city = make_section("City", front=section.get_parent())
    story = make_story(section, slug="first")
    client = enter(make_member("Editors"))
    assert client.post(reverse("wagtailadmin_pages:move_confirm", args=[story.pk, city.pk])).status_code == 302
    assert ask("/city/first/")[0] == 200
    assert ask("/world/first/") == (301, "/city/first/")
    publish(client, story, slug="second")
    assert [ask(address) for address in ("/world/first/", "/city/first/")] == [(301, "/city/second/")] * 2


def test_a_renamed_section_takes_its_stories_along(section: SectionPage) -> None:
    make_story(section, slug="first")
    section.refresh_from_db()
    section.slug = "abroad"
    with TestCase.captureOnCommitCallbacks(execute=True):  # Wagtail makes redirects after the commit
        section.save_revision().publish()
    assert ask("/world/first/") == (301, "/abroad/first/")
    assert ask("/world/") == (301, "/abroad/")


def test_withdrawn_it_is_gone_at_both_addresses(section: SectionPage) -> None:
    client, story = enter(make_member("Editors")), make_story(section, slug="first")
    publish(client, story, slug="second")
    response = client.post(reverse("wagtailadmin_pages:unpublish", args=[story.pk]))
    assert response.status_code == 302
    assert ask("/world/second/")[0] == 410
    assert ask("/world/first/") == (301, "/world/second/")
    assert ask("/world/never/")[0] == 404


def test_a_draft_was_never_there(section: SectionPage) -> None:
    make_story(section, slug="draft", live=False)
    assert ask("/world/draft/")[0] == 404
