"""Gifts in a request's hand: by link, by cookie, and everything that is no gift (access.md: Gifts)."""

from collections.abc import Iterable
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import override_settings

from courant.wall.enums import Access, Extent, GiftFault, Reason, Wall
from courant.wall.gifts import cookie_of
from courant.wall.given import given_to, keep_gift, link_of, token_of
from courant.wall.models import Gift, Opening
from courant.wall.visits import decide_glance, decide_visit
from tests.factories import make_gift, make_reader
from tests.wall.conftest import NOW, Rules, Visit, premium, registered

STORY = 7
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def gift(rules: Rules) -> Gift:
    rules(premium_per_month=5)
    return make_gift(story_id=STORY, made_at=NOW)


@pytest.fixture
def follow(visit: Visit) -> Any:
    """A request that follows a gift link, or that comes with a cookie of gifts."""

    def make(token: str | None = None, *, kept: Iterable[str] = (), headers: Any = None, **options: Any) -> HttpRequest:
        path = "/world/story/" + ("" if token is None else f"?gift={token}")
        cookies = {"courant_gift": cookie_of(kept)} if kept else {}
        return visit(path=path, cookies=cookies, headers=headers or BROWSER, **options)

    return make


def open_by(request: HttpRequest, *, is_read: bool = True, now: Any = NOW) -> tuple[Reason, HttpResponse]:
    """What the story's page does: decide, answer, keep the gift."""
    decision = decide_visit(request, premium(STORY), now=now)
    response = HttpResponse()
    keep_gift(response, request, decision, is_read=is_read, now=now)
    return decision.reason, response


def cookie_in(response: HttpResponse) -> Any:
    cookies: SimpleCookie = response.cookies
    return cookies.get("courant_gift")


def opened(gift: Gift) -> int:
    gift.refresh_from_db()
    return gift.opened


def test_a_link_is_the_storys_address_and_a_token(gift: Gift) -> None:
    assert link_of(gift, "/world/story/") == f"/world/story/?gift={token_of(gift)}"


def test_a_link_opens_its_story_for_anyone_and_spends_nothing(gift: Gift, follow: Any) -> None:
    reader = make_reader()
    for who in (None, reader, make_reader(is_active=False)):
        reason, response = open_by(follow(token_of(gift), reader=who))
        assert reason == Reason.GIFT
        assert response["Cache-Control"] == "private, no-store"
        assert response["X-Robots-Tag"] == "noindex, noarchive"
    assert not Opening.objects.exists()


@pytest.mark.parametrize("access", [Access.REGISTERED, Access.PREMIUM, Access.SUBSCRIBERS])
def test_a_gift_opens_every_access(gift: Gift, follow: Any, access: Access) -> None:
    from courant.wall.decision import StoryTerms

    request = follow(token_of(gift))
    assert decide_visit(request, StoryTerms(STORY, access), now=NOW).reason == Reason.GIFT


def test_the_cookie_opens_the_plain_address_until_the_gift_ends(gift: Gift, follow: Any) -> None:
    _, response = open_by(follow(token_of(gift)))
    cookie = cookie_in(response)
    assert (cookie.value, cookie["max-age"]) == (token_of(gift), 30 * 24 * 3600)
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    reason, again = open_by(follow(kept=[cookie.value]))
    assert reason == Reason.GIFT
    assert again["Cache-Control"] == "private, no-store"
    assert cookie_in(again) is None
    last = gift.ends_at - timedelta(seconds=1)
    assert open_by(follow(kept=[cookie.value]), now=last)[0] == Reason.GIFT
    assert open_by(follow(kept=[cookie.value]), now=gift.ends_at)[0] == Reason.SIGN_IN_NEEDED


@override_settings(SESSION_COOKIE_SECURE=True)
def test_where_https_is_the_cookie_is_bound_to_the_host(gift: Gift, follow: Any) -> None:
    _, response = open_by(follow(token_of(gift)))
    assert response.cookies["__Host-courant_gift"]["secure"]
    assert open_by(follow(kept=[token_of(gift)]))[0] == Reason.SIGN_IN_NEEDED, "the unbound one counts for nothing"


def test_gifts_add_up_in_one_browser(gift: Gift, follow: Any) -> None:
    other = make_gift(story_id=8, made_at=NOW, ends_at=NOW + timedelta(days=60))
    ended = make_gift(story_id=9, made_at=NOW - timedelta(days=40))
    _, response = open_by(follow(token_of(gift), kept=[token_of(ended), "rubbish", token_of(other)]))
    cookie = cookie_in(response)
    assert cookie.value == cookie_of([token_of(other), token_of(gift)])
    assert cookie["max-age"] == 60 * 24 * 3600, "as long as the longest of them"


def test_each_browser_is_counted_once(gift: Gift, follow: Any) -> None:
    for _ in range(3):
        open_by(follow(token_of(gift)))
    assert opened(gift) == 3
    open_by(follow(token_of(gift), kept=[token_of(gift)]))
    open_by(follow(kept=[token_of(gift)]))
    open_by(follow(token_of(gift).upper(), kept=[token_of(gift)]))
    assert opened(gift) == 3


def test_neither_the_giver_nor_a_program_is_counted(gift: Gift, follow: Any) -> None:
    for headers in ({"User-Agent": "Twitterbot/1.0"}, {"User-Agent": ""}):
        assert open_by(follow(token_of(gift), headers=headers))[0] == Reason.GIFT
    assert open_by(follow(token_of(gift), reader=gift.giver))[0] == Reason.SUBSCRIBER
    gift.giver.state = "registered"
    gift.giver.save()
    assert open_by(follow(token_of(gift), reader=gift.giver))[0] == Reason.GIFT
    assert opened(gift) == 0


def test_who_may_read_anyway_uses_no_gift(gift: Gift, follow: Any, django_assert_num_queries: Any) -> None:
    request = follow(token_of(gift), reader=make_reader(state="subscriber"))
    with django_assert_num_queries(0):
        reason, response = open_by(request)
    assert reason == Reason.SUBSCRIBER
    assert response["Cache-Control"] == "private, no-store", "the address itself is nobody else's"
    assert (opened(gift), cookie_in(response)) == (0, None)


def test_what_is_not_read_is_not_counted_and_sets_no_cookie(gift: Gift, follow: Any) -> None:
    reason, response = open_by(follow(token_of(gift)), is_read=False)
    assert (reason, cookie_in(response), opened(gift)) == (Reason.GIFT, None, 0)


def fault_of(request: HttpRequest, now: Any = NOW) -> GiftFault | None:
    decision = decide_visit(request, premium(STORY), now=now)
    assert decision.extent == Extent.PREVIEW
    return given_to(request).fault


def test_every_link_that_does_not_hold_says_why(gift: Gift, follow: Any, broken_table: Any) -> None:
    token = token_of(gift)
    other = make_gift(story_id=8, made_at=NOW)
    assert fault_of(follow("")) == GiftFault.ALTERED
    assert fault_of(follow(token[:-1])) == GiftFault.ALTERED
    assert fault_of(follow(token[:-1] + ("a" if token[-1] != "a" else "b"))) == GiftFault.ALTERED
    assert fault_of(follow(token_of(other))) == GiftFault.OTHER_STORY
    assert fault_of(follow(token), now=gift.ends_at) == GiftFault.ENDED
    with broken_table("wall_gift"):
        assert fault_of(follow(token)) == GiftFault.UNREACHABLE
    Gift.objects.filter(pk=gift.pk).update(revoked_at=NOW)
    assert fault_of(follow(token)) == GiftFault.REVOKED
    assert fault_of(follow(kept=[token])) is None, "who comes by the plain address is told nothing of gifts"
    gift.delete()
    assert fault_of(follow(token)) == GiftFault.REVOKED


def test_a_giver_whose_account_is_closed_gives_nothing(gift: Gift, follow: Any) -> None:
    """A subscription that ends takes back nothing; an account that is closed does."""
    gift.giver.state = "registered"
    gift.giver.save()
    assert open_by(follow(token_of(gift)))[0] == Reason.GIFT
    gift.giver.is_active = False
    gift.giver.save()
    assert fault_of(follow(token_of(gift))) == GiftFault.REVOKED


def test_a_token_that_the_row_does_not_back_opens_nothing(gift: Gift, follow: Any) -> None:
    Gift.objects.filter(pk=gift.pk).update(story_id=8)
    assert fault_of(follow(token_of(gift))) == GiftFault.REVOKED


def test_a_bad_link_spends_nothing_and_asks_first(gift: Gift, follow: Any, rules: Rules) -> None:
    """access.md: Gifts."""
    rules(samples_per_month=2)
    request = follow("bad", reader=make_reader())
    decision = decide_visit(request, premium(STORY), now=NOW)
    assert (decision.extent, decision.wall, decision.left) == (Extent.PREVIEW, Wall.OPEN, 5)
    decision = decide_visit(follow("bad"), registered(STORY), now=NOW)
    assert (decision.extent, decision.wall, decision.left) == (Extent.PREVIEW, Wall.OPEN, 2)
    assert not Opening.objects.exists()


def test_a_good_cookie_makes_up_for_a_bad_link(gift: Gift, follow: Any) -> None:
    assert open_by(follow("bad", kept=[token_of(gift)]))[0] == Reason.GIFT


def test_a_gift_opens_one_page_and_no_list(gift: Gift, follow: Any) -> None:
    """access.md: Surfaces without a reader."""
    request = follow(token_of(gift), kept=[token_of(gift)])
    assert decide_glance(request, premium(STORY), now=NOW).extent == Extent.PREVIEW
    assert decide_visit(request, premium(8), now=NOW).extent == Extent.PREVIEW


def test_a_cookie_full_of_gifts_costs_one_query(gift: Gift, follow: Any, django_assert_num_queries: Any) -> None:
    others = [token_of(make_gift(story_id=100 + number, made_at=NOW)) for number in range(19)]
    request = follow(kept=[token_of(gift), *others])
    decide_visit(follow(), premium(STORY), now=NOW)  # the networks are remembered from here on
    with django_assert_num_queries(1):
        assert decide_visit(request, premium(STORY), now=NOW).reason == Reason.GIFT
