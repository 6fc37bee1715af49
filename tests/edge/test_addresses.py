"""Targets and hosts of requests."""

import pytest

from courant.edge.addresses import MOST_REMEMBERED, Hosts, address_of

pytestmark = pytest.mark.anydb


@pytest.mark.parametrize(
    ("target", "address"),
    [
        (b"/world/?", b"/world/"),
        (b"/world/?&&", b"/world/"),
        (b"/world/?utm_source=a&utm_medium=email&gclid=1&fbclid=2&mc_cid=3&gaa_at=g", b"/world/"),
        (b"/world/?page=2", b"/world/?page=2"),
        (b"/world/?utm_source=a&page=2&fbclid=b", b"/world/?page=2"),
        (b"/world/?page=02", None),
        (b"/world/?page=0", None),
        (b"/world/?page=1234567", None),
        (b"/world/?page=2&page=3", None),
        (b"/world/?page=", None),
        (b"/world/?page", None),
        (b"/world/?page=\xb2", None),
        (b"/world/?Page=2", None),
        (b"/world/?q=a", None),
        (b"/world/?page=2&q=a", None),
        (b"/world/?%75tm_source=a", None),
        (b"/world/?utm_source=a;q=b", b"/world/"),
        (b"/world/?q=a?utm_source=b", None),
    ],
)
def test_what_only_tracks_is_no_query(target: bytes, address: bytes | None) -> None:
    assert address_of(target) == address


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        (b"paper.example", True),
        (b"PAPER.example", True),
        (b"paper.example.", True),
        (b"paper.example:8000", True),
        (b"news.example", True),
        (b"www.news.example", True),
        (b"[::1]:8000", True),
        (b"[::1]", True),
        (b"", False),
        (b"evil.example", False),
        (b"paper.example.evil.example", False),
        (b"evilnews.example", False),
        (b"paper.example:", True),
        (b"paper.example:80a", False),
        (b"paper.example:80:80", False),
        (b"paper.example@evil.example", False),
        (b"paper.example/evil", False),
        (b"[::1", False),
        (b"[::1]x", False),
        (b"paper.example\x00", False),
    ],
)
def test_the_host_is_one_of_ours(host: bytes, is_ours: bool) -> None:
    assert Hosts(("Paper.example", ".news.example", "[::1]")).has(host) is is_ours


def test_any_host_where_any_is_allowed() -> None:
    assert Hosts(("*",)).has(b"whatever.example")
    assert not Hosts(("*",)).has(b"")


def test_what_is_remembered_of_hosts_is_bounded() -> None:
    hosts = Hosts(("paper.example",))
    for number in range(3 * MOST_REMEMBERED):
        assert not hosts.has(b"host-%d.example" % number)
    assert len(hosts.known) <= MOST_REMEMBERED
