"""The decision: the table of docs/rules/access.md, every combination, and what holds for all of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as some

from courant.wall.decision import (
    UNREACHABLE,
    Decision,
    MeterReading,
    Standing,
    StoryTerms,
    decide,
    month_of,
    next_turn,
    without_opening,
)
from courant.wall.enums import Access, Extent, ReaderState, Reason, Wall

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
TURN = datetime(2026, 12, 1, tzinfo=LONDON)
STORY = 7
FRESH = MeterReading(limit=5, opened=0, has_opened=False)
LAST = MeterReading(limit=5, opened=4, has_opened=False)
SPENT = MeterReading(limit=5, opened=5, has_opened=False)
REOPENED = MeterReading(limit=5, opened=5, has_opened=True)
NO_METER = MeterReading(limit=0, opened=0, has_opened=False)
LOWERED = MeterReading(limit=2, opened=5, has_opened=False)
METERS = [None, UNREACHABLE, FRESH, LAST, SPENT, REOPENED, NO_METER, LOWERED]
HOUR = timedelta(hours=1)


def decision_for(
    access: Access,
    state: ReaderState,
    meter: MeterReading | None = None,
    *,
    free_from: datetime | None = None,
    free_until: datetime | None = None,
    now: datetime = NOW,
    **standing: object,
) -> Decision:
    terms = StoryTerms(STORY, access, free_from, free_until)
    return decide(terms, Standing(state, **standing), meter, now, LONDON)  # type: ignore[arg-type]


pytestmark = pytest.mark.anydb
FREE, REGISTERED, PREMIUM, SUBSCRIBERS = Access
STRANGER, READER, SUBSCRIBER, STAFF = ReaderState
FULL, PREVIEW = Extent


@pytest.mark.parametrize(
    ("access", "state", "extent", "reason", "wall"),
    [
        (FREE, STRANGER, FULL, Reason.FREE, Wall.NONE),
        (FREE, READER, FULL, Reason.FREE, Wall.NONE),
        (FREE, SUBSCRIBER, FULL, Reason.FREE, Wall.NONE),
        (FREE, STAFF, FULL, Reason.FREE, Wall.NONE),
        (REGISTERED, STRANGER, PREVIEW, Reason.SIGN_IN_NEEDED, Wall.REGISTRATION),
        (REGISTERED, READER, FULL, Reason.REGISTERED, Wall.NONE),
        (REGISTERED, SUBSCRIBER, FULL, Reason.SUBSCRIBER, Wall.NONE),
        (REGISTERED, STAFF, FULL, Reason.STAFF, Wall.NONE),
        (PREMIUM, STRANGER, PREVIEW, Reason.SIGN_IN_NEEDED, Wall.REGISTRATION),
        (PREMIUM, SUBSCRIBER, FULL, Reason.SUBSCRIBER, Wall.NONE),
        (PREMIUM, STAFF, FULL, Reason.STAFF, Wall.NONE),
        (SUBSCRIBERS, STRANGER, PREVIEW, Reason.SUBSCRIPTION_NEEDED, Wall.SUBSCRIPTION),
        (SUBSCRIBERS, READER, PREVIEW, Reason.SUBSCRIPTION_NEEDED, Wall.SUBSCRIPTION),
        (SUBSCRIBERS, SUBSCRIBER, FULL, Reason.SUBSCRIBER, Wall.NONE),
        (SUBSCRIBERS, STAFF, FULL, Reason.STAFF, Wall.NONE),
    ],
)
def test_each_kind_of_access_for_each_state(
    access: Access, state: ReaderState, extent: Extent, reason: Reason, wall: Wall
) -> None:
    """access.md: Four kinds of access."""
    assert decision_for(access, state) == Decision(extent, reason, wall)


@pytest.mark.parametrize(
    ("meter", "expected"),
    [
        (FRESH, Decision(FULL, Reason.WITHIN_METER, Wall.NONE, 4, 5, TURN, spends=True)),
        (LAST, Decision(FULL, Reason.WITHIN_METER, Wall.NONE, 0, 5, TURN, spends=True)),
        (SPENT, Decision(PREVIEW, Reason.METER_SPENT, Wall.METER, 0, 5, TURN)),
        (REOPENED, Decision(FULL, Reason.ALREADY_OPENED, Wall.NONE, 0, 5, TURN)),
        (MeterReading(5, 2, True), Decision(FULL, Reason.ALREADY_OPENED, Wall.NONE, 3, 5, TURN)),
        (UNREACHABLE, Decision(PREVIEW, Reason.METER_UNREACHABLE, Wall.RETRY)),
        (None, Decision(PREVIEW, Reason.METER_UNREACHABLE, Wall.RETRY)),
        (replace(REOPENED, is_reachable=False), Decision(PREVIEW, Reason.METER_UNREACHABLE, Wall.RETRY)),
    ],
)
def test_a_registered_reader_meets_the_meter_at_premium_stories(meter: MeterReading | None, expected: Decision) -> None:
    """metering.md: When the meter cannot be reached."""
    assert decision_for(PREMIUM, READER, meter) == expected


@pytest.mark.parametrize(
    ("meter", "expected"),
    [
        (LOWERED, Decision(PREVIEW, Reason.METER_SPENT, Wall.METER, 0, 2, TURN)),
        (MeterReading(2, 5, True), Decision(FULL, Reason.ALREADY_OPENED, Wall.NONE, 0, 2, TURN)),
        (MeterReading(6, 5, False), Decision(FULL, Reason.WITHIN_METER, Wall.NONE, 0, 6, TURN, spends=True)),
        (NO_METER, Decision(PREVIEW, Reason.SUBSCRIPTION_NEEDED, Wall.SUBSCRIPTION)),
        (MeterReading(0, 5, False), Decision(PREVIEW, Reason.SUBSCRIPTION_NEEDED, Wall.SUBSCRIPTION)),
        (MeterReading(0, 5, True), Decision(FULL, Reason.ALREADY_OPENED, Wall.NONE, 0, 0, TURN)),
        (MeterReading(-3, 0, False), Decision(PREVIEW, Reason.SUBSCRIPTION_NEEDED, Wall.SUBSCRIPTION)),
        (MeterReading(-3, -9, False), Decision(PREVIEW, Reason.SUBSCRIPTION_NEEDED, Wall.SUBSCRIPTION)),
        (MeterReading(2, -9, False), Decision(FULL, Reason.WITHIN_METER, Wall.NONE, 1, 2, TURN, spends=True)),
    ],
)
def test_a_changed_limit_closes_nothing(meter: MeterReading, expected: Decision) -> None:
    """metering.md: When the limit changes."""
    assert decision_for(PREMIUM, READER, meter) == expected


@pytest.mark.parametrize(
    ("meter", "expected"),
    [
        (None, Decision(PREVIEW, Reason.SIGN_IN_NEEDED, Wall.REGISTRATION)),
        (NO_METER, Decision(PREVIEW, Reason.SIGN_IN_NEEDED, Wall.REGISTRATION)),
        (MeterReading(0, 0, True), Decision(PREVIEW, Reason.SIGN_IN_NEEDED, Wall.REGISTRATION)),
        (FRESH, Decision(FULL, Reason.SAMPLE, Wall.NONE, 4, 5, TURN, spends=True)),
        (REOPENED, Decision(FULL, Reason.SAMPLE, Wall.NONE, 0, 5, TURN)),
        (SPENT, Decision(PREVIEW, Reason.SIGN_IN_NEEDED, Wall.REGISTRATION, 0, 5, TURN)),
        (UNREACHABLE, Decision(PREVIEW, Reason.METER_UNREACHABLE, Wall.RETRY)),
        (replace(REOPENED, is_reachable=False), Decision(PREVIEW, Reason.METER_UNREACHABLE, Wall.RETRY)),
    ],
)
def test_a_stranger_may_have_samples_of_registered_stories(meter: MeterReading | None, expected: Decision) -> None:
    """metering.md: Samples for strangers."""
    assert decision_for(REGISTERED, STRANGER, meter) == expected


def test_a_stranger_is_told_what_registering_would_give() -> None:
    """access.md: Strangers."""
    registration = Decision(PREVIEW, Reason.SIGN_IN_NEEDED, Wall.REGISTRATION, limit=5)
    assert decision_for(PREMIUM, STRANGER, FRESH) == registration
    assert decision_for(PREMIUM, STRANGER, REOPENED) == registration
    assert decision_for(PREMIUM, STRANGER, UNREACHABLE).wall == Wall.REGISTRATION
    nothing = Decision(PREVIEW, Reason.SUBSCRIPTION_NEEDED, Wall.SUBSCRIPTION)
    assert decision_for(PREMIUM, STRANGER, NO_METER) == nothing


@pytest.mark.parametrize(
    ("free_from", "free_until", "is_free"),
    [
        (NOW, None, True),
        (NOW + timedelta(microseconds=1), None, False),
        (None, NOW, False),
        (None, NOW + timedelta(microseconds=1), True),
        (NOW - HOUR, NOW + HOUR, True),
        (NOW - 2 * HOUR, NOW - HOUR, False),
        (NOW + HOUR, NOW + 2 * HOUR, False),
        (NOW, NOW, False),
        (NOW - HOUR, NOW - HOUR, False),
        (NOW + HOUR, NOW - HOUR, False),
        (NOW - HOUR, NOW - 2 * HOUR, True),
        (NOW + 2 * HOUR, NOW + HOUR, True),
        (None, None, False),
    ],
)
def test_a_story_may_be_free_for_a_time(free_from: datetime | None, free_until: datetime | None, is_free: bool) -> None:
    """access.md: Free for a time."""
    decision = decision_for(SUBSCRIBERS, STRANGER, free_from=free_from, free_until=free_until)
    assert decision.extent == (FULL if is_free else PREVIEW)
    assert (decision.reason == Reason.FREE) == is_free


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        StoryTerms(STORY, PREMIUM, free_until=datetime(2026, 11, 24))


@pytest.mark.parametrize("access", [REGISTERED, PREMIUM, SUBSCRIBERS])
@pytest.mark.parametrize("state", ReaderState)
@pytest.mark.parametrize("meter", METERS)
def test_a_closed_account_has_no_rights_of_its_own(
    access: Access, state: ReaderState, meter: MeterReading | None
) -> None:
    """access.md: Closed accounts."""
    closed = Decision(PREVIEW, Reason.CLOSED_ACCOUNT, Wall.CLOSED)
    assert decision_for(access, state, meter, is_closed=True) == closed
    gifted = decision_for(access, state, meter, is_closed=True, gifts=frozenset({STORY}))
    inside = decision_for(access, state, meter, is_closed=True, institution="Library")
    assert (gifted.reason, inside.reason) == (Reason.GIFT, Reason.INSTITUTION)
    assert decision_for(FREE, state, meter, is_closed=True).reason == Reason.FREE


@pytest.mark.parametrize("access", [REGISTERED, PREMIUM, SUBSCRIBERS])
def test_a_gift_opens_its_own_story_only(access: Access) -> None:
    """access.md: Gifts."""
    gift = Decision(FULL, Reason.GIFT)
    assert decision_for(access, STRANGER, FRESH, gifts=frozenset({STORY})) == gift
    assert decision_for(access, STRANGER, gifts=frozenset({STORY + 1})).extent == PREVIEW
    assert decision_for(PREMIUM, READER, FRESH, gifts=frozenset({STORY})) == gift


@pytest.mark.parametrize("access", [REGISTERED, PREMIUM, SUBSCRIBERS])
def test_an_institution_opens_every_story(access: Access) -> None:
    """access.md: Institutions."""
    institution = Decision(FULL, Reason.INSTITUTION)
    assert decision_for(access, STRANGER, SPENT, institution="Library") == institution
    assert decision_for(PREMIUM, READER, FRESH, institution="Library") == institution
    assert decision_for(access, SUBSCRIBER, institution="Library").reason == Reason.SUBSCRIBER


def test_what_costs_nothing_comes_first() -> None:
    """access.md: The order of reasons."""
    everything = {"gifts": frozenset({STORY}), "institution": "Library"}
    assert decision_for(PREMIUM, STAFF, FRESH, free_from=NOW, **everything).reason == Reason.FREE
    assert decision_for(PREMIUM, STAFF, FRESH, **everything).reason == Reason.STAFF
    assert decision_for(PREMIUM, SUBSCRIBER, FRESH, **everything).reason == Reason.SUBSCRIBER
    assert decision_for(REGISTERED, READER, FRESH, **everything).reason == Reason.REGISTERED
    assert decision_for(PREMIUM, READER, FRESH, **everything).reason == Reason.GIFT
    assert decision_for(PREMIUM, READER, FRESH, institution="Library").reason == Reason.INSTITUTION
    assert decision_for(PREMIUM, READER, REOPENED).reason == Reason.ALREADY_OPENED
    assert decision_for(PREMIUM, READER, FRESH).reason == Reason.WITHIN_METER
    assert decision_for(REGISTERED, STRANGER, FRESH, **everything).reason == Reason.GIFT
    assert decision_for(REGISTERED, STRANGER, FRESH).reason == Reason.SAMPLE


def may_read(
    access: Access,
    state: ReaderState,
    is_closed: bool,
    has_gift: bool,
    is_inside: bool,
    is_free: bool,
    meter: MeterReading | None,
) -> bool:
    """The law once more, in another form than the code: everything that opens a story, joined by "or"."""
    live = None if is_closed else state
    usable = meter is not None and meter.is_reachable
    has_room = usable and (meter.has_opened or meter.opened < meter.limit)
    return any(
        [
            access == FREE,
            is_free,
            has_gift,
            is_inside,
            live in (SUBSCRIBER, STAFF),
            live == READER and access == REGISTERED,
            live == READER and access == PREMIUM and has_room,
            live == STRANGER and access == REGISTERED and has_room and meter.limit > 0,
        ]
    )


@pytest.mark.parametrize("access", Access)
@pytest.mark.parametrize("state", ReaderState)
def test_every_combination(access: Access, state: ReaderState) -> None:
    """access.md: The order of reasons."""
    windows = [(None, None), (NOW - HOUR, None), (NOW + HOUR, None), (None, NOW - HOUR), (None, NOW + HOUR)]
    for meter, is_closed, gift, institution, (opens, closes) in product(
        METERS, [False, True], [None, STORY, STORY + 1], [None, "Library"], windows
    ):
        gifts = frozenset() if gift is None else frozenset({gift})
        decision = decision_for(
            access,
            state,
            meter,
            free_from=opens,
            free_until=closes,
            is_closed=is_closed,
            gifts=gifts,
            institution=institution,
        )
        is_free = (opens is not None and opens <= NOW) or (closes is not None and closes > NOW)
        expected = may_read(access, state, is_closed, STORY in gifts, institution is not None, is_free, meter)
        assert (decision.extent == FULL) == expected, (meter, is_closed, gift, institution, opens, closes)
        assert_is_sound(decision)


def assert_is_sound(decision: Decision) -> None:
    """What holds of every decision, whoever asks for whatever."""
    granting = {
        Reason.FREE,
        Reason.REGISTERED,
        Reason.WITHIN_METER,
        Reason.ALREADY_OPENED,
        Reason.SUBSCRIBER,
        Reason.STAFF,
        Reason.GIFT,
        Reason.INSTITUTION,
        Reason.SAMPLE,
    }
    assert (decision.extent == FULL) == (decision.reason in granting)
    assert (decision.extent == FULL) == (decision.wall == Wall.NONE)
    assert not decision.spends or decision.reason in (Reason.WITHIN_METER, Reason.SAMPLE)
    assert decision.left is None or (decision.limit is not None and 0 <= decision.left <= decision.limit)
    assert (decision.turns_at is None) == (decision.left is None)
    glance = without_opening(decision)
    assert not glance.spends
    assert glance == decision or glance.extent == PREVIEW


moments = some.datetimes(datetime(2010, 1, 1), datetime(2090, 1, 1), timezones=some.just(UTC))
zones = some.sampled_from([ZoneInfo(name) for name in sorted(available_timezones())])
meters = some.none() | some.builds(
    MeterReading, some.integers(-5, 20), some.integers(-5, 20), some.booleans(), some.booleans()
)
terms_of_stories = some.builds(
    StoryTerms, some.integers(1, 5), some.sampled_from(Access), some.none() | moments, some.none() | moments
)
standings = some.builds(
    Standing,
    some.sampled_from(ReaderState),
    some.none() | some.integers(1, 9),
    some.booleans(),
    some.frozensets(some.integers(1, 5)),
    some.none() | some.just("Library"),
)


@given(terms_of_stories, standings, meters, moments, zones)
def test_every_decision_is_sound(
    terms: StoryTerms, standing: Standing, meter: MeterReading | None, now: datetime, zone: ZoneInfo
) -> None:
    """access.md: What never opens a story."""
    decision = decide(terms, standing, meter, now, zone)
    assert_is_sound(decision)
    if meter is not None and not meter.is_reachable:
        assert decision.reason not in (Reason.WITHIN_METER, Reason.ALREADY_OPENED, Reason.SAMPLE)


@given(terms_of_stories, standings, some.integers(-5, 20), some.integers(-5, 20), moments)
def test_a_used_meter_never_opens_more(
    terms: StoryTerms, standing: Standing, limit: int, opened: int, now: datetime
) -> None:
    less = decide(terms, standing, MeterReading(limit, opened + 1, False), now, LONDON)
    more = decide(terms, standing, MeterReading(limit, opened, False), now, LONDON)
    assert less.extent == PREVIEW or more.extent == FULL


@given(terms_of_stories, some.sampled_from(["vip", "", "STAFF", "admin"]), meters, moments)
def test_an_unknown_state_is_a_strangers(
    terms: StoryTerms, state: str, meter: MeterReading | None, now: datetime
) -> None:
    """access.md: What never opens a story."""
    unknown = decide(terms, Standing(state), meter, now, LONDON)  # type: ignore[arg-type]
    assert unknown == decide(terms, Standing(STRANGER), meter, now, LONDON)


def test_an_unknown_access_opens_nothing() -> None:
    for state in (STRANGER, READER):
        decision = decision_for("secret", state, FRESH)  # type: ignore[arg-type]
        assert decision == Decision(PREVIEW, Reason.SUBSCRIPTION_NEEDED, Wall.SUBSCRIPTION)


def test_who_may_not_spend_is_offered_to_open() -> None:
    """access.md: Surfaces without a reader."""
    premium = without_opening(decision_for(PREMIUM, READER, LAST))
    assert premium == Decision(PREVIEW, Reason.WITHIN_METER, Wall.OPEN, 1, 5, TURN)
    sample = without_opening(decision_for(REGISTERED, STRANGER, FRESH))
    assert sample == Decision(PREVIEW, Reason.SAMPLE, Wall.OPEN, 5, 5, TURN)
    reopened = decision_for(PREMIUM, READER, REOPENED)
    assert without_opening(reopened) == reopened


@pytest.mark.parametrize(
    ("zone", "now", "turn"),
    [
        ("Europe/London", "2026-11-30T23:59:59.999999+00:00", "2026-12-01T00:00:00+00:00"),
        ("Europe/London", "2026-12-01T00:00:00+00:00", "2027-01-01T00:00:00+00:00"),
        ("Europe/London", "2026-12-31T12:00:00+00:00", "2027-01-01T00:00:00+00:00"),
        ("Europe/London", "2026-03-15T12:00:00+00:00", "2026-04-01T00:00:00+01:00"),
        ("Europe/London", "2026-03-31T23:30:00+00:00", "2026-05-01T00:00:00+01:00"),
        ("America/New_York", "2026-11-01T03:00:00+00:00", "2026-11-01T00:00:00-04:00"),
        ("America/New_York", "2026-11-01T04:00:00+00:00", "2026-12-01T00:00:00-05:00"),
        ("Pacific/Auckland", "2026-12-31T10:59:59+00:00", "2027-01-01T00:00:00+13:00"),
        ("Pacific/Auckland", "2026-12-31T11:00:00+00:00", "2027-02-01T00:00:00+13:00"),
        ("Asia/Kathmandu", "2028-02-29T18:14:59+00:00", "2028-03-01T00:00:00+05:45"),
        # Midnight twice: the first of the two. Midnight left out: the instant of the change.
        ("America/Havana", "2026-10-31T12:00:00+00:00", "2026-11-01T00:00:00-04:00"),
        ("America/Asuncion", "2017-09-30T12:00:00+00:00", "2017-10-01T01:00:00-03:00"),
    ],
)
def test_the_meter_turns_with_the_papers_month(zone: str, now: str, turn: str) -> None:
    """metering.md: The month."""
    assert next_turn(datetime.fromisoformat(now), ZoneInfo(zone)).isoformat() == turn


@given(moments, zones)
def test_the_meter_never_turns_early(now: datetime, zone: ZoneInfo) -> None:
    """metering.md: The month."""
    turn, month = next_turn(now, zone), month_of(now, zone)
    assert turn > now
    assert month_of(turn, zone) == (month + timedelta(days=32)).replace(day=1)
    assert turn.astimezone(zone).day == 1
    assert month_of(turn.astimezone(UTC) - timedelta(microseconds=1), zone) == month


def test_the_same_instant_is_another_month_elsewhere() -> None:
    """metering.md: The month."""
    now = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert month_of(now, LONDON).isoformat() == "2026-11-01"
    assert month_of(now, ZoneInfo("Europe/Berlin")).isoformat() == "2026-12-01"
