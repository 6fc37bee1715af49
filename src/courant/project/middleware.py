"""What every request is freed of, and the headers that every answer carries."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.template.loader import render_to_string

from courant.project.views import healthz

WITHOUT_PREFETCH = ("/newsroom/", "/account/")


class HealthMiddleware:
    """Answers the health check before anything looks at the host: a balancer asks by address, not by name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return healthz(request) if request.path == "/-/healthz" else self.get_response(request)


class PageHeadersMiddleware:
    """Adds what Django's security middleware does not know of."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        drop_unreadable_cookies(request)
        response = with_page(self.get_response(request))
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), browsing-topics=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if is_page(response) and "Cache-Control" not in response.headers:
            # The same address answers differently by reader: no shared cache may keep it.
            response.headers["Cache-Control"] = "private, no-cache"
        if is_page(response) and not request.path.startswith(WITHOUT_PREFETCH):
            # As a header, since rules inside the page would be an inline script, which our policy refuses.
            response.headers["Speculation-Rules"] = '"/-/speculation-rules.json"'
        return response


def drop_unreadable_cookies(request: HttpRequest) -> None:
    """A cookie can hold NUL by way of its quoting, and then no database takes it: it counts as not sent."""
    for name in [name for name, value in request.COOKIES.items() if "\x00" in value]:
        del request.COOKIES[name]


def with_page(response: HttpResponse) -> HttpResponse:
    """A refusal of the method has no words of its own; it gets the page for what we cannot read."""
    if response.status_code != 405 or response.streaming or response.content:
        return response
    return HttpResponse(render_to_string("400.html"), status=405, headers={"Allow": response.get("Allow", "")})


def is_page(response: HttpResponseBase) -> bool:
    return bool(response.get("Content-Type", "").startswith("text/html"))


class TextGZipMiddleware(GZipMiddleware):
    """For all but pictures: they are compressed already, and would lose their strong ETag for nothing."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.get("Content-Type", "").startswith("image/"):
            return response
        return super().process_response(request, response)
