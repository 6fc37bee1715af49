"""Pages that one host prints for all, and never after something in them was withdrawn."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from courant.edge.environment import close_environment
from courant.edge.store import Store
from courant.press.actions import forget_old, press, withdraw
from courant.press.enums import Outcome
from courant.press.models import SharedPage, Withdrawal
from courant.press.sharing import fetch_shared
from courant.stories.models import StoryPage
from tests.factories import make_paper, make_section, make_story
from tests.press.conftest import Host

pytestmark = pytest.mark.django_db(transaction=True)
TALKS = "/world/talks/"


@pytest.fixture
def talks(transactional_db: None, host: Host, settings: Any) -> StoryPage:
    settings.PRESS_SHARE = "database"
    make_paper()
    return make_story(make_section("World", default_access="premium"), headline="Talks")


@pytest.fixture
def other(tmp_path: Path) -> Any:
    """The store of a second host."""
    store = Store(tmp_path / "other")
    yield store
    close_environment(store.folder)


def press_in(store: Store, *, takes_shared: bool = True) -> Outcome:
    return press(address=TALKS, store=store, now=timezone.now(), takes_shared=takes_shared)


def test_what_one_host_printed_another_fetches(talks: StoryPage, host: Host, other: Store) -> None:
    assert press_in(host.store) == Outcome.PRESSED
    assert press_in(other) == Outcome.FETCHED
    mine, its = host.store.page(TALKS), other.page(TALKS)
    assert its == mine
    for variant in mine.variants.values():
        for encoding in ("identity", "gzip", "br", "zstd"):
            assert other.body(variant.digest, encoding) == host.store.body(variant.digest, encoding)


def test_without_the_setting_nothing_is_shared(talks: StoryPage, host: Host, other: Store, settings: Any) -> None:
    settings.PRESS_SHARE = "none"
    assert press_in(host.store) == Outcome.PRESSED
    assert press_in(other) == Outcome.PRESSED
    assert not SharedPage.objects.exists()


def test_what_was_withdrawn_is_printed_anew(talks: StoryPage, host: Host, other: Store) -> None:
    press_in(host.store)
    story = StoryPage.objects.get(pk=talks.pk)
    story.title = "Talks fail"
    story.save_revision().publish()
    assert press_in(other) == Outcome.PRESSED
    assert press_in(host.store) == Outcome.FETCHED, "and the new print is for all again"
    assert "Talks fail" in host.text(TALKS)


def test_old_furniture_is_fetched_but_renewed_by_printing(talks: StoryPage, host: Host, other: Store) -> None:
    press_in(host.store)
    withdraw(keys=["furniture"], now=timezone.now())
    assert press_in(other) == Outcome.FETCHED
    assert press_in(other, takes_shared=False) == Outcome.PRESSED


def test_a_page_printed_before_a_change_and_shared_after_it_is_not_fetched(
    talks: StoryPage, host: Host, other: Store
) -> None:
    """Its position was taken before it was printed: the change is news to it."""
    press_in(host.store)
    row = SharedPage.objects.get()
    withdraw(keys=[f"story/{talks.pk}"], now=timezone.now())
    row.delete()
    row.pk = None
    row.save()
    assert fetch_shared(TALKS, timezone.now()) is None


def test_a_change_that_comes_through_late_ends_what_was_shared_meanwhile(
    talks: StoryPage, host: Host, other: Store
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite nobody prints while a change is being written and another is committed")
    written, through = threading.Event(), threading.Event()

    def change_slowly() -> None:
        with transaction.atomic():
            withdraw(keys=[f"story/{talks.pk}"], now=timezone.now())
            connection.run_on_commit.clear()
            written.set()
            through.wait(20)
        connections.close_all()

    slow = threading.Thread(target=change_slowly)
    slow.start()
    assert written.wait(10)
    withdraw(keys=["story/999999"], now=timezone.now())  # a later row that is through before
    press_in(host.store)
    assert fetch_shared(TALKS, timezone.now()) is not None, "until then it is the truth"
    through.set()
    slow.join()
    assert fetch_shared(TALKS, timezone.now()) is None


def test_another_edition_is_of_no_use(talks: StoryPage, host: Host, other: Store, settings: Any) -> None:
    press_in(host.store)
    settings.LANGUAGE_CODE = "en"
    assert press_in(other) == Outcome.PRESSED
    assert SharedPage.objects.count() == 2


def test_what_is_past_its_time_is_not_fetched_and_then_forgotten(talks: StoryPage, host: Host, other: Store) -> None:
    press(address=TALKS, store=host.store, now=timezone.now() - timedelta(days=2))
    assert fetch_shared(TALKS, timezone.now()) is None
    forget_old(now=timezone.now())
    assert not SharedPage.objects.exists()
    assert Withdrawal.objects.exists()


def test_all_variants_together_take_little_more_room_than_one(talks: StoryPage, host: Host) -> None:
    press_in(host.store)
    page = host.store.page(TALKS)
    largest = max(len(host.store.body(variant.digest, "zstd")) for variant in page.variants.values())
    assert len(page.variants) == 4
    assert len(bytes(SharedPage.objects.get().content)) < 2 * largest
