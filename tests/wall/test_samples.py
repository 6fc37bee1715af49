"""The samples' cookie: what holds, and what does not."""

from datetime import date
from typing import Any

import pytest
from django.core import signing
from hypothesis import given
from hypothesis import strategies as some

from courant.wall import samples

pytestmark = pytest.mark.anydb
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def signed(content: Any, salt: str = samples.SALT) -> str:
    return signing.dumps(content, salt=salt)


def test_a_cookie_holds_for_its_month() -> None:
    """metering.md: Samples for strangers."""
    cookie = samples.write([9, 3, 7], NOVEMBER)
    assert samples.read(cookie, NOVEMBER) == {3, 7, 9}
    assert samples.read(cookie, DECEMBER) == frozenset()
    assert samples.read(cookie, date(2025, 11, 1)) == frozenset()


@pytest.mark.parametrize(
    "content",
    [
        ["2026-11-01"],
        ["2026-11-01", [1], 2],
        {"2026-11-01": [1]},
        "2026-11-01",
        None,
        ["2026-11-01", 1],
        ["2026-11-01", ["1"]],
        ["2026-11-01", [1.0]],
        ["2026-11-01", [True]],
        ["2026-11-01", [None]],
        ["2026-11-01", [0]],
        ["2026-11-01", [-1]],
        ["2026-11-01", [2**63]],
        ["2026-11-01", list(range(1, 52))],
        ["2026-11", [1]],
    ],
)
def test_a_cookie_of_another_make_counts_as_none(content: Any) -> None:
    """metering.md: Samples for strangers."""
    assert samples.read(signed(content), NOVEMBER) == frozenset()


def test_a_signature_made_for_something_else_does_not_hold() -> None:
    """metering.md: Samples for strangers."""
    content = ["2026-11-01", [1]]
    assert samples.read(signed(content), NOVEMBER) == {1}
    assert samples.read(signed(content, "django.contrib.sessions"), NOVEMBER) == frozenset()
    assert samples.read(signing.dumps(content, key="guessed", salt=samples.SALT), NOVEMBER) == frozenset()


def test_an_altered_cookie_does_not_hold() -> None:
    """metering.md: Samples for strangers."""
    cookie = samples.write([1], NOVEMBER)
    payload, stamp, signature = cookie.split(":")
    more = signed(["2026-11-01", [1, 2]]).split(":")[0]
    for altered in (
        cookie[:-1],
        cookie[1:],
        payload,
        f".{cookie}",
        f"{cookie}\x00",
        f"{cookie}é",
        f"{cookie}\ud800",
        f"{payload}:{signature}",
        f"{payload}::{signature}",
        f"{payload}:{stamp}:",
        f"{stamp}:{payload}:{signature}",
        f"{more}:{stamp}:{signature}",
    ):
        assert samples.read(altered, NOVEMBER) == frozenset(), altered


def test_a_cookie_that_is_too_long_is_not_even_opened() -> None:
    """metering.md: Samples for strangers."""
    long = signed(["2026-11-01", [1], " " * 5000])
    assert samples.read(long, NOVEMBER) == frozenset()
    assert samples.read("x" * 10_000_000, NOVEMBER) == frozenset()


@given(some.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    """metering.md: Samples for strangers."""
    assert samples.read(text, NOVEMBER) == frozenset()


@given(some.sets(some.integers(1, samples.GREATEST_STORY_ID), max_size=80))
def test_what_is_written_can_be_read(story_ids: set[int]) -> None:
    cookie = samples.write(story_ids, NOVEMBER)
    assert len(cookie) <= samples.LONGEST_COOKIE
    assert samples.read(cookie, NOVEMBER) == set(sorted(story_ids)[-50:])


def test_the_cookie_is_bound_to_the_host_where_https_is(settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = False
    assert samples.cookie_name() == "courant_samples"
    settings.SESSION_COOKIE_SECURE = True
    assert samples.cookie_name() == "__Host-courant_samples"
