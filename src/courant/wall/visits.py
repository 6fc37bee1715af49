"""The door between a request and the decision: who asks, what may be spent, what is spent.

The laws are docs/rules/access.md and docs/rules/metering.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import Error
from django.http import HttpRequest, HttpResponseBase
from django.utils.timezone import get_default_timezone

from courant.wall import samples
from courant.wall.actions import count_premium, take_back_opening, take_sample
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
from courant.wall.enums import Access, Extent, ReaderState, Reason
from courant.wall.given import given_to, take_gift
from courant.wall.models import WallSettings
from courant.wall.networks import Address, client_address
from courant.wall.prefetch import PREFETCH_HEADERS, says_prefetch
from courant.wall.queries import (
    MonthOpenings,
    default_wall_settings,
    known_networks,
    logger,
    month_openings,
    network_key,
    sample_reading,
)

CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")


@dataclass(frozen=True)
class Spent:
    """What a request had counted; kept on the request until its answer is known to be no error."""

    reader: AbstractBaseUser
    story_id: int
    now: datetime


def paper_zone() -> tzinfo:
    """The paper's time zone, in which its months turn."""
    return get_default_timezone()


def decide_visit(request: HttpRequest, terms: StoryTerms, *, now: datetime) -> Decision:
    """Open a story's page: counts it where the decision asks for that; if that fails, the preview."""
    decision, standing, meter = weigh(request, terms, now, takes_gifts=True)
    if not decision.spends:
        return decision
    # Whoever follows a gift link means to spend nothing: where it does not hold, they are asked first.
    if not can_spend(request) or meter is None or given_to(request).fault is not None:
        return without_opening(decision)
    after = spend(request, terms, meter, now)
    if after.is_reachable and after.has_opened:
        drop_conditions(request)
        return replace(decision, left=after.left)
    return without_opening(decide(terms, standing, after, now, paper_zone()))


def decide_glance(request: HttpRequest, terms: StoryTerms, *, now: datetime) -> Decision:
    """What this reader may be shown of a story without opening it; never counts anything."""
    decision, _, _ = weigh(request, terms, now)
    return without_opening(decision)


def decide_for_stranger(terms: StoryTerms, now: datetime) -> Decision:
    """For feeds, the search index, sitemaps and all that has no reader; asks no database."""
    return decide(terms, Standing(ReaderState.STRANGER), None, now, paper_zone())


def decide_as(mode: str, terms: StoryTerms, now: datetime, limit: int | None = None) -> Decision:
    """The newsroom's "view as"; spends nothing. `limit` is of premium stories, by default the paper's.

    Modes: empty or staff, stranger, registered, registered_spent, subscriber; any other is a stranger.
    """
    if limit is None:
        limit = premium_limit_of_paper()
    state = {
        "": ReaderState.STAFF,
        "staff": ReaderState.STAFF,
        "registered": ReaderState.REGISTERED,
        "registered_spent": ReaderState.REGISTERED,
        "subscriber": ReaderState.SUBSCRIBER,
    }.get(mode, ReaderState.STRANGER)
    meter = None
    if terms.access == Access.PREMIUM:
        meter = MeterReading(limit=limit, opened=limit if mode == "registered_spent" else 0, has_opened=False)
    return replace(decide(terms, Standing(state), meter, now, paper_zone()), spends=False)


def standing_of(request: HttpRequest) -> Standing:
    """Who asks, with the institution they read from."""
    return replace(account_standing(request), institution=institution_of(request))


def account_standing(request: HttpRequest) -> Standing:
    """What the account alone gives; a state that nobody knows is a stranger's."""
    reader: Any = getattr(request, "user", None)
    if reader is None or not reader.is_authenticated:
        return Standing(ReaderState.STRANGER)
    try:
        state = ReaderState(reader.state)
    except ValueError:
        state = ReaderState.STRANGER
    return Standing(state, reader_id=reader.pk, is_closed=not reader.is_active)


def institution_of(request: HttpRequest) -> str | None:
    return known_networks.institution_at(address_of_client(request))


def address_of_client(request: HttpRequest) -> Address | None:
    """The address of the connection, or the one that our own proxies vouch for."""
    return client_address(
        str(request.META.get("REMOTE_ADDR") or ""),
        str(request.META.get("HTTP_X_FORWARDED_FOR") or ""),
        settings.TRUSTED_PROXIES,
    )


def weigh(
    request: HttpRequest, terms: StoryTerms, now: datetime, *, takes_gifts: bool = False
) -> tuple[Decision, Standing, MeterReading | None]:
    """The decision before anything is spent; asks gifts, networks and the meter only if the account alone
    does not open the story."""
    standing, zone = account_standing(request), paper_zone()
    decision = decide(terms, standing, None, now, zone)
    if decision.extent == Extent.FULL:
        return decision, standing, None
    if takes_gifts and take_gift(request, terms.story_id, now).gift is not None:
        standing = replace(standing, gifts=frozenset({terms.story_id}))
    standing = replace(standing, institution=institution_of(request))
    is_open = standing.institution or standing.gifts
    meter = None if is_open else read_meter(request, terms, standing, now)
    return decide(terms, standing, meter, now, zone), standing, meter


def read_meter(request: HttpRequest, terms: StoryTerms, standing: Standing, now: datetime) -> MeterReading | None:
    """The meter that this decision needs, or None if it needs none."""
    if standing.is_closed or terms.access not in (Access.PREMIUM, Access.REGISTERED):
        return None
    try:
        rules = WallSettings.for_request(request)
        if terms.access == Access.REGISTERED:
            return read_samples(request, terms.story_id, rules, now)
        if standing.state != ReaderState.REGISTERED or standing.reader_id is None:
            return MeterReading(limit=rules.premium_per_month, opened=0, has_opened=False)
        openings = openings_of_request(request, standing.reader_id, now)
        return openings.reading(terms.story_id, rules.premium_per_month)
    except (Error, WallSettings.DoesNotExist) as error:
        logger.warning("the meter cannot be read: %s", error)
        return UNREACHABLE


def read_samples(request: HttpRequest, story_id: int, rules: WallSettings, now: datetime) -> MeterReading:
    month = month_of(now, paper_zone())
    return sample_reading(
        sampled=sampled_stories(request, now=now),
        story_id=story_id,
        network=network_key(address_of_client(request), month),
        month=month,
        limit=rules.samples_per_month,
        cap=rules.samples_per_network,
    )


def openings_of_request(request: HttpRequest, reader_id: int, now: datetime) -> MonthOpenings:
    """The reader's openings of the month, asked for once in a request, so that a list costs one query."""
    month = month_of(now, paper_zone())
    known: dict[tuple[int, date], MonthOpenings] = request.__dict__.setdefault("_wall_openings", {})
    if (reader_id, month) not in known:
        known[reader_id, month] = month_openings(reader_id=reader_id, month=month)
    return known[reader_id, month]


def can_spend(request: HttpRequest) -> bool:
    """Only a plain GET by somebody who wants to read now."""
    if request.method != "GET" or getattr(request, "is_preview", False):
        return False
    return not is_prefetch(request)


def is_prefetch(request: HttpRequest) -> bool:
    """Whether a browser asks ahead of its reader, who may never come."""
    return says_prefetch(" ".join(request.headers.get(name, "") for name in PREFETCH_HEADERS))


def spend(request: HttpRequest, terms: StoryTerms, meter: MeterReading, now: datetime) -> MeterReading:
    """Count what the decision asks for: a sample for a registered story, an opening for a premium one."""
    zone = paper_zone()
    if terms.access == Access.REGISTERED:
        network = network_key(address_of_client(request), month_of(now, zone))
        cap = WallSettings.for_request(request).samples_per_network
        return take_sample(reading=meter, network=network, cap=cap, now=now, zone=zone)
    reader: Any = request.user
    request.__dict__["_wall_spent"] = Spent(reader, terms.story_id, now)
    request.__dict__.pop("_wall_openings", None)
    outcome = count_premium(reader=reader, story_id=terms.story_id, limit=meter.limit, now=now, zone=zone)
    if outcome is None:
        return UNREACHABLE
    openings = MonthOpenings(outcome.counted, outcome.stories)
    request.__dict__["_wall_openings"] = {(reader.pk, month_of(now, zone)): openings}
    return openings.reading(terms.story_id, meter.limit)


def drop_conditions(request: HttpRequest) -> None:
    """What was counted is answered in full: no 304, no 412."""
    for name in CONDITIONS:
        request.META.pop(name, None)


def undo_visit(request: HttpRequest) -> None:
    """Give back what this request had counted; for answers that became an error."""
    spent: Spent | None = request.__dict__.pop("_wall_spent", None)
    if spent is not None:
        take_back_opening(reader=spent.reader, story_id=spent.story_id, now=spent.now, zone=paper_zone())


def sampled_stories(request: HttpRequest, *, now: datetime) -> frozenset[int]:
    """The stories that the samples' cookie opens this month; none if it does not hold."""
    return samples.read(request.COOKIES.get(samples.cookie_name(), ""), month_of(now, paper_zone()))


def remember_sample(
    response: HttpResponseBase, request: HttpRequest, decision: Decision, *, story_id: int, now: datetime
) -> None:
    """Put a sample that was just counted into the cookie; does nothing after any other decision."""
    if decision.reason != Reason.SAMPLE or not decision.spends:
        return
    zone = paper_zone()
    response.set_cookie(
        samples.cookie_name(),
        samples.write(sampled_stories(request, now=now) | {story_id}, month_of(now, zone)),
        max_age=int((next_turn(now, zone) - now.astimezone(UTC)).total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_samples(response: HttpResponseBase) -> None:
    """Take the cookie back, as after its stories have moved to an account."""
    response.delete_cookie(samples.cookie_name(), samesite="Lax")


def premium_limit_of_paper() -> int:
    try:
        return default_wall_settings().premium_per_month
    except Error as error:
        logger.warning("the wall's settings cannot be read: %s", error)
        return WallSettings().premium_per_month
