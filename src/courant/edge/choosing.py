"""Which variant a class of readers gets. What may be read is said by `wall.decision.decide` alone."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from courant.edge.pages import EdgeSettings
from courant.edge.replies import COUNTED, PRIVATE
from courant.edge.shelf import Choice, Entry
from courant.edge.variants import ANY, FULL_IN, RETRY, variant_of
from courant.edge.visitors import Visitor
from courant.wall.decision import UNREACHABLE, Decision, MeterReading, Standing, StoryTerms, decide
from courant.wall.enums import Access, Extent, ReaderState, Reason, Wall

if TYPE_CHECKING:
    from courant.edge.server import EdgeConfig


def choose(
    entry: Entry, kind: str, state: ReaderState, settings: EdgeSettings, config: EdgeConfig, now: float
) -> Choice:
    """What readers of this kind get. Kinds: `any`, the states of readers, and for registered readers at a metered
    story `opened`, `open` (they may have some left), `spent` and `unreachable` (the meter)."""
    is_signed_in = state != ReaderState.STRANGER
    decision = None
    if entry.terms is not None and not entry.is_for_all:
        meter = meter_of(kind, entry.terms, settings)
        decision = decide(entry.terms, Standing(state), meter, datetime.fromtimestamp(now, UTC), config.zone)
    is_full = decision is None or decision.extent == Extent.FULL
    spends = decision is not None and decision.spends
    variant = ANY if entry.is_for_all else variant_of(decision, is_signed_in=is_signed_in)
    if spends or variant not in entry.names or has_samples(decision, entry.terms, settings):
        variant = None
    until, seconds = entry.next_turn(now), config.shared_seconds
    if until - now > seconds:
        # From then on no shared cache may keep the page for so long.
        until -= seconds
    else:
        seconds = 0
    return Choice(
        variant,
        is_open=is_full and not spends,
        spends=spends,
        until=until,
        caching=PRIVATE if is_signed_in and not entry.is_for_all else shared_for(seconds),
    )


def shared_for(seconds: int) -> str:
    return f"public, max-age=0, s-maxage={seconds}, must-revalidate"


def meter_of(kind: str, terms: StoryTerms, settings: EdgeSettings) -> MeterReading | None:
    """The meter's reading that stands for a kind of readers."""
    limit = settings.premium_per_month
    if terms.access != Access.PREMIUM:
        return None
    if kind == "unreachable":
        return UNREACHABLE
    opened = limit if kind == "spent" else 0
    return MeterReading(limit=limit, opened=opened, has_opened=kind == "opened")


def has_samples(decision: Decision | None, terms: StoryTerms | None, settings: EdgeSettings) -> bool:
    """Whether a stranger may have samples here: Django counts them."""
    return (
        decision is not None
        and decision.extent == Extent.PREVIEW
        and terms is not None
        and terms.access == Access.REGISTERED
        and settings.samples_per_month > 0
    )


def choose_in_outage(
    entry: Entry, kind: str, visitor: Visitor, settings: EdgeSettings, zone: tzinfo, now: float
) -> Choice:
    """What the pass alone opens: neither samples, gifts nor institutions, and a first opening not at all."""
    if entry.is_for_all:
        return in_outage(ANY, entry)
    side = "in" if visitor.is_signed_in else "out"
    if entry.terms is None:
        return in_outage(f"full.{side}", entry)
    meter = meter_of(kind, entry.terms, settings)
    decision = decide(entry.terms, Standing(visitor.state), meter, datetime.fromtimestamp(now, UTC), zone)
    if decision.spends or decision.wall == Wall.RETRY:
        return in_outage(RETRY, entry)
    if decision.reason == Reason.STAFF:
        return in_outage(FULL_IN, entry)
    return in_outage(variant_of(decision, is_signed_in=visitor.is_signed_in), entry)


def in_outage(variant: str | None, entry: Entry) -> Choice:
    """Nothing that is said in an outage is kept by anybody."""
    known = variant if variant in entry.names else None
    return Choice(known, is_open=True, spends=False, until=0.0, caching=COUNTED)
