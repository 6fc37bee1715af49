"""The access decision: one pure function for every surface. The law is docs/rules/access.md."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo

from courant.wall.enums import Access, Extent, ReaderState, Reason, Wall


@dataclass(frozen=True)
class StoryTerms:
    """What a story asks of its readers. Times must carry their zone: one without raises ValueError."""

    story_id: int
    access: Access
    free_from: datetime | None = None
    free_until: datetime | None = None

    def __post_init__(self) -> None:
        for moment in (self.free_from, self.free_until):
            if moment is not None and moment.utcoffset() is None:
                raise ValueError("a time without a zone cannot open a story")

    def is_free(self, now: datetime) -> bool:
        """Whether everyone may read it at this instant."""
        if self.access == Access.FREE:
            return True
        has_begun = self.free_from is not None and now >= self.free_from
        has_not_ended = self.free_until is not None and now < self.free_until
        if self.free_from is not None and self.free_until is not None and self.free_from <= self.free_until:
            return has_begun and has_not_ended
        return has_begun or has_not_ended


@dataclass(frozen=True)
class Standing:
    """Who asks: the account's state, the stories given to them, the institution they read from."""

    state: ReaderState
    reader_id: int | None = None
    is_closed: bool = False
    gifts: frozenset[int] = frozenset()
    institution: str | None = None


@dataclass(frozen=True)
class MeterReading:
    """What was opened this month of how many, and whether this story was: premium stories, or samples."""

    limit: int
    opened: int
    has_opened: bool
    is_reachable: bool = True

    @property
    def left(self) -> int:
        return max(0, max(0, self.limit) - max(0, self.opened))


@dataclass(frozen=True)
class Decision:
    """How much is shown and why. `left` is after this opening; `turns_at` when the meter begins anew.

    `spends` says that showing the story in full must be counted first. The last three are None where
    no meter took part.
    """

    extent: Extent
    reason: Reason
    wall: Wall = Wall.NONE
    left: int | None = None
    limit: int | None = None
    turns_at: datetime | None = None
    spends: bool = False


UNREACHABLE = MeterReading(limit=0, opened=0, has_opened=False, is_reachable=False)


def decide(terms: StoryTerms, standing: Standing, meter: MeterReading | None, now: datetime, zone: tzinfo) -> Decision:
    """How much of a story this reader is shown, by docs/rules/access.md.

    `meter` counts premium stories, or samples for a stranger at a registered story; a stranger at a
    premium story gives the meter that a new account would have. None is a meter that cannot be reached
    for a reader, and no samples for a stranger.
    """
    reason = reason_to_open(terms, standing, now)
    if reason is not None:
        return Decision(Extent.FULL, reason)
    if standing.is_closed:
        return preview(Reason.CLOSED_ACCOUNT, Wall.CLOSED)
    if standing.state == ReaderState.REGISTERED and terms.access == Access.PREMIUM:
        return by_meter(meter or UNREACHABLE, now, zone)
    if standing.state != ReaderState.REGISTERED and terms.access == Access.REGISTERED:
        return by_sample(meter, now, zone)
    if standing.state != ReaderState.REGISTERED and terms.access == Access.PREMIUM:
        return for_stranger_at_premium(meter)
    return preview(Reason.SUBSCRIPTION_NEEDED, Wall.SUBSCRIPTION)


def reason_to_open(terms: StoryTerms, standing: Standing, now: datetime) -> Reason | None:
    """The first reason to show the whole story that costs nothing, or None."""
    state = ReaderState.STRANGER if standing.is_closed else standing.state
    if terms.is_free(now):
        return Reason.FREE
    if state == ReaderState.STAFF:
        return Reason.STAFF
    if state == ReaderState.SUBSCRIBER:
        return Reason.SUBSCRIBER
    if state == ReaderState.REGISTERED and terms.access == Access.REGISTERED:
        return Reason.REGISTERED
    if terms.story_id in standing.gifts:
        return Reason.GIFT
    if standing.institution is not None:
        return Reason.INSTITUTION
    return None


def by_meter(meter: MeterReading, now: datetime, zone: tzinfo) -> Decision:
    """A registered reader at a premium story."""
    if not meter.is_reachable:
        return preview(Reason.METER_UNREACHABLE, Wall.RETRY)
    limit, turns_at = max(0, meter.limit), next_turn(now, zone)
    if meter.has_opened:
        return Decision(Extent.FULL, Reason.ALREADY_OPENED, Wall.NONE, meter.left, limit, turns_at)
    if meter.left > 0:
        left = meter.left - 1
        return Decision(Extent.FULL, Reason.WITHIN_METER, Wall.NONE, left, limit, turns_at, spends=True)
    if limit == 0:
        return preview(Reason.SUBSCRIPTION_NEEDED, Wall.SUBSCRIPTION)
    return Decision(Extent.PREVIEW, Reason.METER_SPENT, Wall.METER, 0, limit, turns_at)


def by_sample(meter: MeterReading | None, now: datetime, zone: tzinfo) -> Decision:
    """A stranger at a registered story."""
    if meter is not None and not meter.is_reachable:
        return preview(Reason.METER_UNREACHABLE, Wall.RETRY)
    if meter is None or meter.limit <= 0:
        return preview(Reason.SIGN_IN_NEEDED, Wall.REGISTRATION)
    turns_at = next_turn(now, zone)
    if meter.has_opened:
        return Decision(Extent.FULL, Reason.SAMPLE, Wall.NONE, meter.left, meter.limit, turns_at)
    if meter.left > 0:
        left = meter.left - 1
        return Decision(Extent.FULL, Reason.SAMPLE, Wall.NONE, left, meter.limit, turns_at, spends=True)
    return Decision(Extent.PREVIEW, Reason.SIGN_IN_NEEDED, Wall.REGISTRATION, 0, meter.limit, turns_at)


def for_stranger_at_premium(meter: MeterReading | None) -> Decision:
    """A stranger at a premium story: registering helps only where the meter gives something."""
    if meter is None or not meter.is_reachable:
        return preview(Reason.SIGN_IN_NEEDED, Wall.REGISTRATION)
    if meter.limit <= 0:
        return preview(Reason.SUBSCRIPTION_NEEDED, Wall.SUBSCRIPTION)
    return Decision(Extent.PREVIEW, Reason.SIGN_IN_NEEDED, Wall.REGISTRATION, limit=meter.limit)


def preview(reason: Reason, wall: Wall) -> Decision:
    return Decision(Extent.PREVIEW, reason, wall)


def without_opening(decision: Decision) -> Decision:
    """The same decision for whoever may not spend: where a visit would, the preview and an offer to open."""
    if not decision.spends:
        return decision
    left = None if decision.left is None else decision.left + 1
    return replace(decision, extent=Extent.PREVIEW, wall=Wall.OPEN, left=left, spends=False)


def month_of(now: datetime, zone: tzinfo) -> date:
    """The first day of the paper's calendar month at this instant."""
    return now.astimezone(zone).date().replace(day=1)


def next_turn(now: datetime, zone: tzinfo) -> datetime:
    """The first instant of the paper's next calendar month, in its zone.

    Midnight may fall into the hour that summer time leaves out, or come twice: the way through UTC gives
    the instant of the change in the one case, and the earlier midnight in the other.
    """
    month = month_of(now, zone)
    year, following = (month.year + 1, 1) if month.month == 12 else (month.year, month.month + 1)
    return datetime(year, following, 1, tzinfo=zone).astimezone(UTC).astimezone(zone)
