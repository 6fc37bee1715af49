"""Withdrawing and pressing: what overtakes what."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.models.signals import post_save
from django.test import Client
from django.utils import timezone

from courant.press import rendering
from courant.press.actions import MOST_WANTED, apply_changes, press, want, withdraw
from courant.press.enums import Outcome
from courant.press.models import Withdrawal
from courant.press.queries import Change
from courant.press.stores import local_store
from courant.stories.models import StoryPage
from courant.wall.models import WallSettings
from tests.factories import make_paper, make_section, make_story
from tests.press.conftest import Host

pytestmark = pytest.mark.django_db(transaction=True)
TALKS = "/world/talks/"


@pytest.fixture
def talks(transactional_db: None, host: Host) -> StoryPage:
    make_paper()
    return make_story(make_section("World"), headline="Talks", access="free", paragraphs=["One.", "Two.", "Three."])


class Pausing:
    """A middleware that holds an answer back when it has been printed, until it is let go."""

    printed, let_go = threading.Event(), threading.Event()

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        response = self.get_response(request)
        self.printed.set()
        assert self.let_go.wait(20)
        return response


@pytest.fixture
def in_the_middle(settings: Any) -> Iterator[Callable[[Callable[[], Any]], Outcome]]:
    """Press the talks in a thread, and do something while the printed page is on its way into the store."""
    settings.MIDDLEWARE = ["tests.press.test_actions.Pausing", *settings.MIDDLEWARE]
    rendering.handler.cache_clear()
    Pausing.printed.clear()
    Pausing.let_go.clear()

    def run(deed: Callable[[], Any]) -> Outcome:
        outcomes: list[Outcome] = []

        def press_slowly() -> None:
            outcomes.append(press(address=TALKS, store=local_store(), now=timezone.now()))
            connections.close_all()

        thread = threading.Thread(target=press_slowly)
        thread.start()
        assert Pausing.printed.wait(20)
        deed()
        Pausing.let_go.set()
        thread.join()
        return outcomes[0]

    yield run
    rendering.handler.cache_clear()


def publish(story: StoryPage, **fields: Any) -> None:
    story = StoryPage.objects.get(pk=story.pk)
    for name, value in fields.items():
        setattr(story, name, value)
    story.save_revision().publish()


def test_what_is_published_while_its_page_is_printed_is_never_stored_old(
    talks: StoryPage, host: Host, in_the_middle: Callable[[Callable[[], Any]], Outcome]
) -> None:
    outcome = in_the_middle(lambda: publish(talks, title="Talks fail", access="subscribers"))
    assert outcome == Outcome.OVERTAKEN
    assert not host.has(TALKS)
    Pausing.let_go.set()
    assert host.press(TALKS) == Outcome.PRESSED
    assert "Talks fail" in host.text(TALKS)
    assert "Three." not in host.text(TALKS)


def test_what_changes_elsewhere_while_a_page_is_printed_does_not_hold_it_up(
    talks: StoryPage, host: Host, in_the_middle: Callable[[Callable[[], Any]], Outcome]
) -> None:
    assert in_the_middle(lambda: withdraw(keys=["story/999999"], now=timezone.now())) == Outcome.PRESSED
    assert host.has(TALKS)


def test_pressing_and_publishing_at_once_never_leaves_old_words(talks: StoryPage, host: Host) -> None:
    stopping = threading.Event()

    def press_on() -> None:
        while not stopping.is_set():
            press(address=TALKS, store=local_store(), now=timezone.now())
        connections.close_all()

    pressing = threading.Thread(target=press_on)
    pressing.start()
    try:
        for number in range(25):
            publish(talks, title=f"Talks, day {number}")
            for _ in range(5):
                reply = host.ask(TALKS)
                assert reply is None or f"Talks, day {number}<" in reply.body.decode()
    finally:
        stopping.set()
        pressing.join()


def test_nothing_is_withdrawn_before_it_is_through(talks: StoryPage, host: Host) -> None:
    host.press(TALKS)
    with transaction.atomic():
        publish(talks, title="Talks fail")
        assert host.has(TALKS), "readers may read what is still the truth"
    assert not host.has(TALKS)


def test_what_a_savepoint_takes_back_is_not_withdrawn_and_all_else_is_in_one_deed(talks: StoryPage, host: Host) -> None:
    host.press(TALKS)
    host.press("/world/")
    sequence = host.store.sequence()
    with transaction.atomic():
        withdraw(keys=["story/1"], now=timezone.now())
        withdraw(keys=["story/2"], now=timezone.now())
        with transaction.atomic():
            withdraw(keys=[f"stories-in/{talks.get_parent().pk}"], now=timezone.now())
        with suppress(ZeroDivisionError), transaction.atomic():
            withdraw(keys=[f"story/{talks.pk}"], now=timezone.now())
            raise ZeroDivisionError
    assert not host.has("/world/")
    assert host.has(TALKS)
    assert host.store.sequence() == sequence + 2


def test_the_row_and_the_change_are_one_transaction_also_where_nobody_opened_one(transactional_db: None) -> None:
    """Django sends post_save of a single table after its commit; a fault there would leave the one without the other."""
    make_paper()
    Withdrawal.objects.all().delete()
    rules = WallSettings.objects.get()
    rules.premium_per_month = 8

    def fail(**kwargs: Any) -> None:
        raise RuntimeError

    post_save.connect(fail, sender=WallSettings)
    try:
        with pytest.raises(RuntimeError):
            rules.save()
    finally:
        post_save.disconnect(fail, sender=WallSettings)
    assert WallSettings.objects.get().premium_per_month == 5
    assert not Withdrawal.objects.exists()


def test_very_many_withdrawn_pages_are_not_queued(transactional_db: None, host: Host) -> None:
    """The worker goes through the whole paper then, the front page first."""
    apply_changes([Change(1, "story/1", timezone.now())])
    assert host.store.wanted(10) == []
    want([f"/world/{number}/" for number in range(MOST_WANTED + 1)], store=host.store)
    assert host.store.wanted(10) == []
    want(["/world/1/", "/world/?page=7"], store=host.store)
    assert host.store.wanted(10) == ["/world/1/"]


# -- Missed pages ---------------------------------------------------------------------------------------
def test_a_page_that_django_had_to_answer_is_wanted(talks: StoryPage, host: Host) -> None:
    host.store.unwant(*host.store.wanted(100))
    assert Client().get(TALKS).status_code == 200
    assert host.store.wanted(10) == [TALKS]
    assert host.press_all() == {TALKS: Outcome.PRESSED}
    Client().get(TALKS)
    assert host.store.wanted(10) == [], "what is stored is not wanted"


def test_what_is_no_stored_page_is_not_wanted(talks: StoryPage, host: Host) -> None:
    host.store.unwant(*host.store.wanted(100))
    client = Client()
    for address in (
        "/search/?q=talks",
        "/account/register/",
        "/world/nothing/",
        "/-/me",
        "/world/?page=9",
        f"{TALKS}?x=1",
    ):
        client.get(address)
    client.head("/world/")
    client.post(TALKS)
    assert host.store.wanted(10) == []


def test_a_page_past_its_time_is_wanted(talks: StoryPage, host: Host) -> None:
    press(address=TALKS, store=host.store, now=timezone.now() - timedelta(days=2))
    assert host.ask(TALKS) is None
    host.store.unwant(*host.store.wanted(100))
    Client().get(TALKS)
    assert host.store.wanted(10) == [TALKS]


def test_a_page_that_is_gone_by_no_key_is_removed_when_it_is_pressed(talks: StoryPage, host: Host, caplog: Any) -> None:
    host.press(TALKS)
    host.press("/world/")
    StoryPage.objects.filter(pk=talks.pk).update(live=False)  # past every signal
    assert host.press(TALKS) == Outcome.NO_PAGE
    assert not host.has(TALKS)
    assert host.has("/world/"), "and nothing else with it"
    assert f"{TALKS} was stored" in caplog.text


def test_a_story_that_is_unpublished_while_django_fails_is_not_pressed(talks: StoryPage, host: Host) -> None:
    host.press(TALKS)
    StoryPage.objects.get(pk=talks.pk).unpublish()
    assert host.press_all()[TALKS] == Outcome.NO_PAGE
    assert host.ask(TALKS) is None


def test_a_new_story_is_pressed_before_anybody_asks(talks: StoryPage, host: Host) -> None:
    host.store.unwant(*host.store.wanted(100))
    make_story(talks.get_parent(), headline="Summit")
    make_story(talks.get_parent(), headline="A draft", live=False)
    assert "/world/summit/" in host.store.wanted(100)
    assert "/world/a-draft/" not in host.store.wanted(100)
    host.press_all()
    assert "Summit" in host.text("/world/summit/")
