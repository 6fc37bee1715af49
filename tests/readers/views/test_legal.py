"""Legal documents as pages."""

from datetime import date

import pytest

from courant.readers.actions.legal import publish_legal_document
from tests.readers.conftest import NOW
from tests.readers.counting import our_queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("documents")]


def test_each_document_has_a_page_and_all_are_listed(client):
    listed = client.get("/legal/").content.decode()
    for kind, title in (
        ("terms-of-use", "Terms of use"),
        ("cookie-policy", "Cookie policy"),
        ("privacy-notice", "Privacy notice"),
    ):
        assert f'href="/legal/{kind}/"' in listed
        page = client.get(f"/legal/{kind}/").content.decode()
        assert f"<title>{title}" in page
        assert "Version 1, in force from" in page
        assert "The Courant" in page
        assert "{paper}" not in page


def test_old_versions_stay_and_the_newest_in_force_is_shown(client):
    publish = {"kind": "terms-of-use", "title": "Terms of use", "now": NOW}
    publish_legal_document(**publish, body="<p>Second words.</p>", effective_on=date(2026, 1, 1))
    publish_legal_document(**publish, body="<p>Words to come.</p>", effective_on=date(2999, 1, 1))
    page = client.get("/legal/terms-of-use/").content.decode()
    assert "Second words." in page
    assert "Version 2" in page
    assert "What you may do" in client.get("/legal/terms-of-use/1/").content.decode()
    to_come = client.get("/legal/terms-of-use/3/").content.decode()
    assert "Words to come." in to_come
    assert "Read the version in force now" in to_come
    assert 'content="noindex"' in to_come
    assert 'content="noindex"' not in page


def test_what_is_not_there_is_not_found(client):
    for address in (
        "/legal/house-rules/",
        "/legal/terms-of-use/2/",
        f"/legal/terms-of-use/{10**30}/",
        "/legal/x/0/",
    ):
        assert client.get(address).status_code == 404, address


@pytest.mark.parametrize("count", [1, 3])
def test_versions_cost_the_same_for_one_and_for_three(client, count):
    for number in range(1, count):
        publish_legal_document(
            kind="terms-of-use",
            title="Terms of use",
            body=f"<p>{number}</p>",
            effective_on=date(2026, 1, 1),
            now=NOW,
        )
    with our_queries(2):
        assert client.get("/legal/terms-of-use/").content.decode().count("/legal/terms-of-use/1/") == (count > 1)
    with our_queries(1):
        client.get("/legal/")
