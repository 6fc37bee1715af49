"""The wall as a browser meets it: real addresses, real pages, the paper's own middleware."""

from typing import Any

import pytest
from django.test import Client

from courant.stories.models import StoryPage
from courant.wall.models import Institution, Opening
from tests.factories import make_paper, make_reader, make_section, make_story, paragraph, wall
from tests.wall.conftest import Rules

CANARY = "Seventeen grey herons crossed the estuary."


@pytest.fixture
def story(rules: Rules) -> StoryPage:
    make_paper()
    rules(premium_per_month=1)
    return premium_story()


def premium_story() -> StoryPage:
    section = make_section("World", slug=f"world-{StoryPage.objects.count()}")
    return make_story(section, access="premium", body=[paragraph("Open."), wall(), paragraph(CANARY)])


def shows_all(client: Client, story: StoryPage, method: str = "get", **options: Any) -> bool:
    response = getattr(client, method)(story.get_url(), **options)
    assert response.status_code == 200
    return CANARY in response.content.decode()


@pytest.fixture
def reader(client: Client) -> Any:
    reader = make_reader()
    client.force_login(reader)
    return reader


@pytest.mark.django_db
def test_a_page_opened_counts_once(client: Client, story: StoryPage, reader: Any) -> None:
    """metering.md: What counts."""
    assert shows_all(client, story)
    assert shows_all(client, story)
    assert not shows_all(client, premium_story())
    assert list(Opening.objects.values_list("story_id", flat=True)) == [story.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("purpose", ["prefetch", "prefetch;prerender"])
def test_a_prefetch_is_refused_and_counts_nothing(client: Client, story: StoryPage, reader: Any, purpose: str) -> None:
    """metering.md: What spends."""
    refused = client.get(story.get_url(), headers={"Sec-Purpose": purpose})
    assert (refused.status_code, refused.content, refused["Cache-Control"]) == (503, b"", "no-store")
    assert not shows_all(client, story, "head")
    assert not Opening.objects.exists()
    assert shows_all(client, story)
    assert shows_all(client, story, headers={"Sec-Purpose": purpose})


@pytest.mark.django_db
def test_a_reader_with_an_old_copy_is_answered_in_full(client: Client, story: StoryPage, reader: Any) -> None:
    """metering.md: What spends."""
    url = story.get_url()
    assert shows_all(client, story)
    held = {"If-None-Match": client.get(url)["ETag"]}
    assert client.get(url, headers=held).status_code == 304
    Opening.objects.all().delete()
    assert shows_all(client, story, headers={**held, "If-Match": '"x"'})
    assert Opening.objects.count() == 1


@pytest.mark.django_db
def test_a_page_that_fails_after_all_counts_nothing(
    client: Client, story: StoryPage, reader: Any, broken_table: Any
) -> None:
    """metering.md: What spends."""
    client.raise_request_exception = False
    with broken_table("stories_byline"):
        assert client.get(story.get_url()).status_code == 503
    assert not Opening.objects.exists()
    with broken_table("wall_opening"):
        assert not shows_all(client, story)
    assert shows_all(client, story)


@pytest.mark.django_db
def test_a_signed_out_reader_is_a_stranger(client: Client, story: StoryPage, reader: Any) -> None:
    """access.md: Strangers."""
    assert shows_all(client, story)
    client.logout()
    assert not shows_all(client, story)


@pytest.mark.django_db
def test_an_account_closed_in_between_opens_nothing(client: Client, story: StoryPage, reader: Any) -> None:
    """access.md: Closed accounts."""
    assert shows_all(client, story)
    type(reader).objects.filter(pk=reader.pk).update(is_active=False)
    assert not shows_all(client, story)


@pytest.mark.django_db
def test_only_the_connection_tells_an_institution(client: Client, story: StoryPage) -> None:
    """access.md: Institutions."""
    Institution.objects.create(name="Library", networks="192.0.2.0/24")
    assert not shows_all(client, story, headers={"X-Forwarded-For": "192.0.2.1"})
    assert shows_all(client, story, REMOTE_ADDR="192.0.2.1")
