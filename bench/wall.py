"""The access decision and the cut, against looking one key up in a dictionary and hashing it (SHA-256)."""

import hashlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bench.timing import seconds_for
from courant.wall.cut import cut
from courant.wall.decision import MeterReading, Standing, StoryTerms, decide
from courant.wall.enums import Access, ReaderState

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


def measure() -> None:
    yardstick = seconds_for(lambda: hashlib.sha256(b"x" * 64).digest(), times=20_000)
    print(f"yardstick: one SHA-256 of 64 bytes      {yardstick * 1e6:8.2f} us   1.0 x")
    zone = ZoneInfo("Europe/London")
    terms = StoryTerms(1, Access.PREMIUM)
    cases = {
        "decide: stranger, premium story": (Standing(ReaderState.STRANGER), None),
        "decide: registered, within the meter": (Standing(ReaderState.REGISTERED, 7), MeterReading(5, 2, False)),
        "decide: subscriber": (Standing(ReaderState.SUBSCRIBER, 8), None),
    }
    for name, (standing, meter) in cases.items():
        took = seconds_for(
            lambda standing=standing, meter=meter: decide(terms, standing, meter, NOW, zone), times=10_000
        )
        print(f"{name:<40}{took * 1e6:8.2f} us {took / yardstick:5.1f} x")
    body = [("paragraph", str(number)) for number in range(60)]
    took = seconds_for(
        lambda: cut(body, is_wall=lambda b: b[0] == "wall", is_counted=lambda b: b[0] == "paragraph", count=3),
        times=5_000,
    )
    print(f"{'cut: a body of 60 blocks':<40}{took * 1e6:8.2f} us {took / yardstick:5.1f} x")
