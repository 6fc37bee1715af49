"""What the meter says, and whose networks an address belongs to."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from time import monotonic

from django.db import Error
from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac

from courant.wall.decision import UNREACHABLE, MeterReading, month_of
from courant.wall.models import Gift, Institution, Opening, SampleCount, WallSettings
from courant.wall.networks import Address, Network, is_within, network_around, readable_networks

logger = logging.getLogger("courant.wall")


@dataclass(frozen=True)
class MonthOpenings:
    """What a reader opened in a month: how many count, and all the stories that are open."""

    counted: int
    story_ids: frozenset[int]

    def reading(self, story_id: int, limit: int) -> MeterReading:
        return MeterReading(limit=limit, opened=self.counted, has_opened=story_id in self.story_ids)


def openings_this_month(*, reader_id: int, now: datetime, zone: tzinfo) -> QuerySet[Opening]:
    """A reader's openings of the current month, the newest first."""
    openings = Opening.objects.filter(reader_id=reader_id, month=month_of(now, zone))
    return openings.order_by("-opened_at", "-pk")


def month_openings(*, reader_id: int, month: date) -> MonthOpenings:
    """One query, however many stories are asked about. Raises the database's errors."""
    openings = Opening.objects.filter(reader_id=reader_id, month=month)
    rows = list(openings.values_list("story_id", "was_sample"))
    counted = sum(1 for _, was_sample in rows if not was_sample)
    return MonthOpenings(counted, frozenset(story_id for story_id, _ in rows))


def meter_reading(*, reader_id: int, story_id: int, month: date, limit: int) -> MeterReading:
    """The meter of premium stories; one that cannot be reached says so instead of raising."""
    try:
        return month_openings(reader_id=reader_id, month=month).reading(story_id, limit)
    except Error as error:
        logger.warning("the meter cannot be read: %s", error)
        return UNREACHABLE


def sample_reading(
    *, sampled: frozenset[int], story_id: int, network: str, month: date, limit: int, cap: int
) -> MeterReading:
    """The meter of samples: what the cookie says, and the network's number of the month on top of it."""
    reading = MeterReading(limit=limit, opened=len(sampled), has_opened=story_id in sampled)
    if limit <= 0 or reading.left == 0 or reading.has_opened:
        return reading
    try:
        is_spent = SampleCount.objects.filter(network=network, month=month, count__gte=cap).exists()
    except Error as error:
        logger.warning("the samples cannot be counted: %s", error)
        return UNREACHABLE
    return MeterReading(limit=limit, opened=limit, has_opened=False) if is_spent or cap <= 0 else reading


def network_key(address: Address | None, month: date) -> str:
    """What a network is kept as: a keyed hash that says nothing outside and changes with the month.

    Connections without an address share one key.
    """
    network = str(network_around(address)) if address else "unknown"
    return salted_hmac("courant.wall.network", f"{month} {network}", algorithm="sha256").hexdigest()


@dataclass(frozen=True)
class MonthGifts:
    """The stories a subscriber gave in a month; one given twice counts once."""

    story_ids: frozenset[int]
    limit: int

    @property
    def left(self) -> int:
        return max(0, self.limit - len(self.story_ids))

    def can_give(self, story_id: int) -> bool:
        return self.left > 0 or (self.limit > 0 and story_id in self.story_ids)


def month_gifts(*, giver_id: int, month: date, limit: int) -> MonthGifts:
    given = Gift.objects.filter(giver_id=giver_id, month=month).values_list("story_id", flat=True)
    return MonthGifts(frozenset(given), limit)


def live_gift(*, gift_id: int, story_id: int, now: datetime) -> Gift | None:
    """The gift of a link, if it still opens this story. Raises the database's errors."""
    return Gift.objects.live(now).filter(pk=gift_id, story_id=story_id).first()


def live_gift_of(*, giver_id: int, story_id: int, now: datetime) -> Gift | None:
    """The link that a subscriber already has for this story; the one that lasts longest."""
    return Gift.objects.live(now).filter(giver_id=giver_id, story_id=story_id).order_by("-ends_at", "-pk").first()


def gifts_to_show(*, giver_id: int, now: datetime, zone: tzinfo) -> QuerySet[Gift]:
    """What a giver's own list has, the newest first: every gift of this month, and older ones while they last."""
    is_shown = Q(month=month_of(now, zone)) | Q(ends_at__gt=now)
    return Gift.objects.filter(is_shown, giver_id=giver_id).order_by("-made_at", "-pk")


def default_wall_settings() -> WallSettings:
    """The settings of the default site, or the defaults where none were kept yet."""
    return WallSettings.objects.filter(site__is_default_site=True).first() or WallSettings()


class KnownNetworks:
    """The networks of all open institutions, read anew every few seconds; unreadable, they are nobody's."""

    def __init__(self, seconds: float = 5.0, clock: Callable[[], float] = monotonic) -> None:
        self.seconds = seconds
        self.clock = clock
        self.known: list[tuple[str, list[Network]]] = []
        self.read_at: float | None = None

    def institution_at(self, address: Address | None) -> str | None:
        """The name of the institution that this address belongs to."""
        if address is None:
            return None
        if self.read_at is None or self.clock() - self.read_at >= self.seconds:
            self.read()
        return next((name for name, networks in self.known if is_within(address, networks)), None)

    def read(self) -> None:
        read_at = self.clock()
        try:
            rows = list(Institution.objects.filter(is_active=True).values_list("name", "networks"))
        except Error as error:
            logger.warning("the institutions cannot be read: %s", error)
            self.known, self.read_at = [], None
            return
        self.known = [(name, readable_networks(text)) for name, text in rows]
        self.read_at = read_at

    def forget(self) -> None:
        self.read_at = None


known_networks = KnownNetworks()


@dataclass(frozen=True)
class InstitutionAt:
    """An institution that an address belongs to; `is_named` is the one whose name the reader sees."""

    pk: int
    name: str
    network: Network
    is_active: bool
    is_named: bool


def institutions_at(address: Address) -> list[InstitutionAt]:
    """All of them, open or not, as the tables say at this moment, in the order in which they are asked."""
    found: list[InstitutionAt] = []
    for pk, name, text, is_active in Institution.objects.values_list("pk", "name", "networks", "is_active"):
        network = next((one for one in readable_networks(text) if is_within(address, [one])), None)
        if network is not None:
            is_named = is_active and not any(other.is_named for other in found)
            found.append(InstitutionAt(pk, name, network, is_active, is_named))
    return found
