"""Giving a story away: the page that makes the link, and what a story's own page says of a gift or an institution."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from courant.readers.models import Reader
from courant.readers.returns import sign_next
from courant.stories.addresses import address_of
from courant.stories.models import StoryPage
from courant.stories.terms import terms_of
from courant.wall.actions import GiftsSpent, give_story
from courant.wall.decision import Decision, month_of, next_turn
from courant.wall.enums import Reason
from courant.wall.given import given_to
from courant.wall.models import Gift, WallSettings
from courant.wall.policy import can_give
from courant.wall.queries import MonthGifts, live_gift_of, month_gifts
from courant.wall.visits import institution_of, paper_zone


class Giving(StrEnum):
    """What the page has to say to whoever wants to give a story."""

    OFFER = "offer"
    SIGN_IN = "sign_in"
    SUBSCRIBERS_ONLY = "subscribers_only"
    FREE = "free"
    WITHDRAWN = "withdrawn"
    SPENT = "spent"
    OFF = "off"


LONGEST_NUMBER = 18
STATUS = {Giving.WITHDRAWN: 410, Giving.SPENT: 409, Giving.SUBSCRIBERS_ONLY: 403}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    """`/account/gifts/new/?story=12`: asks before it gives; a story that is given already leads to its link."""
    story = wanted_story(request)
    giving, gifts = weigh_giving(request, story)
    there = gift_there(request, story) if giving in (Giving.OFFER, Giving.SPENT, Giving.OFF) else None
    if there is None and giving == Giving.OFFER and request.method == "POST":
        there, giving = make_gift(request, story)
    if there is not None:
        return redirect("readers:gift", there.pk)
    context = {
        "giving": giving,
        "story_id": story.pk,
        "headline": story.headline if story.live else "",
        "story_url": address_of(story),
        "language": story.language,
        "gifts": gifts,
        "days": WallSettings.for_request(request).gift_days,
        "turns_at": next_turn(timezone.now(), paper_zone()),
        "return_token": sign_next(f"{request.path}?story={story.pk}"),
    }
    status = STATUS.get(giving, 200) if request.method == "POST" or giving == Giving.WITHDRAWN else 200
    return render(request, "stories/give.html", context, status=status)


def wanted_story(request: HttpRequest) -> StoryPage:
    """A story that stands in the paper or once did. Http404 for a draft, a private page, no number at all."""
    number = request.GET.get("story", "")
    if not number.isascii() or not number.isdigit() or len(number) > LONGEST_NUMBER:
        raise Http404("There is no such story.")
    known: QuerySet[StoryPage] = StoryPage.objects.public().filter(first_published_at__isnull=False)
    story = known.filter(pk=int(number)).first()
    if story is None:
        raise Http404("There is no such story.")
    return story


def weigh_giving(request: HttpRequest, story: StoryPage) -> tuple[Giving, MonthGifts | None]:
    """What stands in the way, the first thing first; and what the giver gave this month."""
    if not story.live:
        return Giving.WITHDRAWN, None
    if terms_of(story).is_free(timezone.now()):
        return Giving.FREE, None
    if not request.user.is_authenticated:
        return Giving.SIGN_IN, None
    if not can_give(request.user):
        return Giving.SUBSCRIBERS_ONLY, None
    limit = WallSettings.for_request(request).gifts_per_month
    month = month_of(timezone.now(), paper_zone())
    gifts = month_gifts(giver_id=request.user.pk, month=month, limit=limit)
    if limit == 0:
        return Giving.OFF, gifts
    return Giving.OFFER if gifts.can_give(story.pk) else Giving.SPENT, gifts


def gift_there(request: HttpRequest, story: StoryPage) -> Gift | None:
    return live_gift_of(giver_id=request.user.pk or 0, story_id=story.pk, now=timezone.now())


def make_gift(request: HttpRequest, story: StoryPage) -> tuple[Gift | None, Giving]:
    """The gift, or why there is none after all: the last one was given, or the subscription ended, meanwhile."""
    rules = WallSettings.for_request(request)
    try:
        gift = give_story(
            by=cast(Reader, request.user),
            story_id=story.pk,
            limit=rules.gifts_per_month,
            days=rules.gift_days,
            now=timezone.now(),
            zone=paper_zone(),
        )
    except GiftsSpent:
        return None, Giving.SPENT
    except PermissionDenied:
        return None, Giving.SUBSCRIBERS_ONLY
    return gift, Giving.OFFER


def giver_context(request: HttpRequest, decision: Decision | None) -> dict[str, Any]:
    """For a story's page: who gives access to it, what is wrong with a gift link, whether it can be given."""
    is_institution = decision is not None and decision.reason == Reason.INSTITUTION
    return {
        "given": given_to(request),
        "institution": institution_of(request) if is_institution else "",
        "is_giving": WallSettings.for_request(request).gifts_per_month > 0,
    }
