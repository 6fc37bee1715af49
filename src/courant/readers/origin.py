"""Forms on stored pages: they hold no token of one browser, so the browser's word for where they stand counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

TOKEN = "csrfmiddlewaretoken"  # noqa: S105  # a name of a field


def is_from_own_page(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this paper sent the form (Fetch Metadata, else RFC 6454).

    Neither header can be set by a script or a form of another site. A browser that sends none is not believed.
    """
    sent_from = request.headers.get("Sec-Fetch-Site")
    if sent_from is not None:
        return sent_from == "same-origin"
    return request.headers.get("Origin") in own_origins(request)


def own_origins(request: HttpRequest) -> set[str]:
    """The paper's own address, and the one that was asked."""
    try:
        asked = {f"{request.scheme}://{request.get_host()}"}
    except DisallowedHost:
        asked = set()
    return asked | ({settings.SITE_URL} if settings.SITE_URL else set())


def by_token_or_origin(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """As Django's protection of forms, but a form without a token is taken from a page of our own.

    A token that is sent is checked as ever; what fails gets the page for forms that were open too long.
    """
    checked = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and TOKEN not in request.POST and is_from_own_page(request):
            return view(request, *args, **kwargs)
        return checked(request, *args, **kwargs)

    return door
