"""The newsroom's home, menu and lists."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courant.readers.models import Reader
from courant.stories.models import SectionPage, StoryPage
from courant.stories.newsroom.desk import LENGTH, Desk, Pile, desk_of
from tests.factories import make_author, make_section, make_story, make_topic
from tests.stories.newsroom_data import edit_address, enter, loaded, make_draft, make_member, make_newsroom, story_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def section() -> SectionPage:
    return make_section("World", front=make_newsroom())


@pytest.fixture
def editor(section: SectionPage) -> Reader:
    return make_member("Editors", name="Mara Voss")


def desk(member: Reader, now: Any = None) -> Desk:
    return desk_of(Reader.objects.get(pk=member.pk), now or timezone.now())


def lines(pile: Pile) -> list[tuple[str, str]]:
    return [(piece.headline, piece.note) for piece in pile.pieces]


def draft(section: SectionPage, by: Reader, headline: str, **fields: Any) -> StoryPage:
    """A story that was saved and never published, without the weight of the form."""
    story = make_story(section, headline=headline, live=False, owner=by, published_at=None, **fields)
    story.save_revision(user=by)
    return story


# -- The desk ---------------------------------------------------------------------------------------------
def test_an_empty_desk_says_what_would_stand_there(editor: Reader) -> None:
    page = enter(editor).get("/newsroom/").content.decode()
    for words in (
        "Nothing is in work.",
        "Nothing waits.",
        "Nothing is scheduled.",
        "Nothing has been published today.",
    ):
        assert words in page
    assert "The Courant" in page
    assert reverse("stories_list:choose_parent") in page


def test_in_work_mine_come_first_then_the_newest(section: SectionPage, editor: Reader) -> None:
    other = make_member("Authors")
    draft(section, editor, "My older")
    draft(section, other, "Another’s")
    draft(section, editor, "My newer")
    draft(section, other, "Another’s newer")
    pile = desk(editor).in_work
    assert [piece.headline for piece in pile.pieces] == ["My newer", "My older", "Another’s newer", "Another’s"]
    assert [piece.is_mine for piece in pile.pieces] == [True, True, False, False]
    assert pile.pieces[0].section == "World"
    assert pile.pieces[0].who == "Mara Voss"


def test_notes_on_what_is_in_work(section: SectionPage, editor: Reader) -> None:
    now = timezone.now()
    draft(section, editor, "New")
    draft(section, editor, "Embargoed", embargoed_until=now + timedelta(days=1))
    changed = make_story(section, headline="Printed")
    changed.standfirst = "New standfirst"
    changed.save_revision(user=editor)
    withdrawn = make_story(section, headline="Withdrawn")
    withdrawn.unpublish()
    found = dict(lines(desk(editor, now).in_work))
    assert found.pop("Embargoed").startswith("embargo until ")
    assert found == {"New": "", "Printed": "published, with newer changes", "Withdrawn": "withdrawn"}


def test_a_submitted_story_waits_until_it_is_sent_back(section: SectionPage, editor: Reader) -> None:
    author = make_member("Authors", name="Ada Moreau")
    story = make_draft(section, author, title="Submitted")
    enter(author).post(edit_address(story), {**story_form(title="Submitted"), **loaded(story), "action-submit": "1"})
    for_editor, for_author = desk(editor), desk(author)
    assert lines(for_editor.in_work) == []
    assert [(piece.headline, piece.who, piece.is_mine) for piece in for_editor.waiting.pieces] == [
        ("Submitted", "Ada Moreau", True)
    ]
    assert [piece.is_mine for piece in for_author.waiting.pieces] == [False]
    StoryPage.objects.get().current_workflow_task_state.reject(user=editor)
    assert desk(editor).waiting.pieces == []
    assert lines(desk(author).in_work) == [("Submitted", "changes requested")]


def test_scheduled_the_next_one_first(section: SectionPage, editor: Reader) -> None:
    now = timezone.now()
    later = draft(section, editor, "Later", go_live_at=now + timedelta(days=2))
    until = now + timedelta(hours=3)
    sooner = draft(section, editor, "Sooner", embargoed_until=until, go_live_at=until)
    for story in (later, sooner):
        story.get_latest_revision().publish(user=editor)
    found = desk(editor, now)
    assert lines(found.scheduled) == [("Sooner", "embargo"), ("Later", "")]
    assert found.in_work.pieces == []
    overdue = desk(editor, now + timedelta(hours=4)).scheduled
    assert lines(overdue)[0] == ("Sooner", "overdue: the task worker is not running")


def test_published_today_counts_from_midnight_in_the_paper_s_zone(section: SectionPage, editor: Reader) -> None:
    now = timezone.localtime().replace(hour=12)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for headline, first, last in [
        ("Yesterday", midnight - timedelta(seconds=1), midnight - timedelta(seconds=1)),
        ("Night", midnight, midnight),
        ("Noon", now, now),
        ("Old but changed", midnight - timedelta(days=9), midnight + timedelta(hours=1)),
    ]:
        make_story(section, headline=headline, first_published_at=first, last_published_at=last)
    assert lines(desk(editor, now).published_today) == [("Noon", ""), ("Old but changed", "updated"), ("Night", "")]


def test_a_long_list_ends_with_a_link_to_all(section: SectionPage, editor: Reader) -> None:
    for number in range(LENGTH + 1):
        draft(section, editor, f"Draft {number}")
    page = enter(editor).get("/newsroom/").content.decode()
    assert f"{LENGTH}+" in page
    assert f"{reverse('stories_list:index')}?status=draft" in page


def count_queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("address", "queries"),
    [("/newsroom/", 29), ("/newsroom/stories/", 26), ("/newsroom/authors/", 22), ("/newsroom/topics/", 22)],
)
def test_three_of_everything_cost_as_many_queries_as_one(
    section: SectionPage, editor: Reader, address: str, queries: int
) -> None:
    client = enter(editor)
    fill(section, editor, "1")
    assert count_queries(client, address) == queries
    fill(section, editor, "2")
    fill(section, editor, "3")
    assert count_queries(client, address) == queries


def fill(section: SectionPage, editor: Reader, mark: str) -> None:
    """One story in each state, with an author and a topic of its own."""
    now = timezone.now()
    authors, topics = [make_author(f"Author {mark}")], [make_topic(f"Topic {mark}")]
    draft(section, editor, f"Draft {mark}", bylines=authors, topics=topics)
    make_story(section, headline=f"Printed {mark}", bylines=authors, first_published_at=now, last_published_at=now)
    go = draft(section, editor, f"Scheduled {mark}", go_live_at=now + timedelta(days=1), bylines=["Bo Lin"])
    go.get_latest_revision().publish(user=editor)
    sent = draft(section, editor, f"Sent {mark}", bylines=authors)
    sent.get_workflow().start(sent, editor)


# -- The menu and its lists -------------------------------------------------------------------------------
def test_the_menu_leads_to_stories_authors_topics_and_the_front_page(section: SectionPage, editor: Reader) -> None:
    client = enter(editor)
    page = client.get("/newsroom/").content.decode()
    for address in ("/newsroom/stories/", "/newsroom/authors/", "/newsroom/topics/", "/newsroom/front-page/"):
        assert address in page
        assert client.get(address, follow=True).status_code == 200
    front = section.get_parent()
    assert client.get("/newsroom/front-page/").url == edit_address(front)
    assert "/newsroom/front-page/" not in enter(make_member("Authors")).get("/newsroom/").content.decode()


def headlines(client: Client, query: str) -> list[str]:
    response = client.get(f"/newsroom/stories/?{query}")
    assert response.status_code == 200
    return sorted(story.title for story in response.context["object_list"])


def test_stories_by_section_access_status_and_author(section: SectionPage, editor: Reader) -> None:
    city = make_section("City", default_access="premium", front=section.get_parent())
    ada = make_author("Ada Moreau")
    make_story(section, headline="Free by default", bylines=[ada])
    make_story(section, headline="Premium by itself", access="premium")
    make_story(city, headline="Premium by default")
    draft(city, editor, "Draft", access="free")
    client = enter(editor)
    assert headlines(client, f"section={city.pk}") == ["Draft", "Premium by default"]
    assert headlines(client, "access=premium") == ["Premium by default", "Premium by itself"]
    assert headlines(client, "access=free") == ["Draft", "Free by default"]
    assert headlines(client, "status=draft") == ["Draft"]
    assert headlines(client, "status=published&access=premium") == ["Premium by default", "Premium by itself"]
    assert headlines(client, f"author={ada.pk}") == ["Free by default"]
    assert headlines(client, "status=nonsense&section=x") == sorted(headlines(client, ""))


def test_the_list_shows_section_access_and_author(section: SectionPage, editor: Reader) -> None:
    make_story(section, headline="Talks open", access="registered", bylines=[make_author("Ada Moreau"), "Bo Lin"])
    page = enter(editor).get("/newsroom/stories/").content.decode()
    for words in ("Talks open", "World", "Registered", "Ada Moreau, Bo Lin"):
        assert words in page


def test_writing_a_story_begins_with_its_section(section: SectionPage, editor: Reader) -> None:
    client = enter(editor)
    address = reverse("stories_list:choose_parent")
    form = reverse("wagtailadmin_pages:add", args=["stories", "storypage", section.pk])
    assert client.get(address).url == form  # with one section there is nothing to choose
    city = make_section("City", front=section.get_parent())
    page = client.get(address).content.decode()
    assert form in page
    assert reverse("wagtailadmin_pages:add", args=["stories", "storypage", city.pk]) in page
    assert client.get(form).status_code == 200
