"""Errors spend nothing (docs/rules/metering.md, "What spends"); readers carry a pass (docs/rules/pass.md);
gifts follow their stories (docs/rules/access.md, "Gifts").
"""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from courant.wall.carrying import carry_pass
from courant.wall.gifts import PARAMETER
from courant.wall.visits import undo_visit


class ErrorsSpendNothing:
    """Gives an opening back when the answer that it was counted for became an error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not 200 <= response.status_code < 300:
            undo_visit(request)
        return response


class CarryPass:
    """Keeps the pass of whoever is signed in fresh, and takes it back from whoever no longer is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        carry_pass(request, response, now=timezone.now())
        return response


class GiftsFollow:
    """A story that has moved is found by its old address, and by an old gift link too: the gift goes along."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        place = response.get("Location", "")
        if PARAMETER in request.GET and place and is_own_and_plain(place, request):
            response["Location"] = f"{place}?{urlencode({PARAMETER: request.GET[PARAMETER]})}"
        return response


def is_own_and_plain(place: str, request: HttpRequest) -> bool:
    """Whether a redirect stays on this site and says nothing after the path; what it says stays as it is."""
    hosts = {request.get_host(), urlsplit(settings.SITE_URL).netloc}
    parts = urlsplit(place)
    return not parts.query and not parts.fragment and url_has_allowed_host_and_scheme(place, hosts)
