"""Which stored variant of a page says what a decision says."""

from __future__ import annotations

from courant.wall.decision import Decision
from courant.wall.enums import Extent, Reason, Wall

ANY, FULL_OUT, FULL_IN = "any", "full.out", "full.in"
RETRY = "preview-retry.in"
# What names one person, one library or one gift, or counts: only Django can say it.
PERSONAL = frozenset({Reason.GIFT, Reason.INSTITUTION, Reason.STAFF, Reason.SAMPLE, Reason.CLOSED_ACCOUNT})
STORED = frozenset(
    {
        ANY,
        FULL_OUT,
        FULL_IN,
        "preview-registration.out",
        "preview-subscription.out",
        "preview-subscription.in",
        "preview-meter.in",
        RETRY,
    }
)


def variant_of(decision: Decision | None, *, is_signed_in: bool) -> str | None:
    """The name of the variant, or None where no stored one is right. No decision: a page without access terms."""
    side = "in" if is_signed_in else "out"
    if decision is None:
        return f"full.{side}"
    if decision.reason in PERSONAL or decision.wall == Wall.OPEN:
        return None
    name = f"full.{side}" if decision.extent == Extent.FULL else f"preview-{decision.wall}.{side}"
    return name if name in STORED else None
