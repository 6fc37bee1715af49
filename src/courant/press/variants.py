"""For whom a page is printed: the classes of readers whose answers differ, as the wall decides for one of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, tzinfo

from courant.edge.variants import variant_of
from courant.stories.audience import PrintedFor
from courant.wall.decision import UNREACHABLE, Decision, MeterReading, Standing, StoryTerms, decide
from courant.wall.enums import Access, Extent, ReaderState


def audiences(terms: StoryTerms | None, *, limit: int, now: datetime, zone: tzinfo) -> dict[str, PrintedFor]:
    """Variant -> whom it is printed for. Without terms: a page that differs in its head alone."""
    if terms is None:
        return {f"full.{side}": PrintedFor(None, side == "in") for side in ("out", "in")}
    found: dict[str, PrintedFor] = {}
    for standing, meter in typical_readers(terms, limit):
        is_signed_in = standing.state != ReaderState.STRANGER
        decision = decide(terms, standing, meter, now, zone)
        name = variant_of(decision, is_signed_in=is_signed_in)
        if name is not None and name not in found:
            found[name] = PrintedFor(without_person(decision), is_signed_in)
    return found


def typical_readers(terms: StoryTerms, limit: int) -> Iterator[tuple[Standing, MeterReading | None]]:
    """One of each: a stranger, readers at every state of the meter, a subscriber."""
    unspent = MeterReading(limit=limit, opened=0, has_opened=False)
    yield Standing(ReaderState.STRANGER), unspent if terms.access == Access.PREMIUM else None
    yield Standing(ReaderState.REGISTERED), unspent
    yield Standing(ReaderState.REGISTERED), MeterReading(limit=limit, opened=limit, has_opened=False)
    yield Standing(ReaderState.REGISTERED), UNREACHABLE
    yield Standing(ReaderState.SUBSCRIBER), None


def without_person(decision: Decision) -> Decision:
    """A story in full says nothing of how many are left: that differs by reader, and stands in their cookie."""
    if decision.extent != Extent.FULL:
        return decision
    return replace(decision, left=None, limit=None, turns_at=None, spends=False)
