"""The door between a request and the gifts in its hand: the link in its address, the gifts in its cookie.

The law is docs/rules/access.md, "Gifts".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import Error
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.encoding import force_str

from courant.wall.actions import count_gift
from courant.wall.decision import Decision
from courant.wall.enums import GiftFault, Reason
from courant.wall.gifts import PARAMETER, GiftToken, cookie_of, read_token, tokens_in, write_token
from courant.wall.models import Gift
from courant.wall.passes import cookie_names
from courant.wall.programs import is_program
from courant.wall.queries import live_gift, logger


@dataclass(frozen=True)
class Given:
    """The gift of a story that a request holds, or what is wrong with the link it came by; mostly neither."""

    gift: Gift | None = None
    token: str = ""
    fault: GiftFault | None = None


NOTHING = Given()


def token_of(gift: Gift) -> str:
    """The gift as it stands in its link."""
    token = GiftToken(gift.pk, gift.story_id, int(gift.ends_at.timestamp()))
    return write_token(token, secrets()[0])


def link_of(gift: Gift, address: str) -> str:
    """The address that gives the story: its own, with the token."""
    return f"{address}?{PARAMETER}={token_of(gift)}"


def take_gift(request: HttpRequest, story_id: int, now: datetime) -> Given:
    """What the request holds for this story, by its link or else its cookie; remembered for `given_to`."""
    given = NOTHING if PARAMETER not in request.GET else look_up(request.GET[PARAMETER], story_id, now)
    if given.gift is None:
        kept = (look_up(token, story_id, now) for token in reversed(tokens_of(request)))
        given = next((one for one in kept if one.gift is not None), given)
    request.__dict__["_wall_given"] = given
    return given


def given_to(request: HttpRequest) -> Given:
    """What `take_gift` found; nothing where the decision needed no gift."""
    given: Given = request.__dict__.get("_wall_given", NOTHING)
    return given


def look_up(text: str, story_id: int, now: datetime) -> Given:
    """The gift behind a token; asks the database only for one that holds and is of this story."""
    token = read_token(text, secrets())
    if token is None:
        return Given(fault=GiftFault.ALTERED)
    if token.story_id != story_id:
        return Given(fault=GiftFault.OTHER_STORY)
    if token.has_ended(now.timestamp()):
        return Given(fault=GiftFault.ENDED)
    try:
        gift = live_gift(gift_id=token.gift_id, story_id=story_id, now=now)
    except Error as error:
        logger.warning("a gift cannot be looked up: %s", error)
        return Given(fault=GiftFault.UNREACHABLE)
    return Given(fault=GiftFault.REVOKED) if gift is None else Given(gift, text.lower())


def keep_gift(
    response: HttpResponseBase, request: HttpRequest, decision: Decision, *, is_read: bool, now: datetime
) -> None:
    """Put the gift that opened the story into the cookie and count it, once in a browser.

    `is_read`: the page was asked for by somebody who reads it now. Nobody may store or list such a page.
    """
    is_opened = decision.reason == Reason.GIFT
    if is_opened or PARAMETER in request.GET:
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex, noarchive"
    given, kept = given_to(request), tokens_of(request)
    if not is_opened or not is_read or given.gift is None or given.token in kept:
        return
    set_cookie(response, [*kept, given.token], now)
    is_giver = getattr(request.user, "pk", None) == given.gift.giver_id
    if not is_giver and not is_program(request.headers.get("User-Agent", "")):
        count_gift(gift=given.gift)


def set_cookie(response: HttpResponseBase, tokens: list[str], now: datetime) -> None:
    """Keep the tokens that have not ended, as long as the longest of them lasts."""
    read = {text: read_token(text, secrets()) for text in tokens}
    seconds = {text: token.ends_at - now.timestamp() for text, token in read.items() if token is not None}
    lasting = {text: left for text, left in seconds.items() if left > 0}
    response.set_cookie(
        cookie_name(),
        cookie_of(lasting),
        max_age=int(max(lasting.values())),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def tokens_of(request: HttpRequest) -> list[str]:
    return tokens_in(request.COOKIES.get(cookie_name(), ""))


def cookie_name() -> str:
    return cookie_names(settings.SESSION_COOKIE_SECURE).gift


def secrets() -> list[str]:
    """The first signs, all verify."""
    return [force_str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
