"""What was committed anywhere is in force on every host, in whatever order transactions came through, and after a crash."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections, transaction
from django.utils import timezone

from courant.press import ledger
from courant.press.actions import KEPT, forget_old, withdraw
from courant.press.edition import edition, settle_edition
from courant.press.following import Follower, Following
from courant.press.models import Follower as FollowerRow
from courant.press.models import Withdrawal
from courant.press.queries import changes_since, newest_position
from courant.press.stores import local_ledger
from courant.stories.models import StoryPage
from courant.wall.actions import end_passes
from courant.wall.enums import ReaderState
from courant.wall.models import WallSettings
from courant.wall.passes import Pass
from tests.factories import make_paper, make_section, make_story
from tests.press.conftest import Host, environment_of_host

pytestmark = pytest.mark.django_db(transaction=True)
TALKS = "/world/talks/"


@pytest.fixture
def talks(transactional_db: None, host: Host, follow: Any) -> StoryPage:
    make_paper()
    story = make_story(make_section("World"), headline="Talks")
    follow()
    host.press(TALKS)
    return story


def withdraw_elsewhere(*keys: str) -> None:
    """As another host would: the rows are committed, and nobody has told this store."""
    now = timezone.now()
    with transaction.atomic():
        withdraw(keys=keys, now=now)
        connection.run_on_commit.clear()


def test_a_change_made_elsewhere_is_followed(talks: StoryPage, host: Host, follow: Callable[[], int]) -> None:
    withdraw_elsewhere(f"story/{talks.pk}")
    assert host.has(TALKS)
    assert follow() == 1
    assert not host.has(TALKS)
    assert TALKS in host.store.wanted(10), "and it is pressed anew before anybody asks"


def test_what_this_host_did_itself_is_not_done_again(talks: StoryPage, host: Host, follow: Callable[[], int]) -> None:
    withdraw(keys=[f"story/{talks.pk}"], now=timezone.now())
    assert not host.has(TALKS)
    host.press_all()
    assert follow() == 0
    assert host.has(TALKS)


def test_a_change_that_is_taken_back_withdraws_nothing(talks: StoryPage, host: Host, follow: Callable[[], int]) -> None:
    with transaction.atomic():
        withdraw(keys=["all"], now=timezone.now())
        transaction.set_rollback(True)
    assert follow() == 0
    assert host.has(TALKS)


def test_transactions_that_end_in_another_order_are_all_heard_of(host: Host, follow: Callable[[], int]) -> None:
    """The row with the lower number is committed last. SQLite's writers wait for one another: there is no such order."""
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL lets two write at once")
    written, through = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            withdraw(keys=["story/1"], now=timezone.now())
            connection.run_on_commit.clear()
            written.set()
            through.wait(10)
        connections.close_all()

    slow = threading.Thread(target=write_slowly)
    slow.start()
    assert written.wait(10)
    withdraw_elsewhere("story/2")
    assert follow() == 1
    assert follow() == 0
    through.set()
    slow.join()
    assert follow() == 1, "the earlier row, which came through later"
    assert [row.key for row in Withdrawal.objects.order_by("pk")] == ["story/1", "story/2"]


def test_a_position_knows_exactly_what_came_after(transactional_db: None) -> None:
    before = newest_position()
    withdraw(keys=["story/1", "story/2"], now=timezone.now())
    middle, changes = changes_since(before)
    assert {change.key for change in changes} == {"story/1", "story/2"}
    assert changes_since(middle)[1] == []
    withdraw(keys=["story/3"], now=timezone.now())
    assert [change.key for change in changes_since(middle)[1]] == ["story/3"]
    assert [change.key for change in changes_since(before, ["story/2", "story/9"])[1]] == ["story/2"]


def test_a_follower_that_was_away_too_long_begins_with_an_empty_store(talks: StoryPage, host: Host) -> None:
    long_ago = (timezone.now() - KEPT).timestamp()
    local_ledger().note_fact("followed_at", long_ago)
    Following().follow(timezone.now())
    assert not host.has(TALKS)


def test_a_follower_goes_on_where_it_stopped(talks: StoryPage, host: Host) -> None:
    Following().report(timezone.now())
    withdraw_elsewhere(f"story/{talks.pk}")
    assert Following().follow(timezone.now()) == 1
    assert not host.has(TALKS)


def test_passes_that_ended_elsewhere_end_here(transactional_db: None, host: Host, follow: Callable[[], int]) -> None:
    living = Pass("r1", ReaderState.REGISTERED, "s1", 3, 2**40)
    with transaction.atomic():
        end_passes(session="s1", now=timezone.now())
        connection.run_on_commit.clear()
    assert not host.store.is_ended(living)
    follow()
    assert host.store.is_ended(living)
    assert not host.store.is_ended(Pass("r1", ReaderState.REGISTERED, "s2", 3, 2**40))
    with transaction.atomic():
        end_passes(reader="r1", version=3, now=timezone.now())
        connection.run_on_commit.clear()
    follow()
    assert host.store.is_ended(Pass("r1", ReaderState.REGISTERED, "s2", 3, 2**40))
    assert not host.store.is_ended(Pass("r1", ReaderState.REGISTERED, "s2", 4, 2**40))


def test_passes_that_end_here_end_at_once(transactional_db: None, host: Host) -> None:
    end_passes(session="s1", now=timezone.now())
    assert host.store.is_ended(Pass("r1", ReaderState.REGISTERED, "s1", 3, 2**40))


def test_settings_changed_elsewhere_are_known_here(talks: StoryPage, host: Host, follow: Callable[[], int]) -> None:
    WallSettings.objects.update(premium_per_month=7)
    withdraw_elsewhere("wall")
    follow()
    assert host.store.settings().premium_per_month == 7
    assert host.store.settings().edition == edition()


def test_only_one_process_of_a_host_follows_and_says_so(talks: StoryPage, host: Host) -> None:
    first, second = Follower(), Follower()
    first.start()
    second.start()
    try:
        wait_until(lambda: first.lock is not None or second.lock is not None)
        wait_until(FollowerRow.objects.exists)
        withdraw_elsewhere(f"story/{talks.pk}")
        began = time.monotonic()
        wait_until(lambda: not host.has(TALKS))
        assert time.monotonic() - began < 1.5
        assert (first.lock is None) != (second.lock is None)
    finally:
        first.stop()
        second.stop()
        connections.close_all()
    assert FollowerRow.objects.count() == 1


def test_withdrawals_are_forgotten_when_nobody_can_need_them(transactional_db: None, host: Host) -> None:
    now = timezone.now()
    withdraw(keys=["story/1"], now=now - KEPT - timedelta(hours=2))
    withdraw(keys=["story/2"], now=now)
    assert forget_old(now=now) == 1
    assert [row.key for row in Withdrawal.objects.all()] == ["story/2"]


# -- Crashes --------------------------------------------------------------------------------------------
KILLED = """
import os, signal, django
django.setup()
from django.db import transaction
from courant.stories.models import StoryPage
with transaction.atomic():
    # Runs first of all that follows the commit: the change is through, the store has not heard of it.
    transaction.on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))
    story = StoryPage.objects.get(pk={story})
    story.title = "Talks fail"
    story.save_revision().publish()
"""


def test_a_process_killed_between_commit_and_withdrawal_is_made_good_by_the_follower(
    talks: StoryPage, host: Host, follow: Callable[[], int]
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED.format(story=talks.pk))],
        env=environment_of_host(Path(django_settings.PRESS_FOLDER).parent),
        timeout=60,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert StoryPage.objects.get(pk=talks.pk).title == "Talks fail"
    assert "Talks fail" not in host.text(TALKS), "the store has not heard of it"
    assert follow() > 0
    assert not host.has(TALKS)
    host.press_all()
    assert "Talks fail" in host.text(TALKS)


# -- Editions -------------------------------------------------------------------------------------------
def test_a_store_of_another_edition_is_emptied(talks: StoryPage, host: Host, settings: Any) -> None:
    assert not settle_edition()
    assert host.has(TALKS)
    settings.LANGUAGE_CODE = "de"
    assert settle_edition()
    assert not host.has(TALKS)
    assert host.store.settings().edition == edition()
    assert host.store.settings().premium_per_month == 5, "what the newsroom set is kept"


@pytest.mark.parametrize(
    ("name", "value"),
    [("SITE_URL", "https://other.example"), ("TIME_ZONE", "Asia/Tokyo"), ("SECRET_KEY", "another"), ("LANGUAGE_CODE", "fr")],
)  # fmt: skip
def test_an_edition_is_of_all_that_pages_depend_on(press_folder: Path, settings: Any, name: str, value: str) -> None:
    before = edition()
    setattr(settings, name, value)
    assert edition() != before


@pytest.fixture(autouse=True)
def close_what_was_opened() -> Iterator[None]:
    yield
    ledger.close_all()


def wait_until(is_so: Callable[[], Any], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)
