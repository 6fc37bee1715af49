"""A paper with a wall, requests of all sorts, and faults of the database."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError, connection
from django.http import HttpRequest
from django.test import RequestFactory
from wagtail.models import Site

from courant.wall.decision import StoryTerms
from courant.wall.enums import Access
from courant.wall.models import WallSettings
from courant.wall.queries import known_networks
from tests.factories import make_paper

NOW = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
Visit = Callable[..., HttpRequest]
Rules = Callable[..., WallSettings]


def premium(story_id: int = 7) -> StoryTerms:
    return StoryTerms(story_id, Access.PREMIUM)


def registered(story_id: int = 7) -> StoryTerms:
    return StoryTerms(story_id, Access.REGISTERED)


@pytest.fixture(autouse=True)
def _no_network_remembered() -> None:
    """A test that is rolled back tells nobody that its institutions are gone."""
    known_networks.forget()


@pytest.fixture
def rules() -> Rules:
    """Set the wall's settings, as an editor does; they are in force with the next request."""

    def change(**values: Any) -> WallSettings:
        if not Site.objects.filter(is_default_site=True).exists():
            make_paper()
        site = Site.objects.get(is_default_site=True)
        settings, _ = WallSettings.objects.update_or_create(site=site, defaults=values)
        return settings

    return change


@pytest.fixture
def visit(rf: RequestFactory) -> Visit:
    """A request for a story's page; `reader` is who is signed in, `address` whence."""

    def make(
        method: str = "GET",
        *,
        reader: Any = None,
        address: str = "203.0.113.9",
        path: str = "/world/story/",
        cookies: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> HttpRequest:
        request = rf.generic(method, path, REMOTE_ADDR=address, headers=headers or {})
        request.COOKIES.update(cookies or {})
        request.user = reader or AnonymousUser()
        return request

    return make


@pytest.fixture
def broken_table() -> Callable[[str], AbstractContextManager[None]]:
    """While it lasts, the database refuses every statement that names this table."""

    @contextmanager
    def breaking(table: str) -> Iterator[None]:
        def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if f'"{table}"' in sql:
                raise OperationalError("the disk is on fire")
            return execute(sql, params, many, context)

        with connection.execute_wrapper(refuse):
            yield

    return breaking
