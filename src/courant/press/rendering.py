"""Printing: an address in all its variants, through Django's own handler, with the keys of what was shown."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.db import OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from courant.edge.pages import OWNED_HEADERS, StoredPage, StoredVariant, digest_of
from courant.edge.variants import ANY
from courant.lib.keys import noting
from courant.press.addresses import TREE, is_answered_by, is_pressable, page_at, story_at, view_at
from courant.press.encodings import encodings_of
from courant.press.freshness import fresh_until
from courant.press.stores import paper_address, rendering_host
from courant.press.variants import audiences
from courant.stories.audience import PrintedFor
from courant.stories.keys import PAPER
from courant.stories.terms import terms_of
from courant.wall.decision import StoryTerms
from courant.wall.queries import default_wall_settings
from courant.wall.visits import paper_zone

HTML = "text/html"
# A form's token is of one browser: what holds one must never be stored.
TOKEN = b"csrfmiddlewaretoken"
log = logging.getLogger("courant.press")


class NotStorable(Exception):
    """Something about an answer belongs to one person, or it is no page."""


@dataclass
class Print:
    """A page as printed, and its bodies: digest -> encoding -> bytes."""

    page: StoredPage
    bodies: dict[str, dict[str, bytes]] = field(default_factory=dict)


def print_address(address: str, now: datetime) -> Print | None:
    """Everything there is to store of an address; None if nothing public stands there.

    Raises NotStorable for an answer that must not be stored, and the database's errors.
    """
    if not is_pressable(address):
        return None
    terms: StoryTerms | None = None
    if view_at(address.partition("?")[0]) == TREE:
        page = page_at(address.partition("?")[0])
        if page is None or not is_answered_by(page, address):
            return None
        story = story_at(page)
        terms = terms_of(story) if story else None
    with noting() as keys:
        answers = answers_at(address, terms, now)
    return put_together(address, terms, answers, keys, now) if answers else None


def answers_at(address: str, terms: StoryTerms | None, now: datetime) -> dict[str, HttpResponseBase]:
    """Variant -> answer; none at all if any of them is not 200. What is no page has one for all."""
    answers: dict[str, HttpResponseBase] = {}
    limit = default_wall_settings().premium_per_month
    for variant, audience in audiences(terms, limit=limit, now=now, zone=paper_zone()).items():
        answer = ask(address, audience)
        if answer.status_code >= 500:
            raise_fault(address, answer.status_code)
        if answer.status_code != 200:
            return {}
        if not answer.get("Content-Type", "").startswith(HTML):
            return {ANY: answer}
        answers[variant] = answer
    return answers


def raise_fault(address: str, status: int) -> None:
    """An error says nothing of whether a page stands there: what is stored stays. 503 is a database that is away."""
    if status == 503:
        raise OperationalError(f"{address} cannot be printed while the database is away")
    raise NotStorable(f"{address} is answered with {status}")


def put_together(
    address: str,
    terms: StoryTerms | None,
    answers: dict[str, HttpResponseBase],
    keys: Iterable[str],
    now: datetime,
) -> Print:
    bodies: dict[str, dict[str, bytes]] = {}
    variants: dict[str, StoredVariant] = {}
    for name, answer in answers.items():
        body = body_of(address, answer)
        digest = digest_of(body)
        if digest not in bodies:
            bodies[digest] = encodings_of(body)
        variants[name] = StoredVariant(answer.status_code, headers_of(answer), digest[:24], digest)
    until = fresh_until(address, keys, now)
    # Whatever has no key of its own goes with the whole paper.
    noted = frozenset(keys) | {PAPER}
    page = StoredPage(address, terms, variants, noted, now.timestamp(), until.timestamp())
    return Print(page, bodies)


def body_of(address: str, answer: HttpResponseBase) -> bytes:
    """The bytes of an answer, once it is sure that they are of nobody in particular."""
    body = b"".join(answer)
    if answer.cookies or TOKEN in body:
        raise NotStorable(f"{address} sets a cookie or holds the token of a form: it cannot be the same for everyone")
    return body


def headers_of(answer: HttpResponseBase) -> tuple[tuple[str, str], ...]:
    """The headers that Django's middleware made, without those that the page server says itself."""
    return tuple((name, value) for name, value in answer.items() if name.lower() not in OWNED_HEADERS)


# -- Asking ---------------------------------------------------------------------------------------------
def ask(address: str, audience: PrintedFor) -> HttpResponseBase:
    """Django's answer for a class of readers. Nobody else can set `printed_for`: it comes in no header."""
    request = request_for(address)
    request.printed_for = audience  # type: ignore[attr-defined]  # what courant.stories.audience reads
    return handler().get_response(request)


@lru_cache(maxsize=1)
def handler() -> BaseHandler:
    made = BaseHandler()
    made.load_middleware()
    return made


def request_for(address: str) -> HttpRequest:
    """A plain GET by nobody, without cookies, at the paper's own address."""
    path, _, query = address.partition("?")
    host = rendering_host()
    scheme = urlsplit(paper_address()).scheme
    port = urlsplit(f"//{host}").port or (443 if scheme == "https" else 80)
    return WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": host.rpartition(":")[0] or host,
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": host,
            "REMOTE_ADDR": "",
            "wsgi.url_scheme": scheme,
            "wsgi.input": io.BytesIO(),
        }
    )
