"""The law of an opening, by Django's cursor and by the counter's own; many processes, and processes that are killed."""

import random
import threading
from collections import Counter as Tally
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from courant.wall.actions import adopt_samples, open_premium, take_back_opening
from courant.wall.counting import REFUSED, Counter, Outcome, Wish, count_openings
from courant.wall.models import MeterMonth, Opening
from tests.factories import make_reader
from tests.wall.counters import NOVEMBER, NOW, CountingProcess, counted_by, database, wish
from tests.wall.test_actions import LONDON

DECEMBER = date(2026, 12, 1)


def count(*wishes: Wish) -> list[Outcome]:
    """As a request does that Django answers."""
    with transaction.atomic(), connection.cursor() as cursor:
        return count_openings(cursor, wishes, dialect=connection.vendor)


def opened(granted: bool, counted: int, *stories: int) -> Outcome:
    return Outcome(granted, counted, frozenset(stories))


@pytest.mark.django_db
def test_a_group_is_counted_in_its_order() -> None:
    """metering.md: The last story."""
    first, second = make_reader(), make_reader()
    wishes = [wish(first, 1, limit=2), wish(second, 1), wish(first, 1, limit=2), wish(first, 2, limit=2)]
    wishes += [wish(first, 3, limit=2), wish(first, 3, limit=3), wish(first, 9, month=DECEMBER)]
    assert count(*wishes) == [
        opened(True, 1, 1),
        opened(True, 1, 1),
        opened(True, 1, 1),
        opened(True, 2, 1, 2),
        opened(False, 2, 1, 2),
        opened(True, 3, 1, 2, 3),
        opened(True, 1, 9),
    ]
    rows = Opening.objects.order_by("pk").values_list("reader_id", "story_id", "month")
    assert sorted(rows) == sorted(
        [(first.pk, story_id, NOVEMBER) for story_id in (1, 2, 3)] + [(second.pk, 1, NOVEMBER), (first.pk, 9, DECEMBER)]
    )
    assert sorted(MeterMonth.objects.values_list("reader_id", "month")) == sorted(
        [(first.pk, NOVEMBER), (second.pk, NOVEMBER), (first.pk, DECEMBER)]
    )


@pytest.mark.django_db
@pytest.mark.parametrize("at", [NOW, datetime(2026, 11, 24, 23, 59, 59, 999_999, tzinfo=UTC), NOW.astimezone(LONDON)])
def test_django_reads_and_finds_what_was_written(at: datetime) -> None:
    reader = make_reader()
    count(wish(reader, 7, at=at))
    row = Opening.objects.get(opened_at=at, month=NOVEMBER)
    assert (row.reader_id, row.story_id, row.opened_at, row.was_sample) == (reader.pk, 7, at, False)
    assert take_back_opening(reader=reader, story_id=7, now=at, zone=LONDON)


@pytest.mark.django_db
def test_samples_are_open_and_count_nothing() -> None:
    """metering.md: Samples move to the account."""
    reader = make_reader()
    adopt_samples(reader=reader, story_ids=[1, 2], now=NOW, zone=LONDON)
    assert count(wish(reader, 2, limit=1), wish(reader, 3, limit=1), wish(reader, 4, limit=1)) == [
        opened(True, 0, 1, 2),
        opened(True, 1, 1, 2, 3),
        opened(False, 1, 1, 2, 3),
    ]


@pytest.mark.django_db
def test_who_cannot_open_anything_is_refused() -> None:
    """metering.md: What counts."""
    reader, closed = make_reader(), make_reader(is_active=False)
    wishes = [wish(closed, 1), wish("nobody", 1), wish("", 1), wish("a\x00b", 1), wish("ü'\"; --", 1)]
    wishes += [wish(reader, story_id) for story_id in (0, -1, 2**63, 2**200)]
    assert count(*wishes) == [REFUSED] * len(wishes)
    assert count(*wishes, wish(reader, 2**63 - 1))[-1] == opened(True, 1, 2**63 - 1)
    assert Opening.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [0, -1])
def test_without_a_meter_only_what_was_opened_is_open(limit: int) -> None:
    """metering.md: When the limit changes."""
    reader = make_reader()
    count(wish(reader, 1))
    assert count(wish(reader, 1, limit=limit), wish(reader, 2, limit=limit)) == [
        opened(True, 1, 1),
        opened(False, 1, 1),
    ]


@pytest.mark.django_db
def test_a_group_costs_the_same_statements_as_one() -> None:
    readers = [make_reader() for _ in range(20)]
    with CaptureQueriesContext(connection) as one:
        count(wish(readers[0], 1))
    with CaptureQueriesContext(connection) as many:
        count(*[wish(reader, story_id) for reader in readers for story_id in (2, 3)])
    assert len(many) == len(one)


@pytest.mark.django_db(transaction=True)
def test_nothing_holds_that_is_rolled_back() -> None:
    reader = make_reader()
    with transaction.atomic():
        assert count(wish(reader, 1))[0].granted
        transaction.set_rollback(True)
    assert not Opening.objects.exists()


# -- Processes ------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_parallel_processes_at_the_last_story_give_one_grant() -> None:
    """metering.md: The last story."""
    reader = make_reader()
    count(*[wish(reader, story_id) for story_id in range(1, 5)])
    processes = [
        CountingProcess([(reader.public_id, 1000 * part + number, 5) for number in range(50)]) for part in range(1, 5)
    ]
    granted_here: list[bool] = []

    def open_here() -> None:
        """Django opens at the same time, by the same law."""
        for number in range(20):
            reading = open_premium(reader=reader, story_id=9000 + number, limit=5, now=NOW, zone=LONDON)
            granted_here.append(reading.has_opened)
        connections.close_all()

    here = threading.Thread(target=open_here)
    for process in processes:
        process.begin()
    here.start()
    told = [outcome for process in processes for outcome in process.told()]
    here.join()
    assert len(told) == 200
    assert all(counted == 5 for _, _, granted, counted in told if not granted)
    assert sum(bool(granted) for _, _, granted, _ in told) + sum(granted_here) == 1
    assert Opening.objects.filter(reader=reader).count() == 5


@pytest.mark.django_db(transaction=True)
def test_whoever_comes_second_waits_until_the_first_is_through() -> None:
    """metering.md: The last story."""
    reader, other = make_reader(), make_reader()
    counter = Counter(database())
    counted_by(counter, [wish(reader, story_id) for story_id in range(1, 5)])
    told: list[Outcome | None] = []
    ended = threading.Event()
    with transaction.atomic(), connection.cursor() as cursor:
        assert count_openings(cursor, [wish(reader, 5)], dialect=connection.vendor) == [opened(True, 5, 1, 2, 3, 4, 5)]
        counter.count(wish(reader, 6), lambda outcome: (told.append(outcome), ended.set())[1])
        assert not ended.wait(0.5)
    assert ended.wait(5)
    assert told == [opened(False, 5, 1, 2, 3, 4, 5)]
    assert counted_by(counter, [wish(other, 6)]) == [opened(True, 1, 6)]
    counter.close()


@pytest.mark.django_db(transaction=True)
def test_parallel_processes_count_many_readers_without_waiting_for_one_another() -> None:
    """metering.md: The last story."""
    readers = [make_reader() for _ in range(10)]
    wishes = [(reader.public_id, story_id, 5) for reader in readers for story_id in range(1, 11)]
    shuffled = [random.Random(part).sample(wishes, len(wishes)) for part in range(4)]
    processes = [CountingProcess(some * 3, together=50) for some in shuffled]
    for process in processes:
        process.begin()
    told = [outcome for process in processes for outcome in process.told()]
    assert len(told) == 4 * 3 * len(wishes)
    assert not [outcome for outcome in told if outcome[2] is None]
    assert Tally(Opening.objects.values_list("reader_id", flat=True)) == {reader.pk: 5 for reader in readers}


def many_readers(number: int) -> list[Any]:
    model = get_user_model()
    return model.objects.bulk_create([model(email=f"{uuid4().hex}@paper.example") for _ in range(number)])


@pytest.mark.django_db(transaction=True)
def test_killed_processes_charge_nobody_twice_and_refuse_nobody_wrongly() -> None:
    """metering.md: What spends."""
    chance = random.Random(3)
    told: list[list[Any]] = []
    readers: list[Any] = []
    half_way = 0
    for _ in range(10):
        fresh = many_readers(25)
        wishes = [(reader.public_id, story_id, 5) for reader in fresh for story_id in range(1, 9)]
        for _ in range(2):
            process = CountingProcess(chance.sample(wishes, len(wishes)), together=chance.randint(1, 6))
            process.begin()
            told += process.kill_after(chance.randint(1, 90))
        half_way += 0 < Opening.objects.filter(reader__in=fresh).count() < 5 * len(fresh)
        readers += fresh
    rows = set(Opening.objects.values_list("reader__public_id", "story_id"))
    opened_by = Tally(reader for reader, _ in rows)
    assert half_way > 0, "no process was killed in the middle of its counting"
    assert Opening.objects.count() == len(rows)
    assert max(opened_by.values()) == 5
    assert {(reader, story_id) for reader, story_id, granted, _ in told if granted} <= rows
    refused = {(reader, story_id) for reader, story_id, granted, _ in told if granted is False}
    assert not refused & rows
    assert {opened_by[reader] for reader, _ in refused} <= {5}
    assert not [outcome for outcome in told if outcome[2] is None]
    check_that_all_is_well(readers, rows)


def check_that_all_is_well(readers: list[Any], rows: set[tuple[str, int]]) -> None:
    """Whoever comes again gets what was opened, and of the rest as much as is left."""
    counter = Counter(database())
    wishes = [wish(reader, story_id) for reader in readers for story_id in range(1, 9)]
    wishes.sort(key=lambda one: (one.reader, one.story_id) not in rows)
    outcomes = counted_by(counter, wishes)
    counter.close()
    granted = {
        (one.reader, one.story_id) for one, outcome in zip(wishes, outcomes, strict=True) if outcome and outcome.granted
    }
    assert rows <= granted
    assert granted == set(Opening.objects.values_list("reader__public_id", "story_id"))
    assert Tally(reader for reader, _ in granted) == {reader.public_id: 5 for reader in readers}


@pytest.mark.django_db(transaction=True)
def test_an_account_that_is_erased_meanwhile_fails_nobody_else() -> None:
    """metering.md: What is kept."""
    stays, goes = make_reader(), make_reader()
    counter = Counter(database())
    counted_by(counter, [wish(stays, 1), wish(goes, 1)])
    get_user_model().objects.get(pk=goes.pk).delete()
    assert counted_by(counter, [wish(stays, 2), wish(goes, 2)]) == [opened(True, 2, 1, 2), REFUSED]
    counter.close()
    assert set(Opening.objects.values_list("reader_id", "story_id")) == {(stays.pk, 1), (stays.pk, 2)}
