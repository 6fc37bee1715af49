"""For whom a page is printed when nobody asks for it: press prints pages beforehand, and sets this alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from courant.wall.decision import Decision


@dataclass(frozen=True)
class PrintedFor:
    """A class of readers. `decision` is the wall's for the story at the address; None for any other page."""

    decision: Decision | None
    is_signed_in: bool


def printed_for(request: HttpRequest) -> PrintedFor | None:
    """Set by press on a request that it made itself, never from anything that came over the network."""
    return getattr(request, "printed_for", None)


def is_signed_in(request: HttpRequest) -> bool:
    """Whether the head of the page is that of a reader with an account."""
    audience = printed_for(request)
    if audience is not None:
        return audience.is_signed_in
    user = getattr(request, "user", None)
    return bool(user is not None and user.is_authenticated)
