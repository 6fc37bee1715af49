"""Counting: once a month, one by one, and never by accident."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.test import RequestFactory

from courant.wall.actions import (
    adopt_samples,
    forget_past_months,
    open_premium,
    take_back_opening,
    take_sample,
)
from courant.wall.decision import MeterReading, StoryTerms
from courant.wall.enums import Access, Extent, Reason
from courant.wall.models import MeterMonth, Opening, SampleCount
from courant.wall.queries import meter_reading, network_key, openings_this_month
from courant.wall.visits import decide_visit
from tests.factories import make_reader
from tests.wall.conftest import NOW, Rules

LONDON = ZoneInfo("Europe/London")
NOVEMBER = date(2026, 11, 1)
NETWORK = "a" * 64
REQUESTS = 200


def open_story(reader: Any, story_id: int, *, limit: int = 5, now: datetime = NOW) -> MeterReading:
    return open_premium(reader=reader, story_id=story_id, limit=limit, now=now, zone=LONDON)


@pytest.mark.django_db
def test_a_story_counts_once_a_month() -> None:
    """metering.md: What counts."""
    reader = make_reader()
    assert open_story(reader, 7) == MeterReading(limit=5, opened=1, has_opened=True)
    assert open_story(reader, 7, now=NOW + timedelta(hours=1)) == MeterReading(5, 1, has_opened=True)
    assert open_story(reader, 8) == MeterReading(5, 2, has_opened=True)
    assert [row.story_id for row in openings_this_month(reader_id=reader.pk, now=NOW, zone=LONDON)] == [8, 7]
    opening = Opening.objects.get(story_id=7)
    assert (opening.month, opening.opened_at, opening.was_sample) == (NOVEMBER, NOW, False)


@pytest.mark.django_db
def test_the_month_is_the_papers() -> None:
    """metering.md: The month."""
    reader = make_reader()
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    open_premium(reader=reader, story_id=7, limit=1, now=late, zone=ZoneInfo("Europe/Berlin"))
    assert Opening.objects.get().month == date(2026, 12, 1)
    assert open_story(reader, 8, limit=1, now=late).has_opened
    assert Opening.objects.get(story_id=8).month == NOVEMBER


@pytest.mark.django_db
def test_a_new_month_begins_anew() -> None:
    """metering.md: The month."""
    reader = make_reader()
    open_story(reader, 7, limit=1)
    assert not open_story(reader, 8, limit=1).has_opened
    assert open_story(reader, 8, limit=1, now=datetime(2026, 12, 1, tzinfo=UTC)) == MeterReading(1, 1, True)


@pytest.mark.django_db
def test_a_limit_reached_refuses_and_writes_nothing() -> None:
    reader = make_reader()
    open_story(reader, 7, limit=1)
    assert open_story(reader, 8, limit=1) == MeterReading(limit=1, opened=1, has_opened=False)
    assert list(Opening.objects.values_list("story_id", flat=True)) == [7]


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [0, -1])
def test_without_a_meter_nothing_opens(limit: int) -> None:
    """metering.md: When the limit changes."""
    assert not open_story(make_reader(), 7, limit=limit).has_opened
    assert not Opening.objects.exists()


@pytest.mark.django_db
def test_a_lowered_limit_keeps_what_was_opened() -> None:
    """metering.md: When the limit changes."""
    reader = make_reader()
    for story_id in (1, 2, 3):
        open_story(reader, story_id)
    assert open_story(reader, 2, limit=1) == MeterReading(limit=1, opened=3, has_opened=True)
    assert open_story(reader, 4, limit=1) == MeterReading(limit=1, opened=3, has_opened=False)
    assert open_story(reader, 4, limit=4).has_opened


@pytest.mark.django_db
def test_readers_do_not_share_a_meter() -> None:
    first, second = make_reader(), make_reader()
    open_story(first, 7, limit=1)
    assert open_story(second, 7, limit=1) == MeterReading(limit=1, opened=1, has_opened=True)


@pytest.mark.django_db(transaction=True)
def test_an_account_erased_in_between_opens_nothing() -> None:
    """metering.md: When the meter cannot be reached."""
    reader = make_reader()
    get_user_model().objects.filter(pk=reader.pk).delete()
    assert not open_story(reader, 7).is_reachable
    assert adopt_samples(reader=reader, story_ids=[7], now=NOW, zone=LONDON) == 0
    assert not Opening.objects.exists()
    assert not MeterMonth.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_erased_account_takes_its_openings_with_it() -> None:
    """metering.md: What is kept."""
    reader = make_reader()
    open_story(reader, 7)
    reader.delete()
    assert not Opening.objects.exists()
    assert not MeterMonth.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["wall_opening", "wall_metermonth"])
def test_a_meter_that_cannot_be_reached_opens_nothing(table: str, broken_table: Any) -> None:
    """metering.md: When the meter cannot be reached."""
    reader = make_reader()
    with broken_table(table):
        reading = open_story(reader, 7)
    assert (reading.is_reachable, reading.has_opened, reading.left) == (False, False, 0)
    assert not Opening.objects.exists()
    assert not MeterMonth.objects.exists()
    assert open_story(reader, 7).has_opened


@pytest.mark.django_db(transaction=True)
def test_a_table_that_is_gone_opens_nothing() -> None:
    """metering.md: When the meter cannot be reached."""
    reader = make_reader()
    open_story(reader, 7)
    with connection.cursor() as cursor:
        cursor.execute('ALTER TABLE "wall_opening" RENAME TO "wall_gone"')
    try:
        assert not open_story(reader, 7).is_reachable
        assert not take_back_opening(reader=reader, story_id=7, now=NOW, zone=LONDON)
        reading = meter_reading(reader_id=reader.pk, story_id=7, month=NOVEMBER, limit=5)
        assert (reading.is_reachable, reading.has_opened) == (False, False)
    finally:
        with connection.cursor() as cursor:
            cursor.execute('ALTER TABLE "wall_gone" RENAME TO "wall_opening"')


@pytest.mark.django_db
def test_an_opening_is_taken_back_only_by_the_request_that_made_it() -> None:
    """metering.md: What spends."""
    reader = make_reader()
    open_story(reader, 7)
    later = NOW + timedelta(microseconds=1)
    assert not take_back_opening(reader=reader, story_id=7, now=later, zone=LONDON)
    assert not take_back_opening(reader=reader, story_id=8, now=NOW, zone=LONDON)
    assert not take_back_opening(reader=make_reader(), story_id=7, now=NOW, zone=LONDON)
    assert take_back_opening(reader=reader, story_id=7, now=NOW, zone=LONDON)
    assert not Opening.objects.exists()


@pytest.mark.django_db
def test_samples_move_to_the_account_and_count_nothing() -> None:
    """metering.md: Samples move to the account."""
    reader = make_reader()
    open_story(reader, 1)
    assert adopt_samples(reader=reader, story_ids=[1, 2, 3, 3], now=NOW, zone=LONDON) == 2
    assert adopt_samples(reader=reader, story_ids=[1, 2, 3], now=NOW, zone=LONDON) == 0
    assert meter_reading(reader_id=reader.pk, story_id=2, month=NOVEMBER, limit=5) == MeterReading(5, 1, True)
    assert open_story(reader, 3) == MeterReading(limit=5, opened=1, has_opened=True)
    assert Opening.objects.filter(was_sample=True).count() == 2
    assert not take_back_opening(reader=reader, story_id=2, now=NOW, zone=LONDON)


@pytest.mark.django_db
def test_only_so_many_samples_move_and_only_numbers_of_stories() -> None:
    reader = make_reader()
    story_ids = [-1, 0, 2**63, 2**200, *range(1, 80)]
    assert adopt_samples(reader=reader, story_ids=story_ids, now=NOW, zone=LONDON) == 50
    assert max(Opening.objects.values_list("story_id", flat=True)) == 50


@pytest.mark.django_db
def test_a_registration_does_not_fail_by_its_samples(broken_table: Any) -> None:
    reader = make_reader()
    with broken_table("wall_opening"):
        assert adopt_samples(reader=reader, story_ids=[1], now=NOW, zone=LONDON) == 0


def sample(reading: MeterReading, cap: int, network: str = NETWORK) -> MeterReading:
    return take_sample(reading=reading, network=network, cap=cap, now=NOW, zone=LONDON)


@pytest.mark.django_db
def test_samples_are_counted_for_each_network() -> None:
    """metering.md: Samples for strangers."""
    fresh = MeterReading(limit=3, opened=1, has_opened=False)
    assert sample(fresh, cap=2) == MeterReading(limit=3, opened=2, has_opened=True)
    assert sample(fresh, cap=2).has_opened
    assert sample(fresh, cap=2) == MeterReading(limit=3, opened=3, has_opened=False)
    assert sample(fresh, cap=2, network="b" * 64).has_opened
    assert SampleCount.objects.get(network=NETWORK).count == 2


@pytest.mark.django_db
def test_samples_that_cannot_be_counted_open_nothing(broken_table: Any) -> None:
    """metering.md: When the meter cannot be reached."""
    with broken_table("wall_samplecount"):
        reading = sample(MeterReading(limit=3, opened=0, has_opened=False), cap=30)
    assert (reading.is_reachable, reading.has_opened) == (False, False)


def test_a_network_is_kept_as_a_hash_that_changes_with_the_month() -> None:
    """metering.md: Samples for strangers."""
    from ipaddress import ip_address

    key = network_key(ip_address("192.0.2.1"), NOVEMBER)
    assert len(key) == 64
    assert key == network_key(ip_address("192.0.2.250"), NOVEMBER)
    assert key != network_key(ip_address("192.0.3.1"), NOVEMBER)
    assert key != network_key(ip_address("192.0.2.1"), date(2026, 12, 1))
    assert network_key(ip_address("2001:db8:1:2::1"), NOVEMBER) == network_key(
        ip_address("2001:db8:1:ffff::9"), NOVEMBER
    )
    assert network_key(None, NOVEMBER) != key


@pytest.mark.django_db
def test_past_months_can_be_discarded() -> None:
    """metering.md: What is kept."""
    reader = make_reader()
    open_story(reader, 7, now=datetime(2026, 10, 31, 23, 59, tzinfo=UTC))
    open_story(reader, 8)
    october = datetime(2026, 10, 1, tzinfo=UTC)
    take_sample(reading=MeterReading(1, 0, False), network=NETWORK, cap=9, now=october, zone=LONDON)
    assert forget_past_months(now=NOW, zone=LONDON) == 1
    assert list(Opening.objects.values_list("story_id", flat=True)) == [8]
    assert list(MeterMonth.objects.values_list("month", flat=True)) == [NOVEMBER]
    assert not SampleCount.objects.exists()


def in_parallel(work: Callable[[int], Any]) -> list[Any]:
    """What `work` returns for each of 200 numbers, all begun at one moment, each on its own connection."""
    start = Barrier(REQUESTS)

    def one(number: int) -> Any:
        start.wait()
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(REQUESTS) as threads:
        return list(threads.map(one, range(REQUESTS)))


def visit_as(reader: Any, story_id: int) -> Any:
    request = RequestFactory().get("/world/story/")
    request.user = reader
    return decide_visit(request, StoryTerms(story_id, Access.PREMIUM), now=NOW)


@pytest.mark.django_db(transaction=True)
def test_parallel_requests_at_the_last_story_give_one_grant(rules: Rules) -> None:
    """metering.md: The last story."""
    rules(premium_per_month=5)
    reader = make_reader()
    for story_id in range(1, 5):
        open_story(reader, story_id)
    decisions = in_parallel(lambda number: visit_as(reader, 1000 + number))
    granted = [decision for decision in decisions if decision.extent == Extent.FULL]
    assert [(decision.reason, decision.left) for decision in granted] == [(Reason.WITHIN_METER, 0)]
    refused = [decision.reason for decision in decisions if decision.extent == Extent.PREVIEW]
    assert refused == [Reason.METER_SPENT] * (REQUESTS - 1)
    assert Opening.objects.filter(reader=reader).count() == 5


@pytest.mark.django_db(transaction=True)
def test_parallel_requests_for_one_story_count_once(rules: Rules) -> None:
    """metering.md: The last story."""
    rules(premium_per_month=1)
    reader = make_reader()
    decisions = in_parallel(lambda number: visit_as(reader, 7))
    assert {decision.extent for decision in decisions} == {Extent.FULL}
    assert Opening.objects.filter(reader=reader).count() == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_samples_stop_at_the_networks_number() -> None:
    """metering.md: Samples for strangers."""
    fresh = MeterReading(limit=3, opened=0, has_opened=False)
    readings = in_parallel(lambda number: sample(fresh, cap=30))
    assert sum(reading.has_opened for reading in readings) == 30
    assert SampleCount.objects.get().count == 30
