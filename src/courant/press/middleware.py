"""What Django had to answer because it was not stored is pressed for the next reader."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from courant.press.actions import want_missed
from courant.press.stores import local_store
from courant.stories.audience import printed_for

log = logging.getLogger("courant.press")


class WantMissed:
    """Puts the address of a page that was answered live on the list of what is wanted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "GET" and response.status_code in (200, 304) and printed_for(request) is None:
            query = request.META.get("QUERY_STRING", "")
            try:
                want_missed(f"{request.path}?{query}" if query else request.path, store=local_store())
            except Exception:
                # A store that takes nothing must not cost the reader the page.
                log.exception("%s cannot be put on the list of wanted pages", request.path)
        return response
