"""What a giver sees of their gifts: the list on the account page, the page of one link, taking it back."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from courant.readers.queries.gifts import given_stories
from courant.stories.addresses import address_of
from courant.wall.given import link_of
from courant.wall.models import Gift, WallSettings
from courant.wall.queries import gifts_to_show
from courant.wall.visits import paper_zone
from tests.factories import make_gift, make_paper, make_reader, make_section, make_story

ACCOUNT = "/account/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def section():
    make_paper()
    return make_section("World")


@pytest.fixture
def giver(client):
    reader = make_reader(state="subscriber")
    client.force_login(reader)
    return reader


def give(giver, story, **values):
    return make_gift(story_id=story.pk, made_at=timezone.now(), giver=giver, **values)


def page_of(response):
    return BeautifulSoup(response.content.decode(), "html.parser")


def words(tag):
    return " ".join(tag.get_text().split())


def gifts_in(client):
    return [words(entry) for entry in page_of(client.get(ACCOUNT)).select(".account__gifts li")]


def test_the_account_lists_what_was_given(client, section, giver):
    story = make_story(section, headline="Herons", access="premium")
    gift = give(giver, story, opened=3, ends_at=timezone.now() + timedelta(days=9))
    page = page_of(client.get(ACCOUNT))
    assert page.select_one("h2#gifts").get_text() == "Stories you gave"
    assert "9 of 10 stories left to give this month." in words(page.main)
    (entry,) = page.select(".account__gifts li")
    assert entry.a["href"] == f"/account/gifts/{gift.pk}/"
    assert "Herons Opened 3 times. Open until" in words(entry)
    assert entry.form["action"] == f"/account/gifts/{gift.pk}/revoke/"
    assert words(entry.button) == "Take back the gift of Herons"


def test_each_state_has_its_words(client, section, giver):
    now = timezone.now()
    story = make_story(section, headline="Herons")
    withdrawn = make_story(section, headline="Geese")
    give(giver, story, ends_at=now, opened=1)
    give(giver, story, revoked_at=now, opened=2)
    give(giver, withdrawn)
    give(giver, story)
    withdrawn.unpublish()
    assert gifts_in(client)[0].startswith("Herons Opened not at all yet. Open until")
    assert gifts_in(client)[1:] == [
        "A story that was withdrawn Opened not at all. The paper has withdrawn the story: the link opens nothing.",
        "Herons Opened twice. You took the gift back.",
        "Herons Opened once. The gift has ended.",
    ]


@pytest.mark.parametrize(("state", "is_told"), [("subscriber", True), ("staff", True), ("registered", False)])
def test_only_who_may_give_is_told_how_many_are_left(client, section, state, is_told):
    reader = make_reader(state=state)
    client.force_login(reader)
    assert ("stories left to give this month" in client.get(ACCOUNT).content.decode()) == is_told
    assert (page_of(client.get(ACCOUNT)).select_one("h2#gifts") is not None) == is_told
    give(reader, make_story(section))
    assert page_of(client.get(ACCOUNT)).select_one("h2#gifts"), "what was given once stays in the giver's hand"


def test_where_giving_is_off_nothing_is_promised(client, section, giver):
    WallSettings.objects.update(gifts_per_month=0)
    assert "0 of 0" not in client.get(ACCOUNT).content.decode()
    assert page_of(client.get(ACCOUNT)).select_one("h2#gifts") is None


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(section, giver, count, django_assert_num_queries):
    stories = [make_story(section) for _ in range(count)]
    for story in stories:
        give(giver, story)
    gifts = gifts_to_show(giver_id=giver.pk, now=timezone.now(), zone=paper_zone())
    with django_assert_num_queries(3):  # gifts, private pages, stories
        given = given_stories(gifts, now=timezone.now())
        assert [story.address for story in given] == [address_of(story) for story in reversed(stories)]


def test_the_page_of_a_gift_has_its_link(client, section, giver):
    story = make_story(section, headline="Herons & geese", access="premium")
    gift = give(giver, story)
    response = client.get(f"/account/gifts/{gift.pk}/")
    page = page_of(response)
    link = f"http://testserver{link_of(gift, address_of(story))}"
    assert "no-store" in response["Cache-Control"]
    assert page.select_one("input#gift-link")["value"] == link
    assert page.select_one("input#gift-link").has_attr("readonly")
    assert [button["data-address"] for button in page.select("[data-share]")] == [link, link]
    mail = page.main.select_one('a[href^="mailto:?subject=Herons%20%26%20geese"]')["href"]
    assert mail.endswith("body=" + link.replace(":", "%3A").replace("/", "%2F").replace("?", "%3F").replace("=", "%3D"))
    assert page.select_one('meta[name="robots"]')["content"] == "noindex"


def test_the_page_of_a_gift_that_is_over_offers_a_new_one(client, section, giver):
    story = make_story(section, access="premium")
    gift = give(giver, story, revoked_at=timezone.now())
    page = page_of(client.get(f"/account/gifts/{gift.pk}/"))
    assert page.h1.get_text() == "This gift is over"
    assert not page.select("input#gift-link")
    assert page.main.select_one("a.button")["href"] == f"/account/gifts/new/?story={story.pk}"
    story.unpublish()
    assert not page_of(client.get(f"/account/gifts/{gift.pk}/")).main.select("a.button")


def test_taking_back_is_one_click_and_says_so(client, section, giver):
    gift = give(giver, make_story(section))
    assert client.get(f"/account/gifts/{gift.pk}/revoke/").status_code == 405
    response = client.post(f"/account/gifts/{gift.pk}/revoke/", follow=True)
    assert response.redirect_chain == [("/account/", 302)]
    assert "The gift is taken back: its link opens nothing any more." in response.content.decode()
    gift.refresh_from_db()
    assert gift.revoked_at is not None


def test_a_gift_of_somebody_else_is_no_page(client, section, giver):
    gift = make_gift(story_id=make_story(section).pk, made_at=timezone.now())
    assert client.get(f"/account/gifts/{gift.pk}/").status_code == 404
    assert client.post(f"/account/gifts/{gift.pk}/revoke/").status_code == 404
    assert client.get(f"/account/gifts/{10**30}/").status_code == 404
    gift.refresh_from_db()
    assert gift.revoked_at is None


def test_strangers_are_sent_to_sign_in(section):
    gift = make_gift(story_id=make_story(section).pk, made_at=timezone.now())
    for ask in (Client().get, Client().post):
        response = ask(f"/account/gifts/{gift.pk}/" + ("revoke/" if ask.__name__ == "post" else ""))
        assert response["Location"].startswith("/account/sign-in/?next=/account/gifts/")
    assert Gift.objects.filter(revoked_at=None).exists()


def test_without_a_token_of_the_form_nothing_is_taken_back(section, giver):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(giver)
    gift = give(giver, make_story(section))
    assert strict.post(f"/account/gifts/{gift.pk}/revoke/").status_code == 403
    gift.refresh_from_db()
    assert gift.revoked_at is None
