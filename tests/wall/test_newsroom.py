"""Institutions in the newsroom: the list, the form's errors, and whose an address is (access.md: Institutions)."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.test import Client, override_settings
from django.urls import reverse

from courant.wall.models import Institution
from courant.wall.networks import read_address
from courant.wall.queries import institutions_at
from tests.stories.newsroom_data import enter, make_member, make_newsroom

NAMESPACE = "wagtailsnippets_wall_institution"
pytestmark = pytest.mark.django_db


@pytest.fixture
def publisher() -> Client:
    make_newsroom()
    return enter(make_member("Publishers"))


@pytest.fixture
def libraries(db: None) -> list[Institution]:
    return [
        Institution.objects.create(name="Riverside Library", networks="192.0.2.0/24\n2001:db8::/32"),
        Institution.objects.create(name="County Libraries", networks="198.51.100.0/24\n192.0.2.0/25"),
        Institution.objects.create(name="Closed School", networks="192.0.2.7", is_active=False),
    ]


def found(address: str) -> list[tuple[str, str, bool, bool]]:
    read = read_address(address)
    assert read is not None
    return [(one.name, str(one.network), one.is_active, one.is_named) for one in institutions_at(read)]


def test_an_address_belongs_to_every_institution_with_its_network(libraries: list[Institution]) -> None:
    """The first open one by name gives the name, as it does on the page."""
    assert found("192.0.2.7") == [
        ("Closed School", "192.0.2.7/32", False, False),
        ("County Libraries", "192.0.2.0/25", True, True),
        ("Riverside Library", "192.0.2.0/24", True, False),
    ]
    assert found("2001:db8::1") == [("Riverside Library", "2001:db8::/32", True, True)]
    assert found("::ffff:192.0.2.200") == [("Riverside Library", "192.0.2.0/24", True, True)]
    assert found("203.0.113.1") == []


def ask(client: Client, address: str | None = None, **extra: str) -> str:
    url = reverse(f"{NAMESPACE}:address")
    response = client.get(url, {} if address is None else {"address": address}, **extra)
    assert response.status_code == 200
    return " ".join(BeautifulSoup(response.content.decode(), "html.parser").main.get_text().split())


def test_the_newsroom_tests_an_address(publisher: Client, libraries: list[Institution]) -> None:
    text = ask(publisher, " 192.0.2.7 ")
    assert "192.0.2.7 belongs to: " in text
    assert "County Libraries, by 192.0.2.0/25. Its readers read everything, and see its name." in text
    assert "Riverside Library, by 192.0.2.0/24. Open too, but the first one gives its name." in text
    assert "Closed School, by 192.0.2.7/32. It is not open, so this opens nothing." in text
    assert "203.0.113.1 belongs to no institution." in ask(publisher, "203.0.113.1")
    assert "belongs" not in ask(publisher)


@pytest.mark.parametrize("address", ["hello", "192.0.2", "192.0.2.0/24", "<b>", "1" * 200])
def test_what_is_no_address_is_told_so(publisher: Client, address: str) -> None:
    text = ask(publisher, address)
    assert "This is no address" in text or "at most 100 characters" in text
    assert "belongs" not in text
    assert "Enter an address." in ask(publisher, "")


def test_the_newsroom_sees_its_own_address_as_the_paper_does(publisher: Client) -> None:
    assert "You yourself connect from 198.51.100.9, as the paper sees it." in ask(publisher, REMOTE_ADDR="198.51.100.9")
    with override_settings(TRUSTED_PROXIES=1):
        forwarded = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.5"}
        assert "connect from 203.0.113.5, as" in ask(publisher, **forwarded)
        assert "an address that the paper does not know" in ask(publisher, REMOTE_ADDR="10.0.0.1")


def test_the_list_leads_to_the_test(publisher: Client) -> None:
    page = BeautifulSoup(publisher.get(reverse(f"{NAMESPACE}:list")).content.decode(), "html.parser")
    assert page.select_one(f'a[href="{reverse(f"{NAMESPACE}:address")}"]').get_text(strip=True) == "Test an address"


def test_only_who_keeps_institutions_may_test(publisher: Client, client: Client) -> None:
    url = reverse(f"{NAMESPACE}:address")
    assert client.get(url)["Location"].startswith("/account/sign-in/")
    assert enter(make_member("Authors")).get(url)["Location"] == "/newsroom/"


def test_the_form_names_the_line_that_is_wrong_and_keeps_what_was_typed(publisher: Client) -> None:
    url = reverse(f"{NAMESPACE}:add")
    typed = {"name": "Library", "networks": "192.0.2.0/24\n192.0.2.1/24", "is_active": "on"}
    response = publisher.post(url, typed)
    text = response.content.decode()
    assert response.status_code == 200
    assert "“192.0.2.1/24” does not begin where a network begins: did you mean 192.0.2.0/24?" in text
    assert "192.0.2.0/24\n192.0.2.1/24" in text
    assert not Institution.objects.exists()
    assert publisher.post(url, {**typed, "networks": "192.0.2.0/24"}).status_code == 302
    assert Institution.objects.get().networks == "192.0.2.0/24"
