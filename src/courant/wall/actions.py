"""Every write of the meter. What counts, and when, is docs/rules/metering.md.

A database that fails is not an error here but a meter that cannot be reached: the decision turns it into
the preview.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import Error, connection, transaction
from django.db.models import F

from courant.wall.counting import Outcome, Wish, count_openings
from courant.wall.decision import UNREACHABLE, MeterReading, month_of
from courant.wall.models import GREATEST_STORY_ID, MOST_SAMPLES, Gift, MeterMonth, Opening, PassEnd, SampleCount
from courant.wall.passes import LIFETIME
from courant.wall.policy import can_give, can_revoke
from courant.wall.queries import live_gift_of, month_gifts, month_openings
from courant.wall.signals import passes_ended

logger = logging.getLogger("courant.wall")


def open_premium(*, reader: AbstractBaseUser, story_id: int, limit: int, now: datetime, zone: tzinfo) -> MeterReading:
    """Count a premium story, once a month; the reading afterwards. `has_opened` says whether it is open.

    Refuses silently when the limit is reached. Parallel calls for one reader wait for one another.
    """
    outcome = count_premium(reader=reader, story_id=story_id, limit=limit, now=now, zone=zone)
    if outcome is None:
        return UNREACHABLE
    return MeterReading(limit=limit, opened=outcome.counted, has_opened=outcome.granted)


def count_premium(
    *, reader: AbstractBaseUser, story_id: int, limit: int, now: datetime, zone: tzinfo
) -> Outcome | None:
    """As `open_premium`, with all that is open afterwards. None where the meter is out of reach, or no account is."""
    public_id: str = reader.public_id  # type: ignore[attr-defined]  # the model of accounts is above this room
    wish = Wish(public_id, story_id, month_of(now, zone), limit, now)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            outcome = count_openings(cursor, [wish], dialect=connection.vendor)[0]
    except Error as error:
        logger.warning("an opening cannot be counted: %s", error)
        return None
    return outcome if outcome.is_known else None


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
            # The row that counting locks too: what moves is not counted in the same moment.
            MeterMonth.objects.select_for_update().get_or_create(reader_id=reader.pk, month=month)
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


class GiftsSpent(Exception):
    """The month's gifts are all given."""


def give_story(*, by: AbstractBaseUser, story_id: int, limit: int, days: int, now: datetime, zone: tzinfo) -> Gift:
    """The gift of a story, for so many days: the one there is while it lasts, else a new one.

    PermissionDenied for who may not give, GiftsSpent at the month's limit. A story counts once a month, so that
    a link taken back can be made anew. Parallel calls of one giver wait for one another at the account's row.
    """
    month = month_of(now, zone)
    with transaction.atomic():
        giver = get_user_model().objects.select_for_update(no_key=True).filter(pk=by.pk).first()
        if giver is None or not can_give(giver):
            raise PermissionDenied
        there = live_gift_of(giver_id=giver.pk, story_id=story_id, now=now)
        if there is not None:
            return there
        if not month_gifts(giver_id=giver.pk, month=month, limit=limit).can_give(story_id):
            raise GiftsSpent
        ends_at = now.replace(microsecond=0) + timedelta(days=days)
        return Gift.objects.create(giver_id=giver.pk, story_id=story_id, month=month, made_at=now, ends_at=ends_at)


def revoke_gift(*, gift: Gift, by: AbstractBaseUser, now: datetime) -> None:
    """The link opens nothing any more; it still counts in its month. Twice is once. PermissionDenied."""
    if not can_revoke(by, gift):
        raise PermissionDenied
    Gift.objects.filter(pk=gift.pk, revoked_at__isnull=True).update(revoked_at=now)


def count_gift(*, gift: Gift) -> None:
    """One more browser has opened the gift. A count that fails keeps nobody from reading."""
    try:
        with transaction.atomic():
            Gift.objects.filter(pk=gift.pk).update(opened=F("opened") + 1)
    except Error as error:
        logger.warning("the opening of a gift cannot be counted: %s", error)


def forget_past_months(*, now: datetime, zone: tzinfo) -> int:
    """Discard what was opened before the current month; how many openings went."""
    month = month_of(now, zone)
    with transaction.atomic():
        gone, _ = Opening.objects.filter(month__lt=month).delete()
        MeterMonth.objects.filter(month__lt=month).delete()
        SampleCount.objects.filter(month__lt=month).delete()
        Gift.objects.filter(month__lt=month, ends_at__lte=now).delete()
    return gone


def end_passes(
    *, session: str | None = None, reader: str | None = None, version: int | None = None, now: datetime
) -> None:
    """End the passes of a session, or those of a reader (by public id) up to and with a version, on every machine.

    ValueError unless it is exactly one of the two.
    """
    if bool(session) == bool(reader) or (version is None) != (not reader):
        raise ValueError("passes end by session, or by reader and version")
    with transaction.atomic():
        PassEnd.objects.create(session=session or "", reader=reader or "", version=version, ended_at=now)
        transaction.on_commit(
            lambda: passes_ended.send(sender=PassEnd, session=session, reader=reader, version=version)
        )


def forget_ended_passes(*, now: datetime) -> int:
    """Discard the ends of passes that time has ended too, with a margin for clocks that differ; how many went."""
    gone, _ = PassEnd.objects.filter(ended_at__lt=now - 2 * LIFETIME).delete()
    return gone
