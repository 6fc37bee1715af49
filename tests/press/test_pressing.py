"""The worker: what is wanted at once, and in its idle time what the paper lacks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from courant.edge.pages import EdgeSettings
from courant.press.actions import press
from courant.press.models import Withdrawal
from courant.press.pressing import Idle, Presser, press_what_is_wanted
from courant.press.queries import public_addresses
from courant.readers.actions.legal import install_legal_documents
from courant.stories.models import StoryPage
from tests.factories import make_author, make_paper, make_section, make_story, make_topic
from tests.press.conftest import Host

pytestmark = pytest.mark.django_db(transaction=True)
TALKS, HARBOUR, TRAM = "/world/talks/", "/world/harbour/", "/city/tram/"


@pytest.fixture
def stories(transactional_db: None, host: Host) -> dict[str, StoryPage]:
    make_paper()
    install_legal_documents(now=timezone.now())
    world, city = make_section("World"), make_section("City")
    return {
        "talks": make_story(world, headline="Talks", bylines=[make_author()], topics=[make_topic()]),
        "harbour": make_story(world, headline="Harbour"),
        "tram": make_story(city, headline="Tram"),
    }


@pytest.fixture
def presser(stories: dict[str, StoryPage]) -> Iterator[Presser]:
    working = Presser()
    yield working
    working.stop()
    connections.close_all()


def wait_until(is_so: Callable[[], Any], seconds: float = 20.0) -> float:
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, "it did not come about"
        time.sleep(0.005)
    return time.monotonic() - began


def test_the_whole_paper_is_printed_by_itself(presser: Presser, host: Host) -> None:
    presser.start()
    lacking = set(public_addresses())
    wait_until(lambda: all(map(host.has, lacking)), 60)
    assert {"/", "/world/", TALKS, "/topics/geneva-talks/", "/feeds/city/atom.xml", "/legal/terms-of-use/"} <= lacking


def test_what_is_wanted_is_begun_within_a_tenth_of_a_second(presser: Presser, host: Host) -> None:
    presser.idle.filled_at = time.monotonic()  # not now
    presser.idle.sequence = host.store.sequence()
    presser.start()
    host.store.want("/robots.txt")
    wait_until(lambda: host.has("/robots.txt"))
    took = []
    for _ in range(5):
        time.sleep(0.2)
        host.store.want("/no-such-page/")
        took.append(wait_until(lambda: not host.store.wanted(1)))
    assert min(took) < 0.1, "the best of five: other work may stand in the way, a longer wait may not"


def test_only_one_process_of_a_host_presses(presser: Presser, host: Host) -> None:
    presser.start()
    wait_until(lambda: presser.lock is not None)
    assert press_what_is_wanted() == 0


def test_a_worker_of_another_edition_presses_nothing(presser: Presser, host: Host) -> None:
    host.store.set_settings(EdgeSettings(5, 0, [], "another"))
    host.store.want(TALKS)
    presser.start()
    wait_until(lambda: presser.lock is not None)
    time.sleep(0.5)
    assert not host.has(TALKS)
    assert not presser.is_mine


def test_one_page_that_fails_does_not_stop_the_others(stories: dict[str, StoryPage], host: Host, caplog: Any) -> None:
    host.press(TRAM)
    host.store.unwant(*host.store.wanted(100))
    StoryPage.objects.filter(pk=stories["tram"].pk).update(access="no access")
    host.store.want(TRAM, "/authors/", HARBOUR)
    assert press_what_is_wanted() == 3
    assert host.has(HARBOUR)
    assert host.has(TRAM), "what is stored is right until it is withdrawn"
    assert host.store.wanted(10) == []
    assert f"{TRAM} is answered with 500" in caplog.text or f"{TRAM} cannot be pressed" in caplog.text


# -- Idle time ------------------------------------------------------------------------------------------
def fill(host: Host) -> None:
    for address in public_addresses():
        host.press(address)


def all_of(idle: Idle) -> list[str]:
    found = []
    while (address := idle.next(timezone.now())) is not None:
        found.append(address)
    return found


def test_a_publication_renews_the_lists_beside_other_stories_softly(stories: dict[str, StoryPage], host: Host) -> None:
    for address in (TALKS, HARBOUR, TRAM):
        press(address=address, store=host.store, now=timezone.now() - timedelta(minutes=5))
    Withdrawal.objects.all().delete()
    make_story(stories["talks"].get_parent(), headline="Summit")
    assert "Summit" not in host.text(HARBOUR), "served as it is"
    assert Idle().old_furniture(timezone.now()) == [HARBOUR, TALKS], "the newest story first; the tram stands in City"
    host.press(HARBOUR)
    assert "Summit" in host.text(HARBOUR)


def test_furniture_that_was_renewed_is_left_alone(stories: dict[str, StoryPage], host: Host) -> None:
    press(address=HARBOUR, store=host.store, now=timezone.now() - timedelta(minutes=5))
    make_story(stories["talks"].get_parent(), headline="Summit")
    idle = Idle()
    assert idle.old_furniture(timezone.now()) == [HARBOUR]
    press(address=HARBOUR, store=host.store, now=timezone.now() + timedelta(seconds=5))
    assert idle.old_furniture(timezone.now()) == []


def test_what_lacks_is_told_with_the_most_important_first(stories: dict[str, StoryPage], host: Host) -> None:
    Withdrawal.objects.all().delete()
    found = all_of(Idle())
    assert found[:3] == ["/", "/world/", "/city/"]
    assert found[-3:] == [TRAM, HARBOUR, TALKS]
    fill(host)
    Withdrawal.objects.all().delete()
    assert all_of(Idle()) == []


def test_what_ends_soon_is_renewed_before_it_ends(stories: dict[str, StoryPage], host: Host) -> None:
    fill(host)
    press(address="/", store=host.store, now=timezone.now() - timedelta(hours=21, minutes=59))
    page = host.store.page("/")
    if page.fresh_until - time.time() > 900:
        press(address="/", store=host.store, now=timezone.now() - timedelta(hours=23, minutes=55))
    assert "/" in all_of(Idle())


def test_after_a_change_of_everything_the_paper_is_filled_again(stories: dict[str, StoryPage], host: Host) -> None:
    fill(host)
    idle = Idle()
    all_of(idle)
    host.store.withdraw(["all"])
    idle.filled_at -= 61
    assert TALKS in all_of(idle)


def test_a_stopped_thread_ends(presser: Presser) -> None:
    presser.start()
    presser.stop()
    assert not presser.is_alive()
    assert threading.active_count() >= 1
