"""The page server as it is built from an installation's settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from courant.cli.serve import address_of_server
from courant.press.serving import answered_hosts, edge_config
from courant.press.stores import note_served_at, paper_address, rendering_host
from courant.wall.passes import cookie_names
from courant.wall.visits import paper_zone
from tests.factories import make_paper, make_section, make_story
from tests.press.conftest import Host


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8123"),
        ("0.0.0.0", "http://127.0.0.1:8123"),
        ("::1", "http://[::1]:8123"),
        ("::", "http://[::1]:8123"),
        ("localhost", "http://localhost:8123"),
    ],
)
def test_a_server_is_reached_where_it_listens(host: str, address: str) -> None:
    assert address_of_server(host, 8123) == address


def test_a_paper_with_an_address_is_answered_at_every_host_of_its(press_folder: Path, settings: Any) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://paper.example", ["paper.example", ".paper.example"]
    note_served_at("http://127.0.0.1:8123")
    assert paper_address() == "https://paper.example"
    assert rendering_host() == "paper.example"
    assert answered_hosts() == ("paper.example", ".paper.example")


def test_a_paper_without_one_is_answered_where_it_is_served(press_folder: Path, settings: Any) -> None:
    """Under another name its stored pages would name themselves wrongly: those requests go to Django."""
    settings.SITE_URL, settings.ALLOWED_HOSTS = "", ["localhost", "127.0.0.1", "[::1]"]
    note_served_at("http://127.0.0.1:8123")
    assert (paper_address(), rendering_host(), answered_hosts()) == (
        "http://127.0.0.1:8123", "127.0.0.1:8123", ("127.0.0.1",),
    )  # fmt: skip
    note_served_at("http://[::1]:8123")
    assert (rendering_host(), answered_hosts()) == ("[::1]:8123", ("[::1]",))


def test_a_host_that_django_refuses_is_not_rendered_at(press_folder: Path, settings: Any) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = "http://paper.test", ["localhost"]
    assert rendering_host() == "localhost"


@pytest.mark.django_db
def test_stored_pages_name_themselves_as_they_are_reached(host: Host, settings: Any) -> None:
    make_paper()
    make_story(make_section("World"), headline="Talks")
    settings.SITE_URL = ""
    note_served_at("http://127.0.0.1:8123")
    for address in ("/world/talks/", "/feeds/rss.xml", "/sitemaps/pages.xml", "/robots.txt"):
        host.press(address)
        assert "http://127.0.0.1:8123/" in host.text(address), address
    assert '<link rel="canonical" href="http://127.0.0.1:8123/world/talks/">' in host.text("/world/talks/")


def test_the_page_server_is_told_what_the_settings_say(press_folder: Path, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE, settings.TRUSTED_PROXIES, settings.SHARED_SECONDS = True, 2, 30
    config = edge_config()
    assert (config.folder, config.zone, config.is_secure) == (press_folder, paper_zone(), True)
    assert (config.cookies, config.trusted_proxies, config.shared_seconds) == (cookie_names(True), 2, 30)
