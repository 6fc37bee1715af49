"""A story in the newsroom, seen as a stranger, a registered reader or a subscriber would see it."""

import pytest
from django.urls import reverse

from courant.stories.models import SectionPage
from courant.wall.models import Opening
from tests.factories import make_section
from tests.stories.newsroom_data import add_address, enter, make_draft, make_member, make_newsroom, story_form

pytestmark = pytest.mark.django_db
SHOWN, HIDDEN = "Everyone may read this.", "Canary under the wall."
BODY = [("paragraph", f"<p>{SHOWN}</p>"), ("wall", ""), ("paragraph", f"<p>{HIDDEN}</p>")]
SEEN = [
    # mode, access, whether the words below the wall are shown
    ("", "subscribers", True),
    ("stranger", "registered", False),
    ("stranger", "free", True),
    ("registered", "registered", True),
    ("registered", "premium", True),
    ("registered", "subscribers", False),
    ("registered_spent", "premium", False),
    ("registered_spent", "registered", True),
    ("subscriber", "premium", True),
    ("subscriber", "subscribers", True),
    ("nonsense", "registered", False),
]


@pytest.fixture
def section() -> SectionPage:
    return make_section("World", front=make_newsroom())


@pytest.mark.parametrize(("mode", "access", "is_shown"), SEEN)
def test_preview_of_what_is_in_the_form(section: SectionPage, mode: str, access: str, is_shown: bool) -> None:
    editor = make_member("Editors")
    client, story = enter(editor), make_draft(section, editor)
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[story.pk])
    assert client.post(address, story_form(body=BODY, access=access)).json()["is_valid"]
    page = client.get(f"{address}?mode={mode}").content.decode()
    if mode == "nonsense":
        assert HIDDEN not in page
        return
    assert SHOWN in page
    assert (HIDDEN in page) == is_shown
    assert not Opening.objects.exists()


def test_preview_of_a_story_that_was_never_saved(section: SectionPage) -> None:
    client = enter(make_member("Editors"))
    address = reverse("wagtailadmin_pages:preview_on_add", args=["stories", "storypage", section.pk])
    data = story_form(body=BODY, access="registered")
    assert client.post(address, data).json()["is_valid"]
    page = client.get(f"{address}?mode=stranger").content.decode()
    assert HIDDEN not in page
    assert "/account/sign-out/" not in page  # the head of the page is a stranger's as well
    assert HIDDEN in client.get(f"{address}?mode=subscriber").content.decode()


def test_a_draft_in_its_own_tab_is_seen_as_by_the_newsroom(section: SectionPage) -> None:
    editor = make_member("Editors")
    story = make_draft(section, editor, body=BODY, access="subscribers")
    page = enter(editor).get(reverse("wagtailadmin_pages:view_draft", args=[story.pk])).content.decode()
    assert HIDDEN in page


def test_the_editor_offers_the_ways_to_look_at_it(section: SectionPage) -> None:
    page = enter(make_member("Editors")).get(add_address(section)).content.decode()
    for label in ("As the newsroom", "As a stranger", "As a registered reader", "As a subscriber"):
        assert label in page
