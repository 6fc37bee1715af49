"""Giving stories away: the month's number, exact to the last; the same link for the same story; taking back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied

from courant.wall.actions import GiftsSpent, count_gift, forget_past_months, give_story, revoke_gift
from courant.wall.models import Gift
from courant.wall.policy import can_give
from courant.wall.queries import gifts_to_show, month_gifts
from tests.factories import make_gift, make_reader
from tests.wall.conftest import NOW
from tests.wall.test_actions import in_parallel

LONDON = ZoneInfo("Europe/London")
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)


def give(giver: Any, story_id: int, *, limit: int = 10, now: datetime = NOW) -> Gift:
    return give_story(by=giver, story_id=story_id, limit=limit, days=30, now=now, zone=LONDON)


@pytest.fixture
def giver(db: None) -> Any:
    return make_reader(state="subscriber")


def test_a_gift_says_what_until_when_and_in_which_month(giver: Any) -> None:
    """access.md: Gifts."""
    gift = give(giver, 7, now=NOW + timedelta(microseconds=250_000))
    assert (gift.giver_id, gift.story_id, gift.month, gift.opened) == (giver.pk, 7, date(2026, 11, 1), 0)
    assert (gift.ends_at, gift.revoked_at) == (NOW + timedelta(days=30), None)


def test_the_same_story_is_the_same_gift_while_it_lasts(giver: Any) -> None:
    """access.md: Gifts."""
    gift = give(giver, 7, limit=1)
    assert give(giver, 7, limit=1, now=NOW + timedelta(hours=1)).pk == gift.pk
    assert give(giver, 7, limit=1, now=DECEMBER).pk == gift.pk
    assert give(giver, 7, limit=0).pk == gift.pk, "a link that is there costs nothing, whatever the setting says"
    assert Gift.objects.count() == 1


def test_the_months_number_is_the_end_and_the_next_month_begins_anew(giver: Any) -> None:
    """access.md: Gifts."""
    give(giver, 7, limit=2)
    give(giver, 8, limit=2)
    with pytest.raises(GiftsSpent):
        give(giver, 9, limit=2)
    assert give(make_reader(state="staff"), 9, limit=2).story_id == 9, "each giver has a number of their own"
    assert give(giver, 9, limit=2, now=DECEMBER).month == date(2026, 12, 1)


def test_a_gift_taken_back_still_counts_and_is_made_anew_without_counting(giver: Any) -> None:
    """access.md: Gifts."""
    gift = give(giver, 7, limit=1)
    revoke_gift(gift=gift, by=giver, now=NOW)
    with pytest.raises(GiftsSpent):
        give(giver, 8, limit=1)
    anew = give(giver, 7, limit=1)
    assert anew.pk != gift.pk
    assert month_gifts(giver_id=giver.pk, month=date(2026, 11, 1), limit=1).left == 0


def test_a_gift_that_has_ended_is_made_anew(giver: Any) -> None:
    gift = give(giver, 7)
    assert give(giver, 7, now=gift.ends_at).pk != gift.pk


def test_without_gifts_nobody_gives(giver: Any) -> None:
    with pytest.raises(GiftsSpent):
        give(giver, 7, limit=0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "is_active", "may_give"),
    [("subscriber", True, True), ("staff", True, True), ("registered", True, False), ("subscriber", False, False)],
)
def test_subscribers_and_staff_give(state: str, is_active: bool, may_give: bool) -> None:
    """access.md: Gifts."""
    reader = make_reader(state=state, is_active=is_active)
    assert can_give(reader) == may_give
    if may_give:
        assert give(reader, 7).pk
    else:
        with pytest.raises(PermissionDenied):
            give(reader, 7)
        assert not Gift.objects.exists()


def test_who_is_no_subscriber_any_more_is_known_by_the_table_not_by_the_request(giver: Any) -> None:
    type(giver).objects.filter(pk=giver.pk).update(state="registered")
    with pytest.raises(PermissionDenied):
        give(giver, 7)


def test_only_the_giver_takes_back_and_twice_is_once(giver: Any) -> None:
    gift = give(giver, 7)
    with pytest.raises(PermissionDenied):
        revoke_gift(gift=gift, by=make_reader(state="staff"), now=NOW)
    revoke_gift(gift=gift, by=giver, now=NOW)
    revoke_gift(gift=gift, by=giver, now=DECEMBER)
    gift.refresh_from_db()
    assert gift.revoked_at == NOW


def test_a_count_that_fails_keeps_nobody_from_reading(giver: Any, broken_table: Any) -> None:
    gift = give(giver, 7)
    with broken_table("wall_gift"):
        count_gift(gift=gift)
    count_gift(gift=gift)
    gift.refresh_from_db()
    assert gift.opened == 1


def test_the_list_has_this_month_and_what_still_lasts(giver: Any) -> None:
    october = datetime(2026, 10, 1, 12, tzinfo=UTC)
    make_gift(story_id=1, made_at=october, giver=giver)
    lasting = make_gift(story_id=2, made_at=october, giver=giver, ends_at=DECEMBER)
    gone = make_gift(story_id=3, made_at=NOW, giver=giver, ends_at=NOW + timedelta(days=1), revoked_at=NOW)
    make_gift(story_id=4, made_at=NOW)
    shown = gifts_to_show(giver_id=giver.pk, now=NOW + timedelta(days=2), zone=LONDON)
    assert [gift.pk for gift in shown] == [gone.pk, lasting.pk]


def test_gifts_are_forgotten_when_they_and_their_month_are_over(giver: Any) -> None:
    """access.md: Gifts."""
    october = datetime(2026, 10, 20, tzinfo=UTC)
    make_gift(story_id=1, made_at=october, ends_at=NOW)
    lasting = make_gift(story_id=2, made_at=october, ends_at=NOW + timedelta(seconds=1))
    counted = make_gift(story_id=3, made_at=NOW - timedelta(days=3), ends_at=NOW)
    forget_past_months(now=NOW, zone=LONDON)
    assert set(Gift.objects.values_list("pk", flat=True)) == {lasting.pk, counted.pk}


@pytest.mark.django_db(transaction=True)
def test_an_erased_account_takes_its_gifts_with_it() -> None:
    giver = make_reader(state="subscriber")
    give(giver, 7)
    giver.delete()
    assert not Gift.objects.exists()
    with pytest.raises(PermissionDenied):
        give(giver, 7)


@pytest.mark.django_db(transaction=True)
def test_parallel_gifts_stop_at_the_months_number() -> None:
    """access.md: Gifts."""
    giver = make_reader(state="subscriber")
    for story_id in range(1, 10):
        give(giver, story_id)

    def one(number: int) -> bool:
        try:
            give(giver, 1_000 + number)
        except GiftsSpent:
            return False
        return True

    assert sum(in_parallel(one)) == 1
    assert Gift.objects.count() == 10


@pytest.mark.django_db(transaction=True)
def test_parallel_gifts_of_one_story_are_one_link() -> None:
    """access.md: Gifts."""
    giver = make_reader(state="subscriber")
    assert len(set(in_parallel(lambda number: give(giver, 7, limit=1).pk))) == 1
    assert Gift.objects.count() == 1
