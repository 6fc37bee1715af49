"""Every write of the meter. What counts, and when, is docs/rules/metering.md.

A database that fails is not an error here but a meter that cannot be reached: the decision turns it into
the preview.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, tzinfo

from django.contrib.auth.models import AbstractBaseUser
from django.db import Error, transaction
from django.db.models import F

from courant.wall.decision import UNREACHABLE, MeterReading, month_of
from courant.wall.models import GREATEST_STORY_ID, MOST_SAMPLES, MeterMonth, Opening, SampleCount
from courant.wall.queries import month_openings

logger = logging.getLogger("courant.wall")


def open_premium(*, reader: AbstractBaseUser, story_id: int, limit: int, now: datetime, zone: tzinfo) -> MeterReading:
    """Count a premium story, once a month; the reading afterwards. `has_opened` says whether it is open.

    Refuses silently when the limit is reached. Parallel calls for one reader wait for one another.
    """
    month = month_of(now, zone)
    try:
        with transaction.atomic():
            MeterMonth.objects.select_for_update().get_or_create(reader_id=reader.pk, month=month)
            reading = month_openings(reader_id=reader.pk, month=month).reading(story_id, limit)
            if reading.has_opened or reading.left == 0:
                return reading
            Opening.objects.create(reader_id=reader.pk, story_id=story_id, month=month, opened_at=now)
    except Error as error:
        logger.warning("an opening cannot be counted: %s", error)
        return UNREACHABLE
    return replace(reading, opened=reading.opened + 1, has_opened=True)


def take_back_opening(*, reader: AbstractBaseUser, story_id: int, now: datetime, zone: tzinfo) -> bool:
    """Undo what a request counted whose answer became an error; whether there was something to undo.

    Only the opening of this very instant goes, never one that an earlier request was answered with.
    """
    try:
        with transaction.atomic():
            of_month = Opening.objects.filter(reader_id=reader.pk, month=month_of(now, zone))
            gone, _ = of_month.filter(story_id=story_id, opened_at=now, was_sample=False).delete()
    except Error as error:
        logger.warning("an opening cannot be taken back: %s", error)
        return False
    return gone > 0


def take_sample(*, reading: MeterReading, network: str, cap: int, now: datetime, zone: tzinfo) -> MeterReading:
    """Count a stranger's sample for their network; the reading afterwards, spent where the cap is reached."""
    month = month_of(now, zone)
    try:
        with transaction.atomic():
            SampleCount.objects.get_or_create(network=network, month=month)
            # Counting and comparing in one statement: no two requests can both be the last.
            counts = SampleCount.objects.filter(network=network, month=month, count__lt=cap)
            is_counted = counts.update(count=F("count") + 1) > 0
    except Error as error:
        logger.warning("a sample cannot be counted: %s", error)
        return UNREACHABLE
    if is_counted:
        return replace(reading, opened=reading.opened + 1, has_opened=True)
    return replace(reading, opened=reading.limit, has_opened=False)


def adopt_samples(*, reader: AbstractBaseUser, story_ids: Iterable[int], now: datetime, zone: tzinfo) -> int:
    """Open on an account what its owner opened as a stranger; counts nothing, twice is once.

    Returns how many stories moved; 0 where the database fails, since a registration must not fail by it.
    """
    month = month_of(now, zone)
    wanted = sorted({story_id for story_id in story_ids if 0 < story_id <= GREATEST_STORY_ID})[:MOST_SAMPLES]
    try:
        with transaction.atomic():
            known = month_openings(reader_id=reader.pk, month=month).story_ids
            openings = [
                Opening(reader_id=reader.pk, story_id=story_id, month=month, opened_at=now, was_sample=True)
                for story_id in wanted
                if story_id not in known
            ]
            Opening.objects.bulk_create(openings, ignore_conflicts=True)
    except Error as error:
        logger.warning("samples cannot move to an account: %s", error)
        return 0
    return len(openings)


def forget_past_months(*, now: datetime, zone: tzinfo) -> int:
    """Discard what was opened before the current month; how many openings went."""
    month = month_of(now, zone)
    with transaction.atomic():
        gone, _ = Opening.objects.filter(month__lt=month).delete()
        MeterMonth.objects.filter(month__lt=month).delete()
        SampleCount.objects.filter(month__lt=month).delete()
    return gone
