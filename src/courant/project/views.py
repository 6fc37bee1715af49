"""Health checks, error pages, and the ways of other applications to the paper's own sign-in."""

from __future__ import annotations

import sys
from urllib.parse import urlencode

from allauth.core import ratelimit
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from wagtail.views import authenticate_with_password

from courant.stories.queries import was_published_at
from courant.stories.views import show_gone

RETRY_SECONDS = 30


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; says nothing about the database."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and has its tables, else 503 and which of the two is missing."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return JsonResponse({"ready": False, "database": "unreachable"}, status=503)
    if pending:
        return JsonResponse({"ready": False, "database": "not set up: run courant setup"}, status=503)
    return JsonResponse({"ready": True, "database": "ok"})


def other_sign_in(request: HttpRequest) -> HttpResponse:
    """Neither the newsroom nor Wagtail's pages have a door of their own: everyone signs in at the same one."""
    wanted = request.GET.get("next", "/newsroom/")
    return redirect(f"/account/sign-in/?{urlencode({'next': wanted})}")


def nothing_here(request: HttpRequest) -> HttpResponse:
    """For addresses of other applications that the paper does not use."""
    raise Http404("There is nothing at this address.")


def open_with_password(request: HttpRequest, page_view_restriction_id: int, page_id: int) -> HttpResponseBase:
    """Wagtail's view for a page with a password, with a limit on guessing."""
    limited: HttpResponseBase | None = ratelimit.consume_or_429(request, action="page_password")
    return limited or authenticate_with_password(request, page_view_restriction_id, page_id)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, or 410 where a story stood that was withdrawn."""
    if was_published_at(request.path):
        return show_gone(request)
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413. Without the request's context: its host may be the very thing that is wrong."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return HttpResponse(render_to_string(f"{status}.html"), status=status)


def broken(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database cannot be used: the template asks nothing of it."""
    response = HttpResponse(render_to_string("500.html"), status=500)
    if isinstance(sys.exc_info()[1], OperationalError):
        response.status_code = 503
        response["Retry-After"] = str(RETRY_SECONDS)
    return response
