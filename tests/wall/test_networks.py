"""Networks and addresses as institutions and connections write them."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as some

from courant.wall.networks import (
    NetworkError,
    client_address,
    is_within,
    network_around,
    read_address,
    read_networks,
    readable_networks,
)

pytestmark = pytest.mark.anydb


def test_networks_stand_one_a_line() -> None:
    """access.md: Institutions."""
    text = "192.0.2.0/24\n\n  2001:DB8::/32 \r\n198.51.100.7\n2001:db8:1::1"
    assert [str(network) for network in read_networks(text)] == [
        "192.0.2.0/24",
        "2001:db8::/32",
        "198.51.100.7/32",
        "2001:db8:1::1/128",
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("library.example", "is no network"),
        ("192.0.2.0/33", "is no network"),
        ("192.0.2.256", "is no network"),
        ("192.0.2.0/24, 198.51.100.0/24", "is no network"),
        ("١٩٢.0.2.0/24", "is no network"),
        ("010.0.2.0/24", "is no network"),
        ("192.0.2.7/24", "did you mean 192.0.2.0/24"),
        ("2001:db8::1/32", "did you mean 2001:db8::/32"),
        ("0.0.0.0/0", "too wide"),
        ("::/0", "too wide"),
        ("16.0.0.0/7", "too wide"),
        ("2000::/3", "too wide"),
        ("::ffff:192.0.2.0/120", "write IPv4 as such"),
        ("fe80::1%eth0", "no interface names"),
    ],
)
def test_what_is_no_network_is_refused_by_name(line: str, message: str) -> None:
    """access.md: Institutions."""
    with pytest.raises(NetworkError, match=message):
        read_networks(f"192.0.2.0/24\n{line}")
    assert readable_networks(f"192.0.2.0/24\n{line}") == [ip_network("192.0.2.0/24")]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("192.0.2.1:50112", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("[::FFFF:c000:201]:80", "192.0.2.1"),
    ],
)
def test_addresses_are_read_as_proxies_write_them(text: str, address: str) -> None:
    """access.md: Institutions."""
    assert read_address(text) == ip_address(address)


@pytest.mark.parametrize(
    "text",
    ["", "unknown", "_hidden", "192.0.2", "192.0.2.1/24", "fe80::1%eth0", "1", "0x7f.1", "[", "a" * 9000],
)
def test_what_is_no_address_is_nobodys(text: str) -> None:
    """access.md: Institutions."""
    assert read_address(text) is None


@given(some.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    read_address(text)
    client_address(text, text, 1)
    readable_networks(text)


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("192.0.2.1", 0, "203.0.113.9"),
        ("192.0.2.1", 1, "192.0.2.1"),
        ("192.0.2.1, 198.51.100.2", 1, "198.51.100.2"),
        ("192.0.2.1, 198.51.100.2", 2, "192.0.2.1"),
        ("10.0.0.1,192.0.2.1, 198.51.100.2", 2, "192.0.2.1"),
        ("192.0.2.1", 2, None),
        ("", 1, None),
        ("192.0.2.1,", 1, None),
        ("192.0.2.1, unknown", 1, None),
        ("192.0.2.1", -1, "203.0.113.9"),
    ],
)
def test_a_forwarded_address_is_believed_as_far_as_our_proxies_reach(
    forwarded: str, proxies: int, address: str | None
) -> None:
    """access.md: Institutions."""
    found = client_address("203.0.113.9", forwarded, proxies)
    assert found == (ip_address(address) if address else None)


def test_networks_of_both_kinds_do_not_mix() -> None:
    networks = read_networks("192.0.2.0/24\n2001:db8::/32")
    assert is_within(ip_address("192.0.2.255"), networks)
    assert is_within(ip_address("2001:db8:ffff::1"), networks)
    assert not is_within(ip_address("192.0.3.0"), networks)
    assert not is_within(ip_address("2001:db9::1"), networks)
    assert not is_within(ip_address("::c000:201"), networks)


def test_the_network_around_an_address() -> None:
    """metering.md: Samples for strangers."""
    assert str(network_around(ip_address("192.0.2.77"))) == "192.0.2.0/24"
    assert str(network_around(ip_address("2001:db8:1:2::3"))) == "2001:db8:1::/48"
