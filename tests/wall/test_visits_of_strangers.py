"""Samples: what a stranger is given, and how it is remembered."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse

from courant.wall import samples
from courant.wall.decision import Decision, StoryTerms
from courant.wall.enums import Access, Extent, Reason, Wall
from courant.wall.models import SampleCount
from courant.wall.visits import decide_glance, decide_visit, forget_samples, remember_sample, sampled_stories
from tests.factories import make_reader
from tests.wall.conftest import NOW, Rules, Visit, premium, registered

NOVEMBER = date(2026, 11, 1)


class Browser:
    """A stranger's browser: keeps the cookie that it is given."""

    def __init__(self, visit: Visit, address: str = "203.0.113.9") -> None:
        self.visit = visit
        self.address = address
        self.cookies: dict[str, str] = {}

    def request(self) -> HttpRequest:
        return self.visit(cookies=self.cookies, address=self.address)

    def open(self, story_id: int, *, now: datetime = NOW) -> Decision:
        request, response = self.request(), HttpResponse()
        decision = decide_visit(request, registered(story_id), now=now)
        remember_sample(response, request, decision, story_id=story_id, now=now)
        self.cookies.update({name: morsel.value for name, morsel in response.cookies.items()})
        return decision


def outcomes(*decisions: Decision) -> list[tuple[Extent, int | None]]:
    return [(decision.extent, decision.left) for decision in decisions]


@pytest.mark.django_db
def test_without_samples_a_stranger_gets_no_cookie(visit: Visit, rules: Rules) -> None:
    """metering.md: Samples for strangers."""
    browser = Browser(visit)
    assert browser.open(1) == Decision(Extent.PREVIEW, Reason.SIGN_IN_NEEDED, Wall.REGISTRATION)
    assert browser.cookies == {}
    assert not SampleCount.objects.exists()


@pytest.mark.django_db
def test_a_stranger_opens_as_many_samples_as_there_are(visit: Visit, rules: Rules) -> None:
    """metering.md: Samples for strangers."""
    rules(samples_per_month=2)
    browser = Browser(visit)
    decisions = [browser.open(story_id) for story_id in (1, 1, 2, 3, 2)]
    full, preview = Extent.FULL, Extent.PREVIEW
    assert outcomes(*decisions) == [(full, 1), (full, 1), (full, 0), (preview, 0), (full, 0)]
    assert [decision.spends for decision in decisions] == [True, False, True, False, False]
    assert sampled_stories(browser.request(), now=NOW) == {1, 2}
    assert SampleCount.objects.get().count == 2


@pytest.mark.django_db
def test_a_sample_opens_no_premium_story(visit: Visit, rules: Rules) -> None:
    """metering.md: Samples for strangers."""
    rules(samples_per_month=2)
    browser = Browser(visit)
    browser.open(1)
    for terms in (premium(1), StoryTerms(1, Access.SUBSCRIBERS)):
        assert decide_visit(browser.request(), terms, now=NOW).extent == Extent.PREVIEW


@pytest.mark.django_db
def test_the_cookie_is_for_the_server_alone_and_ends_with_the_month(visit: Visit, rules: Rules) -> None:
    """metering.md: Samples for strangers."""
    rules(samples_per_month=2)
    request, response = visit(), HttpResponse()
    decision = decide_visit(request, registered(), now=NOW)
    remember_sample(response, request, decision, story_id=7, now=NOW)
    cookie = response.cookies["courant_samples"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert (cookie["path"], cookie["domain"]) == ("/", "")
    assert cookie["max-age"] == int((datetime(2026, 12, 1, tzinfo=UTC) - NOW).total_seconds())


@pytest.mark.django_db
def test_where_https_is_the_cookie_insists_on_it(visit: Visit, rules: Rules, settings: Any) -> None:
    """metering.md: Samples for strangers."""
    settings.SESSION_COOKIE_SECURE = True
    rules(samples_per_month=1)
    browser = Browser(visit)
    assert browser.open(7).extent == Extent.FULL
    assert list(browser.cookies) == ["__Host-courant_samples"]
    response = HttpResponse()
    forget_samples(response)
    cookie = response.cookies["__Host-courant_samples"]
    assert (cookie.value, cookie["max-age"], cookie["secure"], cookie["path"]) == ("", 0, True, "/")


@pytest.mark.django_db
def test_only_a_sample_just_counted_is_remembered(visit: Visit, rules: Rules) -> None:
    rules(samples_per_month=1)
    browser = Browser(visit)
    browser.open(1)
    for request, terms in (
        (browser.request(), registered(1)),
        (browser.request(), registered(2)),
        (visit(reader=make_reader()), premium(1)),
    ):
        response = HttpResponse()
        decision = decide_visit(request, terms, now=NOW)
        remember_sample(response, request, decision, story_id=terms.story_id, now=NOW)
        assert not response.cookies


@pytest.mark.django_db
def test_throwing_the_cookie_away_helps_until_the_networks_number(visit: Visit, rules: Rules) -> None:
    """metering.md: Samples for strangers."""
    rules(samples_per_month=2, samples_per_network=3)
    full, preview = Extent.FULL, Extent.PREVIEW
    forgetful = [Browser(visit, f"203.0.113.{number}").open(number) for number in range(1, 6)]
    assert [decision.extent for decision in forgetful] == [full, full, full, preview, preview]
    assert (forgetful[-1].wall, forgetful[-1].left) == (Wall.REGISTRATION, 0)
    assert Browser(visit, "198.51.100.1").open(1).extent == full
    assert Browser(visit, "2001:db8::1").open(1).extent == full
    assert Browser(visit, "not-an-address").open(1).extent == full


@pytest.mark.django_db
def test_a_cookie_of_last_month_opens_nothing(visit: Visit, rules: Rules) -> None:
    """metering.md: Samples for strangers."""
    rules(samples_per_month=1)
    browser = Browser(visit)
    browser.open(1)
    december = datetime(2026, 12, 1, tzinfo=UTC)
    assert decide_glance(browser.request(), registered(1), now=december).extent == Extent.PREVIEW
    assert browser.open(2, now=december).left == 0
    assert sampled_stories(browser.request(), now=december) == {2}
    assert sampled_stories(browser.request(), now=NOW) == frozenset()


@pytest.mark.django_db
def test_samples_switched_off_end_at_once(visit: Visit, rules: Rules) -> None:
    """metering.md: Samples for strangers."""
    rules(samples_per_month=1)
    browser = Browser(visit)
    browser.open(1)
    rules(samples_per_month=0)
    assert browser.open(1).extent == Extent.PREVIEW


@pytest.mark.django_db
def test_a_cookie_that_is_not_ours_is_as_good_as_none(visit: Visit, rules: Rules) -> None:
    """metering.md: Samples for strangers."""
    rules(samples_per_month=1, samples_per_network=0)
    good = samples.write([7], NOVEMBER)
    assert decide_visit(visit(cookies={"courant_samples": good}), registered(), now=NOW).extent == Extent.FULL
    for bad in (good[::-1], good[1:], good * 40, "\u202e" * 50, "\ud800", "7"):
        decision = decide_visit(visit(cookies={"courant_samples": bad}), registered(), now=NOW)
        assert decision.extent == Extent.PREVIEW


@pytest.mark.django_db
def test_a_cookie_gives_no_account_anything(visit: Visit, rules: Rules) -> None:
    """metering.md: Samples for strangers."""
    rules(samples_per_month=5, premium_per_month=0)
    cookies = {"courant_samples": samples.write([7], NOVEMBER)}
    reader = make_reader()
    assert decide_visit(visit(reader=reader, cookies=cookies), premium(), now=NOW).extent == Extent.PREVIEW
    reader.is_active = False
    assert decide_visit(visit(reader=reader, cookies=cookies), registered(), now=NOW).wall == Wall.CLOSED


@pytest.mark.django_db
def test_samples_that_cannot_be_counted_are_not_given(visit: Visit, rules: Rules, broken_table: Any) -> None:
    """metering.md: When the meter cannot be reached."""
    rules(samples_per_month=1)
    browser = Browser(visit)
    with broken_table("wall_samplecount"):
        assert browser.open(1).wall == Wall.RETRY
    assert browser.cookies == {}
