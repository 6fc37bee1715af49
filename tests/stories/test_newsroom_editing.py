"""Writing and publishing in the newsroom: what is refused, and that nothing typed is lost by it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision

from courant.stories.models import SectionPage, StoryPage
from tests.factories import make_picture, make_section
from tests.stories.newsroom_data import (
    add_address,
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


@pytest.fixture
def section() -> SectionPage:
    front = make_newsroom()
    return make_section("World", front=front)


def publish(client: Any, story: StoryPage, **fields: Any) -> Any:
    story = StoryPage.objects.get(pk=story.pk)
    return client.post(edit_address(story), {**story_form(**fields), **loaded(story), "action-publish": "1"})


# -- Addresses of new stories -----------------------------------------------------------------------------
def test_a_headline_used_before_gets_a_number_but_a_chosen_slug_is_refused(section: SectionPage) -> None:
    editor = make_member("Editors")
    make_draft(section, editor)
    assert make_draft(section, editor).slug == "a-headline-2"
    assert make_draft(section, editor).slug == "a-headline-3"
    response = enter(editor).post(add_address(section), story_form(title="Another headline", slug="a-headline"))
    assert "already in use" in str(response.context["form"].errors["slug"])
    assert StoryPage.objects.count() == 3


def test_a_save_in_the_background_tells_the_form_the_slug_that_was_given(section: SectionPage) -> None:
    editor = make_member("Editors")
    make_draft(section, editor)
    answer = enter(editor).post(add_address(section), story_form(), headers={"accept": "application/json"})
    assert answer.json()["field_updates"]["slug"] == "a-headline-2"


def test_a_line_end_in_the_headline_is_a_space(section: SectionPage) -> None:
    assert make_draft(section, make_member("Editors"), title=" A\r\nheadline\t here ").title == "A headline here"


# -- Errors block publishing, however it is tried --------------------------------------------------------
def test_publishing_a_new_story_with_an_error_is_refused_and_keeps_what_was_typed(section: SectionPage) -> None:
    picture = make_picture(description="")
    client = enter(make_member("Editors"))
    response = client.post(add_address(section), {**story_form(lead_picture=picture.pk), "action-publish": "1"})
    assert response.status_code == 200
    assert "Not published" in words_of(response)
    assert "no alternative text" in str(response.context["form"].errors["lead_picture"])
    assert response.context["form"]["standfirst"].value() == "A standfirst."
    assert b"Grey water." in response.content
    assert not StoryPage.objects.exists()


def test_the_same_story_can_be_saved_as_a_draft(section: SectionPage) -> None:
    story = make_draft(section, make_member("Editors"), lead_picture=make_picture(description="").pk)
    assert (story.live, story.has_unpublished_changes) == (False, True)


def test_publishing_a_draft_with_errors_marks_each_where_it_is(section: SectionPage) -> None:
    editor = make_member("Editors")
    story = make_draft(section, editor)
    bare = {"picture": make_picture(description="").pk, "caption": "", "credit": "", "alt": ""}
    body = [("paragraph", "<p>New words.</p>"), ("picture", bare)]
    response = publish(enter(editor), story, body=body, lead_picture=make_picture(description="").pk)
    assert response.status_code == 200
    assert sorted(response.context["form"].errors) == ["body", "lead_picture"]
    (error,) = response.context["form"].errors["body"].as_data()
    assert list(error.as_json_data()["blockErrors"]) == [1]
    assert b"New words." in response.content
    story.refresh_from_db()
    assert not story.live
    assert story.revisions.count() == 1


def test_errors_put_right_the_story_is_published(section: SectionPage) -> None:
    editor = make_member("Editors")
    story = make_draft(section, editor)
    first = {"id": story.bylines.get().pk, "name": "Ada Moreau", "role": "in Geneva", "author": ""}
    bylines = [first, {"name": "Bo Lin", "role": "", "author": ""}]
    client = enter(editor)
    refused = publish(client, story, lead_picture=make_picture(description="").pk, bylines=bylines)
    assert refused.status_code == 200
    assert publish(client, story, lead_picture=make_picture().pk, bylines=bylines).status_code == 302
    story.refresh_from_db()
    assert story.live
    assert story.published_at is not None
    assert [byline.name for byline in story.bylines.all()] == ["Ada Moreau", "Bo Lin"]


def test_a_time_to_go_live_does_not_get_round_the_checks(section: SectionPage) -> None:
    editor = make_member("Editors")
    story = make_draft(section, editor)
    tomorrow = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    response = publish(enter(editor), story, lead_picture=make_picture(description="").pk, go_live_at=tomorrow)
    assert "Not published" in words_of(response)
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()


def test_submitting_needs_no_alternative_text_but_approving_does(section: SectionPage) -> None:
    author, editor = make_member("Authors"), make_member("Editors")
    story = make_draft(section, author)
    data = story_form(lead_picture=make_picture(description="").pk)
    enter(author).post(edit_address(story), {**data, **loaded(story), "action-submit": "1"})
    state = StoryPage.objects.get().current_workflow_task_state
    assert state is not None
    address = reverse("wagtailadmin_pages:workflow_action", args=[story.pk, "approve", state.pk])
    response = enter(editor).post(address, follow=True)
    assert "Not approved" in words_of(response)
    assert response.redirect_chain[0][0] == edit_address(story)
    assert not StoryPage.objects.get().live


def test_approving_in_the_editor_is_refused_too_and_then_works(section: SectionPage) -> None:
    author, editor = make_member("Authors"), make_member("Editors")
    story = make_draft(section, author)
    enter(author).post(edit_address(story), {**story_form(), **loaded(story), "action-submit": "1"})
    client, picture = enter(editor), make_picture(description="")
    approve = {"action-workflow-action": "1", "workflow-action-name": "approve"}
    story = StoryPage.objects.get()
    refused = client.post(edit_address(story), {**story_form(lead_picture=picture.pk), **loaded(story), **approve})
    assert "Not published" in words_of(refused)
    assert not StoryPage.objects.get().live
    response = client.post(edit_address(story), {**story_form(), **loaded(story), **approve})
    assert response.status_code == 302
    assert StoryPage.objects.get().live


def test_publishing_many_names_the_story_with_the_error_and_publishes_none(section: SectionPage) -> None:
    editor = make_member("Editors")
    good = make_draft(section, editor, title="Good", slug="good")
    bad = make_draft(section, editor, title="Bad", slug="bad", lead_picture=make_picture(description="").pk)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    client = enter(editor)
    response = client.post(f"{address}?id={good.pk}&id={bad.pk}&next=/newsroom/", follow=True)
    assert "Nothing was published. “Bad”:" in words_of(response)
    assert not StoryPage.objects.live().exists()
    client.post(f"{address}?id={good.pk}&next=/newsroom/")
    assert list(StoryPage.objects.live()) == [good]


def test_publishing_a_section_with_what_is_below_is_checked_as_well(section: SectionPage) -> None:
    editor = make_member("Editors")
    make_draft(section, editor, title="Bad", slug="bad", lead_picture=make_picture(description="").pk)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    data = {"include_descendants": "on"}
    response = enter(editor).post(f"{address}?id={section.pk}&next=/newsroom/", data, follow=True)
    assert "Nothing was published. “Bad”:" in words_of(response)
    assert not StoryPage.objects.live().exists()


def test_a_copy_that_is_published_at_once_is_checked(section: SectionPage) -> None:
    editor = make_member("Editors")
    picture = make_picture()
    story = make_draft(section, editor, lead_picture=picture.pk)
    publish(enter(editor), story, lead_picture=picture.pk)
    picture.description = ""
    picture.save()
    data = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": section.pk, "publish_copies": "on"}
    response = enter(editor).post(reverse("wagtailadmin_pages:copy", args=[story.pk]), data, follow=True)
    assert "Nothing was copied." in words_of(response)
    assert StoryPage.objects.count() == 1


def test_going_back_to_an_older_version_is_checked_as_well(section: SectionPage) -> None:
    editor = make_member("Editors")
    story = make_draft(section, editor, lead_picture=make_picture(description="").pk)
    first = story.latest_revision
    assert publish(enter(editor), story).status_code == 302
    address = reverse("wagtailadmin_pages:revisions_revert", args=[story.pk, first.pk])
    story.refresh_from_db()
    data = {**story_form(lead_picture=first.content["lead_picture"]), **loaded(story), "action-publish": "1"}
    response = enter(editor).post(address, data)
    assert "Not published" in words_of(response)
    assert StoryPage.objects.get().lead_picture is None


# -- What is told before ---------------------------------------------------------------------------------
def test_the_editor_sees_what_is_missing_in_the_saved_draft(section: SectionPage) -> None:
    editor = make_member("Editors")
    story = make_draft(section, editor, lead_picture=make_picture(description="").pk, standfirst="")
    page = enter(editor).get(edit_address(story)).content.decode()
    assert "Before you publish" in page
    assert "The lead picture has no alternative text" in page
    assert "There is no standfirst." in page


def test_autosave_brings_the_list_up_to_date(section: SectionPage) -> None:
    editor = make_member("Editors")
    story = make_draft(section, editor)
    data = {**story_form(standfirst=""), **loaded(story)}
    answer = enter(editor).post(edit_address(story), data, headers={"accept": "application/json"})
    assert answer.json()["success"]
    assert "There is no standfirst." in answer.json()["html"]


# -- Embargo ----------------------------------------------------------------------------------------------
def in_form(moment: Any) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


def test_published_before_its_embargo_a_story_is_scheduled_and_the_editor_is_told(section: SectionPage) -> None:
    editor = make_member("Editors")
    story = make_draft(section, editor)
    until = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=2)
    response = publish(enter(editor), story, embargoed_until=in_form(until))
    story.refresh_from_db()
    assert not story.live
    assert story.scheduled_revision.approved_go_live_at == until
    follow = enter(editor).get(response.url)
    client = enter(editor)
    response = client.get(edit_address(story))
    assert follow.status_code == response.status_code == 200

    call_command("publish_scheduled")
    assert not StoryPage.objects.get().live
    let_time_pass(story)
    call_command("publish_scheduled")
    story = StoryPage.objects.get()
    assert story.live
    assert story.published_at is not None


def let_time_pass(story: StoryPage) -> None:
    """Move what was scheduled, and its embargo, into the past."""
    past = timezone.now() - timedelta(minutes=1)
    revision = story.scheduled_revision
    revision.content |= {"go_live_at": past.isoformat(), "embargoed_until": past.isoformat()}
    revision.approved_go_live_at = past
    revision.save()


def test_the_message_says_that_it_is_the_embargo(section: SectionPage) -> None:
    editor = make_member("Editors")
    client, story = enter(editor), make_draft(section, editor)
    until = timezone.now() + timedelta(hours=2)
    response = client.get(publish(client, story, embargoed_until=in_form(until)).url)
    assert f"not published now, but is scheduled for {timezone.localtime(until).day} " in words_of(response)


def test_the_schedule_that_an_embargo_set_moves_and_ends_with_it(section: SectionPage) -> None:
    editor = make_member("Editors")
    first, second = (timezone.now().replace(second=0, microsecond=0) + timedelta(hours=hours) for hours in (2, 3))
    story = make_draft(section, editor, embargoed_until=in_form(first))
    assert story.latest_revision.as_object().go_live_at == first
    client = enter(editor)
    client.post(
        edit_address(story), {**story_form(embargoed_until=in_form(second), go_live_at=in_form(first)), **loaded(story)}
    )
    story.refresh_from_db()
    assert story.latest_revision.as_object().go_live_at == second
    assert publish(client, story, embargoed_until="", go_live_at=in_form(second)).status_code == 302
    assert StoryPage.objects.get().live


def test_an_embargo_beyond_the_end_of_publication_is_refused(section: SectionPage) -> None:
    client = enter(make_member("Editors"))
    now = timezone.now()
    data = story_form(embargoed_until=in_form(now + timedelta(hours=2)), expire_at=in_form(now + timedelta(hours=1)))
    response = client.post(add_address(section), data)
    assert "withdrawn before its embargo ends" in str(response.context["form"].errors["embargoed_until"])
    assert not StoryPage.objects.exists()


# -- Bad input --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"title": "x" * 10_000}, "title", "at most 255 characters"),
        ({"title": ""}, "title", "required"),
        ({"title": "nul\x00"}, "title", "Null characters"),
        ({"slug": "x" * 300}, "slug", "at most 255"),
        ({"standfirst": "x" * 501}, "standfirst", "at most 500"),
        ({"language": "not a tag"}, "language", "language tag"),
        ({"access": "everyone"}, "access", "not one of the available choices"),
        ({"published_at": "yesterday"}, "published_at", "valid date"),
        ({"lead_picture": "999999"}, "lead_picture", "valid choice"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_written(
    section: SectionPage, fields: dict[str, Any], field: str, words: str
) -> None:
    response = enter(make_member("Editors")).post(add_address(section), {**story_form(**fields), "action-publish": "1"})
    assert response.status_code == 200
    assert words in str(response.context["form"].errors[field])
    assert not StoryPage.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"body-count": "many"},
        {"body-count": "2"},
        {"body-count": None, "action-publish": "1"},
        {"body-0-type": "no-such-block"},
        {"body-0-order": "first"},
        {"body-0-deleted": None},
    ],
)
def test_a_text_that_arrives_broken_changes_nothing(section: SectionPage, change: dict[str, str | None]) -> None:
    editor = make_member("Editors")
    story = make_draft(section, editor)
    data = {**story_form(body=[("paragraph", "<p>Lost.</p>")]), **loaded(story), **change}
    data = {key: value for key, value in data.items() if value is not None}
    response = enter(editor).post(edit_address(story), data)
    assert response.status_code == 200
    assert "did not arrive whole" in str(response.context["form"].errors["body"])
    assert b"Grey water." in response.content
    assert story.revisions.count() == 1


def test_missing_parts_of_the_form_are_no_server_error(section: SectionPage) -> None:
    response = enter(make_member("Editors")).post(add_address(section), {"title": "Only this"})
    assert response.status_code == 200
    assert not StoryPage.objects.exists()


@pytest.mark.parametrize("slug", ["account", "newsroom", "feeds", "search", "media"])
def test_a_section_cannot_take_an_address_of_the_paper(slug: str) -> None:
    front = make_newsroom()
    address = reverse("wagtailadmin_pages:add", args=["stories", "sectionpage", front.pk])
    data = {
        "title": "Section", "slug": slug, "strapline": "", "default_access": "free", "colour": "", "colour_dark": "",
        "seo_title": "", "search_description": "", "go_live_at": "", "expire_at": "", "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0", "action-publish": "1",
    }  # fmt: skip
    response = enter(make_member("Editors")).post(address, data)
    assert f"/{slug}/ is an address of the paper itself" in str(response.context["form"].errors["slug"])
    assert not SectionPage.objects.exists()
