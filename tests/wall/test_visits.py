"""The door between a request and the decision."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import RequestFactory

from courant.wall.actions import adopt_samples
from courant.wall.decision import Decision, StoryTerms
from courant.wall.enums import Access, Extent, ReaderState, Reason, Wall
from courant.wall.models import Institution, Opening
from courant.wall.visits import (
    decide_as,
    decide_for_stranger,
    decide_glance,
    decide_visit,
    paper_zone,
    standing_of,
)
from tests.factories import make_reader
from tests.wall.conftest import NOW, Rules, Visit, premium, registered

CONDITIONS = {
    "If-None-Match": '"x"',
    "If-Modified-Since": "Tue, 24 Nov 2026 00:00:00 GMT",
    "If-Match": '"x"',
    "If-Unmodified-Since": "Tue, 24 Nov 2020 00:00:00 GMT",
}


def seen(decision: Decision) -> tuple[Extent, Reason, Wall]:
    return decision.extent, decision.reason, decision.wall


SPENT = (Extent.PREVIEW, Reason.METER_SPENT, Wall.METER)
SIGN_IN = (Extent.PREVIEW, Reason.SIGN_IN_NEEDED, Wall.REGISTRATION)
RETRY = (Extent.PREVIEW, Reason.METER_UNREACHABLE, Wall.RETRY)
WITHIN = (Extent.FULL, Reason.WITHIN_METER, Wall.NONE)
OFFER = (Extent.PREVIEW, Reason.WITHIN_METER, Wall.OPEN)
AGAIN = (Extent.FULL, Reason.ALREADY_OPENED, Wall.NONE)


@pytest.mark.django_db
def test_a_reader_opens_stories_until_the_meter_is_spent(visit: Visit, rules: Rules) -> None:
    """metering.md: What spends."""
    rules(premium_per_month=2)
    reader = make_reader()
    decisions = [decide_visit(visit(reader=reader), premium(number), now=NOW) for number in (1, 2, 3, 1)]
    assert [seen(decision) for decision in decisions] == [WITHIN, WITHIN, SPENT, AGAIN]
    assert [decision.left for decision in decisions] == [1, 0, 0, 0]
    assert sorted(Opening.objects.values_list("story_id", flat=True)) == [1, 2]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {}),
        ("POST", {}),
        ("OPTIONS", {}),
        ("GET", {"Sec-Purpose": "prefetch"}),
        ("GET", {"Sec-Purpose": "prefetch;prerender"}),
        ("GET", {"Sec-Purpose": "Prefetch;anonymous-client-ip"}),
        ("GET", {"Purpose": "prefetch"}),
        ("GET", {"X-Moz": "prefetch"}),
        ("GET", {"X-Purpose": "preview"}),
    ],
)
def test_only_a_plain_get_opens_a_story(visit: Visit, rules: Rules, method: str, headers: dict[str, str]) -> None:
    """metering.md: What spends."""
    rules(samples_per_month=3)
    reader = make_reader()
    decision = decide_visit(visit(method, reader=reader, headers=headers), premium(), now=NOW)
    assert (seen(decision), decision.left, decision.spends) == (OFFER, 5, False)
    sample = decide_visit(visit(method, headers=headers), registered(), now=NOW)
    assert seen(sample) == (Extent.PREVIEW, Reason.SAMPLE, Wall.OPEN)
    assert not Opening.objects.exists()
    decide_visit(visit(reader=reader), premium(), now=NOW)
    assert seen(decide_visit(visit(method, reader=reader, headers=headers), premium(), now=NOW)) == AGAIN


@pytest.mark.django_db
def test_a_preview_in_the_newsroom_opens_nothing(visit: Visit, rules: Rules) -> None:
    """metering.md: What spends."""
    request = visit(reader=make_reader())
    request.is_preview = True
    assert seen(decide_visit(request, premium(), now=NOW)) == OFFER
    assert not Opening.objects.exists()


@pytest.mark.django_db
def test_a_request_that_spends_is_answered_in_full(visit: Visit, rules: Rules) -> None:
    """metering.md: What spends."""
    reader = make_reader()
    first, again = visit(reader=reader, headers=CONDITIONS), visit(reader=reader, headers=CONDITIONS)
    assert seen(decide_visit(first, premium(), now=NOW)) == WITHIN
    assert not [name for name in first.META if name.startswith("HTTP_IF_")]
    assert seen(decide_visit(again, premium(), now=NOW)) == AGAIN
    assert len([name for name in again.META if name.startswith("HTTP_IF_")]) == 4


@pytest.mark.django_db
def test_a_new_limit_is_in_force_at_once(visit: Visit, rules: Rules) -> None:
    """metering.md: When the limit changes."""
    reader = make_reader()

    def open_next(story_id: int, limit: int) -> Decision:
        rules(premium_per_month=limit)
        return decide_visit(visit(reader=reader), premium(story_id), now=NOW)

    assert seen(open_next(1, 1)) == WITHIN
    assert seen(open_next(2, 1)) == SPENT
    assert seen(open_next(2, 2)) == WITHIN
    assert seen(open_next(3, 1)) == SPENT
    assert (seen(open_next(2, 1)), open_next(2, 1).left) == (AGAIN, 0)
    assert seen(open_next(2, 0)) == AGAIN
    assert seen(open_next(3, 0)) == (Extent.PREVIEW, Reason.SUBSCRIPTION_NEEDED, Wall.SUBSCRIPTION)
    assert Opening.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["wall_opening", "wall_metermonth", "wall_wallsettings"])
def test_a_meter_that_cannot_be_reached_gives_the_preview(
    visit: Visit, rules: Rules, broken_table: Any, table: str
) -> None:
    """metering.md: When the meter cannot be reached."""
    rules(premium_per_month=5)
    reader = make_reader()
    with broken_table(table):
        assert seen(decide_visit(visit(reader=reader), premium(), now=NOW)) == RETRY
    assert not Opening.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_paper_without_a_site_gives_the_preview(visit: Visit) -> None:
    """metering.md: When the meter cannot be reached."""
    from wagtail.models import Site

    Site.objects.all().delete()
    assert seen(decide_visit(visit(reader=make_reader()), premium(), now=NOW)) == RETRY
    assert seen(decide_visit(visit(), registered(), now=NOW)) == RETRY


@pytest.mark.django_db(transaction=True)
def test_a_reader_erased_in_between_gets_the_preview(visit: Visit, rules: Rules) -> None:
    """metering.md: When the meter cannot be reached."""
    rules(premium_per_month=5)
    reader = make_reader()
    request = visit(reader=reader)
    type(reader).objects.filter(pk=reader.pk).delete()
    assert seen(decide_visit(request, premium(), now=NOW)) == RETRY
    assert not Opening.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("access", [Access.REGISTERED, Access.PREMIUM, Access.SUBSCRIBERS])
@pytest.mark.parametrize(
    "disguise",
    [
        {"headers": {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}},
        {"headers": {"User-Agent": "facebookexternalhit/1.1", "X-Forwarded-For": "66.249.66.1"}},
        {"headers": {"Referer": "https://www.google.com/"}},
        {"headers": {"Referer": "https://t.co/x", "Origin": "https://www.facebook.com"}},
        {"path": "/world/story/?utm_medium=email&gaa_at=la&gaa_n=x&gaa_ts=1&gaa_sig=y&gift=7&state=staff"},
        {"headers": {"X-Forwarded-For": "192.0.2.1", "Forwarded": "for=192.0.2.1"}},
        {"headers": {"X-Real-IP": "192.0.2.1", "X-Client-IP": "192.0.2.1"}},
        {"headers": {"True-Client-IP": "192.0.2.1", "CF-Connecting-IP": "192.0.2.1"}},
        {"headers": {"X-Forwarded-For": "127.0.0.1", "X-Original-URL": "/world/free/", "Save-Data": "on"}},
        {"headers": {"Authorization": "Bearer staff", "X-Reader-State": "staff"}},
        {"cookies": {"courant_samples": "WyIyMDI2LTExLTAxIixbN11d:1:x", "courant_session": "x"}},
    ],
)
def test_no_disguise_opens_a_story(visit: Visit, rules: Rules, access: Access, disguise: dict[str, Any]) -> None:
    """access.md: What never opens a story."""
    rules(premium_per_month=5)
    Institution.objects.create(name="Library", networks="192.0.2.0/24")
    terms = StoryTerms(7, access)
    plain = decide_visit(visit(), terms, now=NOW)
    assert decide_visit(visit(**disguise), terms, now=NOW) == plain
    assert plain.extent == Extent.PREVIEW


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["192.0.2.77", "::ffff:192.0.2.77", "2001:db8::77"])
def test_an_institution_reads_by_its_address(visit: Visit, rules: Rules, address: str) -> None:
    """access.md: Institutions."""
    Institution.objects.create(name="Library", networks="192.0.2.0/24\n2001:db8::/32")
    reader = make_reader()
    for terms in (premium(), registered(), StoryTerms(7, Access.SUBSCRIBERS)):
        for who in (None, reader):
            decision = decide_visit(visit(reader=who, address=address), terms, now=NOW)
            assert decision.extent == Extent.FULL
            assert decision.reason in (Reason.INSTITUTION, Reason.REGISTERED)
    assert not Opening.objects.exists()
    assert standing_of(visit(address=address)).institution == "Library"
    assert decide_visit(visit(address="198.51.100.1"), premium(), now=NOW).extent == Extent.PREVIEW


@pytest.mark.django_db
def test_an_institution_asks_no_meter(visit: Visit, rules: Rules, django_assert_num_queries: Any) -> None:
    """access.md: The order of reasons."""
    Institution.objects.create(name="Library", networks="192.0.2.0/24")
    request = visit(reader=make_reader(), address="192.0.2.1")
    standing_of(request)
    with django_assert_num_queries(0):
        assert decide_visit(request, premium(), now=NOW).reason == Reason.INSTITUTION


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "is_inside"),
    [
        (0, "198.51.100.1", "192.0.2.1", False),
        (0, "192.0.2.1", "198.51.100.1", True),
        (1, "127.0.0.1", "192.0.2.1", True),
        (1, "127.0.0.1", "192.0.2.1, 198.51.100.1", False),
        (1, "127.0.0.1", "192.0.2.1, unknown", False),
        (1, "192.0.2.1", "198.51.100.1", False),
        (1, "192.0.2.1", "", False),
        (2, "127.0.0.1", "192.0.2.1, 10.0.0.1", True),
        (2, "127.0.0.1", "192.0.2.1", False),
        (1, "", "", False),
    ],
)
def test_a_forwarded_address_counts_behind_our_own_proxies_only(
    visit: Visit, rules: Rules, settings: Any, proxies: int, peer: str, forwarded: str, is_inside: bool
) -> None:
    """access.md: Institutions."""
    settings.TRUSTED_PROXIES = proxies
    Institution.objects.create(name="Library", networks="192.0.2.0/24")
    request = visit(address=peer, headers={"X-Forwarded-For": forwarded} if forwarded else {})
    assert (standing_of(request).institution == "Library") == is_inside


@pytest.mark.django_db
def test_who_asks_is_the_account(visit: Visit, rf: RequestFactory) -> None:
    """access.md: Closed accounts."""
    reader = make_reader(state="subscriber")
    assert standing_of(visit(reader=reader)).state == ReaderState.SUBSCRIBER
    assert standing_of(visit(reader=reader)).reader_id == reader.pk
    assert standing_of(visit(reader=AnonymousUser())).state == ReaderState.STRANGER
    assert standing_of(rf.get("/")).state == ReaderState.STRANGER
    reader.state = "owner"
    assert standing_of(visit(reader=reader)).state == ReaderState.STRANGER
    reader.state, reader.is_active = "staff", False
    assert standing_of(visit(reader=reader)).is_closed
    closed = decide_visit(visit(reader=reader), premium(), now=NOW)
    assert seen(closed) == (Extent.PREVIEW, Reason.CLOSED_ACCOUNT, Wall.CLOSED)


@pytest.mark.django_db
@pytest.mark.parametrize("stories", [1, 3])
def test_a_glance_opens_nothing_and_asks_the_meter_once(
    visit: Visit, rules: Rules, django_assert_num_queries: Any, stories: int
) -> None:
    """access.md: Surfaces without a reader."""
    rules(premium_per_month=5)
    reader = make_reader()
    decide_visit(visit(reader=reader), premium(1), now=NOW)
    request = visit(reader=reader)
    standing_of(request)
    with django_assert_num_queries(3):  # the site, the wall's settings, the month's openings
        decisions = [decide_glance(request, premium(number), now=NOW) for number in range(1, stories + 1)]
    assert [seen(decision) for decision in decisions] == [AGAIN, OFFER, OFFER][:stories]
    assert Opening.objects.count() == 1


@pytest.mark.django_db
def test_what_the_account_alone_opens_asks_no_database(
    visit: Visit, rules: Rules, django_assert_num_queries: Any
) -> None:
    """access.md: The order of reasons."""
    subscriber, reader = make_reader(state="subscriber"), make_reader()
    with django_assert_num_queries(0):
        assert decide_visit(visit(), StoryTerms(7, Access.FREE), now=NOW).reason == Reason.FREE
        assert decide_visit(visit(reader=subscriber), premium(), now=NOW).reason == Reason.SUBSCRIBER
        assert decide_visit(visit(reader=reader), registered(), now=NOW).reason == Reason.REGISTERED


def test_what_has_no_reader_is_decided_for_a_stranger() -> None:
    """access.md: Surfaces without a reader."""
    assert seen(decide_for_stranger(premium(), NOW)) == SIGN_IN
    assert seen(decide_for_stranger(registered(), NOW)) == SIGN_IN
    assert decide_for_stranger(StoryTerms(7, Access.SUBSCRIBERS), NOW).wall == Wall.SUBSCRIPTION
    assert decide_for_stranger(StoryTerms(7, Access.FREE), NOW).extent == Extent.FULL
    assert decide_for_stranger(StoryTerms(7, Access.SUBSCRIBERS, free_from=NOW), NOW).extent == Extent.FULL


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("", (Extent.FULL, Reason.STAFF, Wall.NONE)),
        ("staff", (Extent.FULL, Reason.STAFF, Wall.NONE)),
        ("stranger", SIGN_IN),
        ("registered", WITHIN),
        ("registered_spent", SPENT),
        ("subscriber", (Extent.FULL, Reason.SUBSCRIBER, Wall.NONE)),
        ("owner", SIGN_IN),
    ],
)
def test_the_newsroom_views_a_story_as_others_do(
    rules: Rules, mode: str, expected: tuple[Extent, Reason, Wall]
) -> None:
    """access.md: The newsroom's views."""
    rules(premium_per_month=4)
    decision = decide_as(mode, premium(), NOW)
    assert (seen(decision), decision.spends) == (expected, False)
    assert decision.limit in (4, None)
    assert decide_as(mode, premium(), now=NOW, limit=4) == decision


@pytest.mark.django_db
def test_the_newsroom_can_preview_while_the_settings_cannot_be_read(broken_table: Any) -> None:
    with broken_table("wall_wallsettings"):
        assert decide_as("registered", premium(), NOW).limit == 5


@pytest.mark.django_db
def test_a_reader_who_registered_goes_on_with_the_samples(visit: Visit, rules: Rules) -> None:
    """metering.md: Samples move to the account."""
    reader = make_reader()
    adopt_samples(reader=reader, story_ids=[7], now=NOW, zone=paper_zone())
    decision = decide_visit(visit(reader=reader), premium(7), now=NOW)
    assert (seen(decision), decision.left) == (AGAIN, 5)


@pytest.mark.django_db(transaction=True)
def test_a_failing_meter_leaves_the_connection_usable(visit: Visit, rules: Rules) -> None:
    """metering.md: When the meter cannot be reached."""
    rules(premium_per_month=5)
    reader = make_reader()
    with connection.cursor() as cursor:
        cursor.execute('ALTER TABLE "wall_metermonth" RENAME TO "wall_gone"')
    try:
        assert seen(decide_visit(visit(reader=reader), premium(), now=NOW)) == RETRY
    finally:
        with connection.cursor() as cursor:
            cursor.execute('ALTER TABLE "wall_gone" RENAME TO "wall_metermonth"')
    assert seen(decide_visit(visit(reader=reader), premium(), now=NOW)) == WITHIN
