"""The one door through which pictures leave."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from courant.pictures.actions import make_rendition
from courant.pictures.addresses import read_address
from courant.pictures.kinds import CONTENT_TYPES
from courant.pictures.queries import picture_with

FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def rendition(request: HttpRequest, signature: str, picture_id: int, name: str) -> HttpResponseBase:
    """A picture for whoever has its signed address; everything else is as if it did not exist."""
    picture = picture_with(picture_id)
    spec = read_address(picture, signature, name) if picture else None
    if picture is None or spec is None:
        return no_such_picture()
    try:
        content = make_rendition(picture=picture, spec=spec)
    except OSError:
        return no_such_picture()
    response = HttpResponse(content, content_type=CONTENT_TYPES[name.rpartition(".")[2]])
    response.headers["ETag"] = f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
    response.headers["Content-Length"] = str(len(content))
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Feeds are read, and cards shown, on other sites.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return get_conditional_response(request, response.headers["ETag"], None, response) or response


def no_such_picture() -> HttpResponse:
    response = HttpResponseNotFound("There is no picture here.", content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
