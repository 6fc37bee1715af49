"""Giving a story and opening what was given, by real addresses (access.md: Gifts, Institutions)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connections
from django.test import Client
from django.utils import timezone

from courant.stories.addresses import address_of
from courant.stories.models import SectionPage, StoryPage
from courant.wall.given import link_of
from courant.wall.models import Gift, Institution, Opening, WallSettings
from courant.wall.queries import known_networks
from tests.factories import make_gift, make_paper, make_reader, make_section, make_story, paragraph, wall

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
CANARY = "Seventeen grey herons crossed the estuary."
REQUESTS = 20


@pytest.fixture(autouse=True)
def _no_network_remembered() -> None:
    known_networks.forget()


@pytest.fixture
def section(db: None) -> SectionPage:
    make_paper(name="The Meridian", contact_email="desk@paper.example")
    return make_section("World")


@pytest.fixture
def story(section: SectionPage) -> StoryPage:
    return gated(section, "Herons")


@pytest.fixture
def giver(client: Client) -> Any:
    """A subscriber, signed in in the browser of the test."""
    reader = make_reader(state="subscriber")
    client.force_login(reader)
    return reader


def gated(section: SectionPage, headline: str, access: str = "premium") -> StoryPage:
    return make_story(section, headline=headline, access=access, body=[paragraph("Open."), wall(), paragraph(CANARY)])


def set_rules(**values: Any) -> None:
    WallSettings.objects.update(**values)


def give_address(story: StoryPage) -> str:
    return f"/account/gifts/new/?story={story.pk}"


def browser(**headers: Any) -> Client:
    """Somebody else's browser, which says that it is one."""
    return Client(HTTP_USER_AGENT=FIREFOX, **headers)


def link_to(story: StoryPage, **values: Any) -> str:
    return link_of(make_gift(story_id=story.pk, made_at=timezone.now(), **values), address_of(story))


def page_of(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content.decode(), "html.parser")


def words(response: Any) -> str:
    return " ".join(page_of(response).main.get_text().split())


# -- The way to the link -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("state", "access", "is_offered"),
    [
        ("subscriber", "premium", True),
        ("staff", "subscribers", True),
        ("registered", "registered", True),
        ("registered", "subscribers", False),
        ("subscriber", "free", False),
    ],
)
def test_a_story_that_is_not_free_can_be_given_by_who_reads_it(
    section: SectionPage, state: str, access: str, is_offered: bool
) -> None:
    story, client = gated(section, "Herons", access), Client()
    client.force_login(make_reader(state=state))
    found = page_of(client.get(address_of(story))).select(f'a[href="{give_address(story)}"]')
    assert [link.get_text() for link in found] == (["Give this story"] if is_offered else [])
    assert all("nofollow" in link["rel"] for link in found), "not to be prefetched"
    assert not page_of(Client().get(address_of(story))).select('a[href^="/account/gifts/"]')
    set_rules(gifts_per_month=0)
    assert not page_of(client.get(address_of(story))).select('a[href^="/account/gifts/"]')


def test_a_look_gives_nothing_away_and_a_click_makes_the_link(client: Client, story: StoryPage, giver: Any) -> None:
    response = client.get(give_address(story))
    assert "no-store" in response["Cache-Control"]
    assert "It is one of the 10 stories you can still give this month." in words(response)
    assert "for 30 days" in words(response)
    assert not Gift.objects.exists()
    response = client.post(give_address(story))
    gift = Gift.objects.get()
    assert (gift.giver_id, gift.story_id) == (giver.pk, story.pk)
    assert (response.status_code, response["Location"]) == (302, f"/account/gifts/{gift.pk}/")
    for again in (client.get(give_address(story)), client.post(give_address(story))):
        assert again["Location"] == f"/account/gifts/{gift.pk}/", "the same story, the same link"
    assert Gift.objects.count() == 1


def test_how_long_and_how_many_is_the_newsrooms_affair(client: Client, story: StoryPage, giver: Any) -> None:
    set_rules(gifts_per_month=1, gift_days=1)
    response = client.get(give_address(story))
    assert "It is one of the 1 story you can still give" not in words(response)
    assert "It is the last story you can give this month." in words(response)
    assert "for 1 day." in words(response)
    client.post(give_address(story))
    gift = Gift.objects.get()
    assert gift.ends_at == gift.made_at.replace(microsecond=0) + timedelta(days=1)


def test_at_the_limit_the_page_says_so_and_keeps_the_links_that_are_there(
    client: Client, section: SectionPage, story: StoryPage, giver: Any
) -> None:
    set_rules(gifts_per_month=1)
    client.post(give_address(story))
    other = gated(section, "Geese")
    response = client.get(give_address(other))
    assert response.status_code == 200
    assert page_of(response).h1.get_text() == "You have given this month’s stories"
    assert "You can give more from 1 " in words(response)
    assert not page_of(response).main.select("form")
    assert client.post(give_address(other)).status_code == 409
    assert client.get(give_address(story)).status_code == 302
    Gift.objects.update(revoked_at=timezone.now())
    assert "it is not counted again" in words(client.get(give_address(story)))
    assert client.post(give_address(story)).status_code == 302


def test_where_nothing_can_be_given_the_page_says_so(client: Client, story: StoryPage, giver: Any) -> None:
    set_rules(gifts_per_month=0)
    assert "cannot be given just now" in words(client.get(give_address(story)))
    client.post(give_address(story))
    assert not Gift.objects.exists()


def test_strangers_are_asked_to_sign_in_and_come_back(story: StoryPage) -> None:
    client = Client()
    page = page_of(client.get(give_address(story)))
    way = page.main.select_one('a[href^="/account/sign-in/?next="]')["href"]
    assert "Subscribers can give stories" in " ".join(page.main.get_text().split())
    make_reader("sub@paper.example", state="subscriber")
    form = page_of(client.get(way)).main.select_one("form")
    token = form.select_one("input[name=next]")["value"]
    typed = {"email": "sub@paper.example", "password": "correct horse battery staple", "next": token}
    assert client.post("/account/sign-in/", typed)["Location"] == give_address(story)
    assert Client().post(give_address(story)).status_code == 200
    assert not Gift.objects.exists()


def test_registered_readers_are_told_that_subscribers_give(client: Client, story: StoryPage) -> None:
    client.force_login(make_reader())
    response = client.get(give_address(story))
    assert "Your account is not a subscription, so it cannot." in words(response)
    assert page_of(response).select_one('a[href^="mailto:desk@paper.example"]')
    assert client.post(give_address(story)).status_code == 403
    assert not Gift.objects.exists()


def test_a_free_story_needs_no_gift(client: Client, section: SectionPage, giver: Any) -> None:
    free = gated(section, "Free", "free")
    soon_gated = make_story(section, access="premium", free_until=timezone.now() + timedelta(days=1))
    for story in (free, soon_gated):
        assert page_of(client.get(give_address(story))).h1.get_text() == "This story is free for everyone"
        assert client.post(give_address(story)).status_code == 200
    assert not Gift.objects.exists()


def test_a_withdrawn_story_cannot_be_given_and_a_draft_is_unknown(
    client: Client, section: SectionPage, story: StoryPage, giver: Any
) -> None:
    story.unpublish()
    for response in (client.get(give_address(story)), client.post(give_address(story))):
        assert response.status_code == 410
        assert page_of(response).h1.get_text() == "This story was withdrawn"
        assert story.headline not in response.content.decode()
    draft = make_story(section, access="premium", live=False)
    for number in (draft.pk, section.pk, 10**6, "9" * 18, "9" * 5_000, "-1", "x", "", "١"):
        assert client.get(f"/account/gifts/new/?story={number}").status_code == 404, number
    assert client.get("/account/gifts/new/").status_code == 404
    assert client.put(give_address(story)).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_parallel_requests_at_the_last_gift_make_one_link() -> None:
    make_paper()
    section = make_section("World")
    set_rules(gifts_per_month=2)
    giver = make_reader(state="subscriber")
    clients = [Client() for _ in range(REQUESTS)]
    for client in clients:
        client.force_login(giver)
    stories = [gated(section, f"Story {number}") for number in range(REQUESTS)]
    make_gift(story_id=stories[-1].pk + 1, made_at=timezone.now(), giver=giver)
    statuses = in_parallel(lambda number: clients[number].post(give_address(stories[number])).status_code)
    assert sorted(statuses) == [302] + [409] * (REQUESTS - 1)
    assert Gift.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_parallel_requests_for_one_story_make_one_link() -> None:
    make_paper()
    story = gated(make_section("World"), "Herons")
    giver = make_reader(state="subscriber")
    clients = [Client() for _ in range(REQUESTS)]
    for client in clients:
        client.force_login(giver)
    places = in_parallel(lambda number: clients[number].post(give_address(story))["Location"])
    assert set(places) == {f"/account/gifts/{Gift.objects.get().pk}/"}


def in_parallel(work: Any) -> list[Any]:
    start = Barrier(REQUESTS)

    def one(number: int) -> Any:
        start.wait()
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(REQUESTS) as threads:
        return list(threads.map(one, range(REQUESTS)))


# -- The way in ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("access", ["registered", "premium", "subscribers"])
def test_a_link_opens_the_story_and_says_who_gave_it(section: SectionPage, access: str) -> None:
    story = gated(section, "Herons", access)
    stranger, link = browser(), link_to(story)
    response = stranger.get(link)
    page = page_of(response)
    assert CANARY in response.content.decode()
    assert "A subscriber gave you this story" in words(response)
    assert page.main.select_one('.meter a[href^="/account/register/?next="]').get_text() == "Register for free"
    assert not page.select(".wall")
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex, noarchive"
    assert page.select_one("link[rel=canonical]")["href"] == f"http://testserver{address_of(story)}"
    assert "gift=" not in response.content.decode().replace("gift=None", ""), "the token stands nowhere in the page"


def test_the_browser_comes_back_by_the_plain_address(story: StoryPage) -> None:
    stranger = browser()
    stranger.get(link_to(story))
    for _ in range(2):
        response = stranger.get(address_of(story))
        assert CANARY in response.content.decode()
        assert response["Cache-Control"] == "private, no-store"
    assert Gift.objects.get().opened == 1
    assert CANARY not in browser().get(address_of(story)).content.decode()


def test_a_reader_with_a_meter_spends_nothing_on_a_gift(client: Client, story: StoryPage) -> None:
    client.force_login(make_reader())
    response = client.get(link_to(story))
    assert CANARY in response.content.decode()
    assert "It counts as none of yours." in words(response)
    assert not page_of(response).select('a[href^="/account/register/"]')
    assert not Opening.objects.exists()


def test_only_a_page_that_is_read_counts(story: StoryPage) -> None:
    link = link_to(story)
    for method, headers in (
        ("head", {}),
        ("get", {"Sec-Purpose": "prefetch"}),
        ("get", {"Purpose": "prefetch"}),
        ("get", {"User-Agent": "facebookexternalhit/1.1"}),
    ):
        response = getattr(browser(), method)(link, headers=headers)
        assert response.status_code == (503 if "prefetch" in headers.values() else 200)
        assert Gift.objects.get().opened == 0, headers
    subscriber = browser()
    subscriber.force_login(Gift.objects.get().giver)
    subscriber.get(link)
    assert Gift.objects.get().opened == 0
    for stranger in (browser(), browser()):
        for _ in range(2):
            stranger.get(link)
    assert Gift.objects.get().opened == 2


FAULTS = {
    "altered": "This gift link is not complete, or was changed on its way.",
    "other_story": "This gift link belongs to another story and does not open this one.",
    "ended": "This gift has ended.",
    "revoked": "This gift was taken back",
}


def test_each_link_that_does_not_hold_has_its_own_words(section: SectionPage, story: StoryPage) -> None:
    now = timezone.now()
    other = link_to(gated(section, "Geese")).partition("?")[2]
    links = {
        "altered": link_to(story)[:-1],
        "other_story": f"{address_of(story)}?{other}",
        "ended": link_to(story, ends_at=now.replace(microsecond=0)),
        "revoked": link_to(story, revoked_at=now),
    }
    for fault, link in links.items():
        response = browser().get(link)
        assert response.status_code == 200, fault
        assert CANARY not in response.content.decode(), fault
        assert FAULTS[fault] in words(response), fault
        assert page_of(response).select(".wall"), fault
        assert response["Cache-Control"] == "private, no-store", fault
        assert "courant_gift" not in response.cookies, fault


def test_who_follows_a_bad_link_is_asked_before_a_story_is_spent(client: Client, story: StoryPage) -> None:
    client.force_login(make_reader())
    response = client.get(f"{address_of(story)}?gift=bad")
    assert CANARY not in response.content.decode()
    assert page_of(response).select_one(f'.wall a.button[href="{address_of(story)}"]').get_text() == "Open the story"
    assert not Opening.objects.exists()
    assert CANARY in client.get(address_of(story)).content.decode()
    assert Opening.objects.count() == 1


def test_taking_back_ends_it_for_those_who_have_opened_it_too(story: StoryPage) -> None:
    stranger, link = browser(), link_to(story)
    stranger.get(link)
    Gift.objects.update(revoked_at=timezone.now())
    assert CANARY not in stranger.get(address_of(story)).content.decode()
    assert "taken back" in words(stranger.get(link))


def test_a_withdrawn_story_says_that_the_gift_went_with_it(story: StoryPage) -> None:
    link = link_to(story)
    story.unpublish()
    response = browser().get(link)
    assert response.status_code == 410
    assert "It was given to you, and the gift has ended with it." in words(response)
    assert "given to you" not in words(browser().get(address_of(story)))


def test_a_gift_follows_a_story_that_moves(story: StoryPage, django_capture_on_commit_callbacks: Any) -> None:
    link = link_to(story)
    story.slug = "herons-again"
    with django_capture_on_commit_callbacks(execute=True):
        story.save_revision().publish()
    response = browser().get(link, follow=True)
    assert [status for _, status in response.redirect_chain] == [301]
    assert CANARY in response.content.decode()
    assert browser().get(link.replace("?gift=", "?page="))["Location"].endswith("/world/herons-again/")


def test_a_gift_opens_neither_lists_nor_search(story: StoryPage) -> None:
    stranger = browser()
    stranger.get(link_to(story))
    for path in ("/", "/world/", "/search/?q=herons", "/feeds/rss.xml", "/feeds/world/rss.xml",
                 f"/oembed/?url=http://testserver{address_of(story)}"):  # fmt: skip
        response = stranger.get(path)
        assert response.status_code == 200, path
        assert "herons crossed" not in response.content.decode(), path


# -- Institutions ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8:1::7"])
def test_an_institution_is_named_where_it_gives_access(story: StoryPage, address: str) -> None:
    Institution.objects.create(name="Riverside Library", networks="192.0.2.0/24\n2001:db8::/32")
    response = browser(REMOTE_ADDR=address).get(address_of(story))
    assert CANARY in response.content.decode()
    assert page_of(response).select_one(".meter").get_text().strip() == "Riverside Library gives you access."
    elsewhere = browser(REMOTE_ADDR="198.51.100.7").get(address_of(story))
    assert "Riverside" not in elsewhere.content.decode()
    subscriber = browser(REMOTE_ADDR=address)
    subscriber.force_login(make_reader(state="subscriber"))
    assert "Riverside" not in subscriber.get(address_of(story)).content.decode()


def test_a_name_with_signs_in_it_stays_a_name(story: StoryPage) -> None:
    Institution.objects.create(name="<b>R&D</b>", networks="192.0.2.0/24")
    response = browser(REMOTE_ADDR="192.0.2.7").get(address_of(story))
    assert page_of(response).select_one(".meter strong").get_text() == "<b>R&D</b>"
