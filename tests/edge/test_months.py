"""The paper's months, as the page server remembers them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from courant.edge.months import Months

pytestmark = pytest.mark.anydb


def test_a_month_turns_at_the_papers_own_midnight() -> None:
    """metering.md: The month."""
    months = Months(ZoneInfo("America/New_York"))
    turn = datetime(2026, 12, 1, 5, 0, tzinfo=UTC).timestamp()
    for _ in range(2):
        last, first = months.at(turn - 0.001), months.at(turn)
        assert (last.first, last.ends_at, last.turns_on) == (date(2026, 11, 1), turn, "2026-12-01")
        assert (first.first, first.turns_on) == (date(2026, 12, 1), "2027-01-01")
    assert months.at(turn + 60) is months.at(turn + 50)


def test_a_clock_that_is_set_back_is_believed() -> None:
    months = Months(UTC)
    assert months.at(datetime(2026, 12, 5, tzinfo=UTC).timestamp()).first == date(2026, 12, 1)
    assert months.at(datetime(2026, 11, 5, tzinfo=UTC).timestamp()).first == date(2026, 11, 1)
