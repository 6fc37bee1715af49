"""Where a consent came from."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from courant.readers.evidence import REGISTRATION_WORDING, evidence_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_the_network_is_kept_and_not_the_address(address, network):
    request = RequestFactory().post("/account/register/?next=/secret/", REMOTE_ADDR=address)
    evidence = evidence_of(request, wording="By registering")
    assert evidence.network == network
    assert evidence.url == "http://testserver/account/register/"


def test_a_forwarded_address_is_believed_from_our_own_proxies_only(settings):
    request = RequestFactory().post(
        "/", REMOTE_ADDR="192.0.2.1", headers={"x-forwarded-for": "198.51.100.9, 203.0.113.77"}
    )
    settings.TRUSTED_PROXIES = 0
    assert evidence_of(request, wording="").network == "192.0.2.0/24"
    settings.TRUSTED_PROXIES = 1
    assert evidence_of(request, wording="").network == "203.0.113.0/24"


def test_a_long_browser_name_is_cut():
    request = RequestFactory().post("/", headers={"user-agent": "B" * 10_000})
    assert evidence_of(request, wording="").user_agent == "B" * 300


def test_the_wall_shows_the_sentence_that_is_recorded():
    shown = render_to_string("stories/parts/consent.html")
    assert re.sub(r"<[^>]+>", "", shown).strip() == REGISTRATION_WORDING
