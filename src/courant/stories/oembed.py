"""oEmbed (https://oembed.com): what other sites show of a story here when they are given its address.

A link with headline, authors and picture; nothing of the body, and no script.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.views.decorators.http import require_safe

from courant.pictures.addresses import Address, addresses_of
from courant.pictures.kinds import KINDS
from courant.stories.addresses import address_of, full_address
from courant.stories.cards import Card, for_cards, make_cards
from courant.stories.feed_formats import printable
from courant.stories.keeping import asked_each_time, shown_anywhere
from courant.stories.queries import paper_of, published_stories

STORY_PATH = re.compile(r"/([-a-zA-Z0-9_]+)/([-a-zA-Z0-9_]+)/?")
CACHE_SECONDS = 3600
LARGEST_THUMBNAIL = 640


@require_safe
def show_oembed(request: HttpRequest) -> HttpResponse:
    """404 for any address but a published story's own, 501 for a format that is neither json nor xml."""
    url, wanted = request.GET.get("url", ""), request.GET.get("format", "json")
    if not url:
        return HttpResponseBadRequest("Give the story's address as url=…\n", content_type="text/plain")
    if wanted not in ("json", "xml"):
        return HttpResponse("format is json or xml\n", status=501, content_type="text/plain")
    embed = embed_of(story_at(url, request), request)
    return shown_anywhere(asked_each_time(as_xml(embed) if wanted == "xml" else JsonResponse(embed)))


def story_at(url: str, request: HttpRequest) -> Card:
    """The published story at a full address of this site; else Http404."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Http404("This is no address.") from error
    own = {urlsplit(full_address("/", request)).netloc, request.get_host()}
    path = STORY_PATH.fullmatch(parts.path)
    if parts.scheme not in ("http", "https") or parts.netloc.lower() not in own or path is None:
        raise Http404("This is no address of a story here.")
    wanted = f"/{path[1]}/{path[2]}/"
    stories = for_cards(published_stories().filter(slug=path[2]))
    story = next((story for story in stories if address_of(story) == wanted), None)
    if story is None:
        raise Http404("There is no such story.")
    return make_cards([story])[0]


def embed_of(card: Card, request: HttpRequest) -> dict[str, Any]:
    paper = paper_of(request).name
    embed: dict[str, Any] = {
        "version": "1.0",
        "type": "link",
        "title": card.full_headline,
        "url": full_address(card.url, request),
        "provider_name": paper,
        "provider_url": full_address("/", request),
        "cache_age": CACHE_SECONDS,
    }
    if card.bylines:
        embed["author_name"] = ", ".join(card.bylines)
    thumbnail = thumbnail_of(card, most(request, "maxwidth"), most(request, "maxheight"))
    if thumbnail:
        embed["thumbnail_url"] = full_address(thumbnail.url, request)
        embed["thumbnail_width"], embed["thumbnail_height"] = thumbnail.width, thumbnail.height
    return embed


def most(request: HttpRequest, name: str) -> int:
    """A limit in pixels as asked; what is no number sets none."""
    asked = request.GET.get(name, "")
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 10
    return min(int(asked), LARGEST_THUMBNAIL) if is_number else LARGEST_THUMBNAIL


def thumbnail_of(card: Card, width: int, height: int) -> Address | None:
    """The largest picture within these limits, or none."""
    if card.picture is None:
        return None
    offered = addresses_of(card.picture, KINDS["wide"])["jpeg"]
    fitting = [address for address in offered if address.width <= width and address.height <= height]
    return fitting[-1] if fitting else None


def as_xml(embed: dict[str, Any]) -> HttpResponse:
    fields = "".join(f"<{key}>{escape(printable(str(value)))}</{key}>" for key, value in embed.items())
    body = f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>{fields}</oembed>\n'
    return HttpResponse(body, content_type="text/xml; charset=utf-8")
