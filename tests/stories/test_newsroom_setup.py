"""Who may do what in a new newsroom."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.models import GroupApprovalTask, GroupPagePermission, Workflow, WorkflowPage

from courant.stories.models import SectionPage
from courant.stories.newsroom.setup import ensure_newsroom
from tests.factories import make_paper, make_reader, make_section, make_story
from tests.stories.newsroom_data import add_address, edit_address, enter, make_draft, make_member, make_newsroom

pytestmark = pytest.mark.django_db


def test_there_are_three_groups_and_one_approval() -> None:
    front = make_newsroom()
    assert sorted(Group.objects.values_list("name", flat=True)) == ["Authors", "Editors", "Publishers"]
    assert [workflow.name for workflow in Workflow.objects.all()] == ["Editor approval"]
    task = GroupApprovalTask.objects.get()
    assert task.name == "Editor approval"
    assert sorted(task.groups.values_list("name", flat=True)) == ["Editors", "Publishers"]
    assert WorkflowPage.objects.get().page_id == front.pk
    assert not GroupPagePermission.objects.filter(page__depth=1).exists()


def test_made_without_what_wagtail_brings_it_is_the_same() -> None:
    Group.objects.all().delete()
    Workflow.objects.all().delete()
    GroupApprovalTask.objects.all().delete()
    front = make_newsroom()
    assert Group.objects.count() == 3
    assert WorkflowPage.objects.get().page_id == front.pk
    assert Group.objects.get(name="Authors").permissions.filter(codename="access_admin").exists()


def test_a_second_time_it_changes_nothing_that_the_newsroom_changed() -> None:
    front = make_newsroom()
    editors = Group.objects.get(name="Editors")
    editors.permissions.clear()
    GroupPagePermission.objects.filter(group=editors, permission__codename="lock_page").delete()
    ensure_newsroom(front=front)
    assert not editors.permissions.exists()
    assert not GroupPagePermission.objects.filter(group=editors, permission__codename="lock_page").exists()
    assert Workflow.objects.count() == GroupApprovalTask.objects.count() == 1
    assert Group.objects.count() == 3


SETTINGS = [
    ("wagtailsettings:edit", ["stories", "papersettings"]),
    ("wagtailsettings:edit", ["wall", "wallsettings"]),
    ("wagtailredirects:index", []),
    ("wagtailusers_users:index", []),
    ("wagtailadmin_workflows:index", []),
]


@pytest.mark.parametrize(
    ("group", "reached"),
    [
        ("Authors", [False, False, False, False, False]),
        ("Editors", [True, True, True, False, False]),
        ("Publishers", [True, True, True, True, True]),
    ],
)
def test_settings(group: str, reached: list[bool]) -> None:
    make_newsroom()
    client = enter(make_member(group))
    found = [client.get(reverse(name, args=args), follow=True).redirect_chain for name, args in SETTINGS]
    assert [not any(address == "/newsroom/" for address, _ in chain) for chain in found] == reached


def test_authors_write_and_submit_their_own_and_publish_nothing() -> None:
    front = make_newsroom()
    section = make_section(front=front)
    author = make_member("Authors")
    own, other = make_draft(section, author), make_story(section, headline="Not mine")
    assert own.permissions_for_user(author).can_edit()
    assert own.permissions_for_user(author).can_submit_for_moderation()
    assert not own.permissions_for_user(author).can_publish()
    assert not other.permissions_for_user(author).can_edit()
    assert not front.permissions_for_user(author).can_edit()
    client = enter(author)
    assert client.get(add_address(section)).status_code == 200
    assert client.get(edit_address(other)).status_code == 302  # back to the newsroom's home, with a message


def test_authors_make_no_sections() -> None:
    front = make_newsroom()
    client = enter(make_member("Authors"))
    response = client.get(reverse("wagtailadmin_pages:add", args=["stories", "sectionpage", front.pk]), follow=True)
    assert "Sections, authors and topics are made by editors" in " ".join(map(str, response.context["messages"]))
    assert not SectionPage.objects.exists()
    assert (
        enter(make_member("Editors"))
        .get(reverse("wagtailadmin_pages:add", args=["stories", "sectionpage", front.pk]))
        .status_code
        == 200
    )


def test_a_reader_does_not_enter() -> None:
    make_paper()
    response = enter(make_reader()).get("/newsroom/")
    assert response.status_code == 302
    assert response.url.startswith(("/account/sign-in/", "/newsroom/login/"))
