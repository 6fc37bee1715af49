"""When a form cannot be taken: it was open too long, or too many came at once."""

from uuid import uuid4

from django.core.cache import cache
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from courant.readers.returns import FIELD, path_from

SECRETS = ("password", "code", "token", FIELD)
LONGEST_SHOWN = 20_000
MOST_SHOWN = 20
LIMIT_SECONDS = 600  # every limit of settings.ACCOUNT_RATE_LIMITS is counted over ten minutes at most


@never_cache
def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's protection no longer holds. What was typed is shown, so that it can be copied."""
    context = {"back": way_back(request), "typed": typed_words(request)}
    return render(request, "readers/form_expired.html", context, status=403)


def way_back(request: HttpRequest) -> str:
    """The page of the form, with its return; forms of this paper post to the address they stand at."""
    path = path_from(request.POST.get(FIELD, "") or request.GET.get(FIELD, ""))
    if not path:
        return request.path
    query = request.GET.copy()
    query[FIELD] = path
    return f"{request.path}?{query.urlencode()}"


def typed_words(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of the form that are words of the reader; none when another site sent them."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return []
    words = [
        (name.replace("_", " "), str(value)[:LONGEST_SHOWN])
        for name, value in request.POST.items()
        if str(value).strip() and not any(secret in name.lower() for secret in SECRETS)
    ]
    return words[:MOST_SHOWN]


@never_cache
def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429, with when to try again. Limits that cannot be counted refuse as well, and that is our fault: 503."""
    if not can_count():
        raise OperationalError("the limits cannot be counted")
    response = render(request, "429.html", {"minutes": LIMIT_SECONDS // 60}, status=429)
    response["Retry-After"] = str(LIMIT_SECONDS)
    return response


def can_count() -> bool:
    """Whether the store of the limits takes anything: it says no where its database fails."""
    key = f"can-count:{uuid4()}"
    is_taken = bool(cache.add(key, True, 1))
    cache.delete(key)
    return is_taken
