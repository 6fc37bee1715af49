"""The paper's months, worked out once a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from courant.wall.decision import month_of, next_turn


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the paper: its first day, the instant at which the next begins, that day as text."""

    first: date
    turn: datetime
    ends_at: float
    turns_on: str


class Months:
    """`at` gives the month of a moment, in seconds since 1970."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self.known_from = float("inf")
        self.known: Month | None = None

    def at(self, now: float) -> Month:
        month = self.known
        if month is not None and self.known_from <= now < month.ends_at:
            return month
        moment = datetime.fromtimestamp(now, UTC)
        turn = next_turn(moment, self.zone)
        self.known_from = now
        self.known = Month(month_of(moment, self.zone), turn, turn.timestamp(), turn.date().isoformat())
        return self.known
