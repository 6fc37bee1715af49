"""The door between a response and the pass: who is given one, who gives it back. The law is docs/rules/pass.md."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import Error
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from courant.wall.decision import month_of, next_turn
from courant.wall.enums import ReaderState
from courant.wall.models import WallSettings
from courant.wall.passes import (
    LIFETIME,
    CookieNames,
    KeyRing,
    Pass,
    carried_state,
    cookie_names,
    meter_line,
    mint_opened,
    mint_pass,
    read_opened,
    read_pass,
)
from courant.wall.queries import MonthOpenings, logger, month_openings
from courant.wall.rings import key_ring
from courant.wall.visits import paper_zone

# In Django's session: the id that the passes of this session bear. The session's own key is never in a pass.
SESSION_ID = "courant_passes"


def begin_session(request: HttpRequest) -> str | None:
    """Give a session that begins an id for its passes; the id of earlier ones in the same browser, which must end."""
    earlier: str | None = request.session.get(SESSION_ID)
    request.session[SESSION_ID] = secrets.token_urlsafe(12)
    request.__dict__["_wall_signed_in"] = True
    return earlier


def session_id(request: HttpRequest) -> str | None:
    """The id that this session's passes bear, if it ever had one."""
    found: str | None = request.session.get(SESSION_ID)
    return found


def carry_pass(request: HttpRequest, response: HttpResponseBase, *, now: datetime) -> None:
    """Put a fresh pass beside an answer to a reader who has none that holds long enough; take it back from strangers.

    Asks no database about the reader: whom the answer was not made for, it says nothing of.
    """
    if not can_carry(request, response):
        return
    names = cookie_names(settings.SESSION_COOKIE_SECURE)
    reader = known_reader(request)
    if reader is None:
        return
    if not reader.is_authenticated or not reader.is_active or carried_state(reader.state) is None:
        take_back(request, response, names.passes, names.opened, names.meter)
        return
    ring = key_ring()
    held = read_pass(ring, request.COOKIES.get(names.passes, ""), now.timestamp())
    if not is_good(held, reader, request, now):
        give_pass(request, response, ring, reader, names, now)
    if reader.state == ReaderState.REGISTERED:
        carry_opened(request, response, ring, reader, names, now)
    else:
        take_back(request, response, names.meter)


def can_carry(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Nothing of one reader goes beside what all may keep: answers for shared caches, and pages that are printed."""
    is_shared = "public" in response.get("Cache-Control", "")
    return not is_shared and getattr(request, "printed_for", None) is None


def known_reader(request: HttpRequest) -> Any:
    """Whoever this request was found to be from; None where nobody asked, and then nobody is asked here."""
    reader = request.__dict__.get("user")
    if reader is None or not hasattr(request, "session"):
        return None
    is_asked = "_cached_user" in request.__dict__ or "_setupfunc" not in reader.__dict__
    return request.user if is_asked else None


def is_good(held: Pass | None, reader: Any, request: HttpRequest, now: datetime) -> bool:
    """Whether a pass says what is true of this reader and session, and will for half its time."""
    if held is None or held.expires_at - now.timestamp() <= LIFETIME.total_seconds() / 2:
        return False
    said = (held.reader, held.state, held.version, held.session)
    return said == (reader.public_id, reader.state, reader.pass_version, session_id(request))


def give_pass(
    request: HttpRequest, response: HttpResponseBase, ring: KeyRing, reader: Any, names: CookieNames, now: datetime
) -> None:
    """A session from before passes were is given its id first."""
    if session_id(request) is None:
        begin_session(request)
    token = mint_pass(
        ring,
        reader=reader.public_id,
        state=ReaderState(reader.state),
        session=session_id(request) or "",
        version=reader.pass_version,
        now=now,
    )
    set_cookie(response, names.passes, token, int(LIFETIME.total_seconds()))


def carry_opened(
    request: HttpRequest, response: HttpResponseBase, ring: KeyRing, reader: Any, names: CookieNames, now: datetime
) -> None:
    """The stories opened this month, and what is left for showing, where this request knows of them anyway."""
    month = month_of(now, paper_zone())
    found = known_openings(request, response, reader, now)
    if found is None:
        return
    openings, limit = found
    turn = next_turn(now, paper_zone())
    lasting = max(1, int((turn - now).total_seconds()))
    held = read_opened(ring, request.COOKIES.get(names.opened, ""), reader=reader.public_id, month=month)
    if held != openings.story_ids:
        token = mint_opened(
            ring, reader=reader.public_id, month=month, stories=openings.story_ids, now=now, expires_at=turn
        )
        set_cookie(response, names.opened, token, lasting)
    line = meter_line(counted=openings.counted, limit=limit, turns_on=turn.date().isoformat())
    if request.COOKIES.get(names.meter) != line:
        set_cookie(response, names.meter, line, lasting, is_hidden=False)


def known_openings(
    request: HttpRequest, response: HttpResponseBase, reader: Any, now: datetime
) -> tuple[MonthOpenings, int] | None:
    """What the request has read of the meter already; whoever signs in is looked up once."""
    month = month_of(now, paper_zone())
    openings = request.__dict__.get("_wall_openings", {}).get((reader.pk, month))
    will_be_undone = "_wall_spent" in request.__dict__ and not 200 <= response.status_code < 300
    if will_be_undone or (openings is None and "_wall_signed_in" not in request.__dict__):
        return None
    try:
        limit = WallSettings.for_request(request).premium_per_month
        return openings or month_openings(reader_id=reader.pk, month=month), limit
    except (Error, WallSettings.DoesNotExist) as error:
        logger.warning("the meter cannot be read: %s", error)
        return None


def set_cookie(response: HttpResponseBase, name: str, value: str, seconds: int, *, is_hidden: bool = True) -> None:
    response.set_cookie(
        name, value, max_age=seconds, secure=settings.SESSION_COOKIE_SECURE, httponly=is_hidden, samesite="Lax"
    )


def take_back(request: HttpRequest, response: HttpResponseBase, *names: str) -> None:
    """Take back the cookies that came with the request."""
    for name in names:
        if name in request.COOKIES:
            response.delete_cookie(name, samesite="Lax")
