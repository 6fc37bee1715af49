"""The form of the registration wall has no token: where it was sent from is the browser's word."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from courant.readers.models import Reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("documents")]
REGISTER = "/account/register/"
OURS, ELSEWHERE = "http://testserver", "http://evil.example"
TYPED = {"email": "ada@paper.example", "next": "/world/talks/#p4"}


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-origin", "origin": OURS},
        {"origin": OURS},  # a browser without Fetch Metadata
    ],
)
def test_a_page_of_our_own_needs_no_token(browser: Client, headers: dict[str, str]) -> None:
    answer = browser.post(REGISTER, TYPED, headers=headers)
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/account/confirm/")
    assert Reader.objects.filter(email="ada@paper.example").exists()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site", "origin": ELSEWHERE},
        {"sec-fetch-site": "same-site", "origin": "http://other.testserver"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "cross-site", "origin": OURS},
        {"origin": ELSEWHERE},
        {"origin": "null"},
        {"origin": "https://testserver"},
    ],
)
def test_whoever_cannot_show_that_gets_the_form_again(browser: Client, headers: dict[str, str]) -> None:
    answer = browser.post(REGISTER, TYPED, headers=headers)
    assert answer.status_code == 403
    assert "<title>This form was open too long" in answer.content.decode()
    assert not Reader.objects.exists()


def test_what_was_typed_is_kept_for_a_browser_that_says_nothing(browser: Client) -> None:
    page = browser.post(REGISTER, TYPED).content.decode()
    assert "ada@paper.example" in page
    assert 'href="/account/register/?next=%2Fworld%2Ftalks%2F%23p4"' in page


def test_a_token_that_is_sent_must_hold(browser: Client) -> None:
    stale = {**TYPED, "csrfmiddlewaretoken": "x" * 64}
    assert browser.post(REGISTER, stale, headers={"sec-fetch-site": "same-origin"}).status_code == 403
    browser.get(REGISTER)
    token = browser.cookies[settings.CSRF_COOKIE_NAME].value
    assert browser.post(REGISTER, {**TYPED, "csrfmiddlewaretoken": token}).status_code == 302


def test_a_mistyped_address_comes_back_in_a_form_with_a_token_of_its_own(browser: Client) -> None:
    answer = browser.post(REGISTER, {**TYPED, "email": "ada@"}, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 200
    assert 'name="csrfmiddlewaretoken"' in answer.content.decode()
    token = browser.cookies[settings.CSRF_COOKIE_NAME].value
    again = browser.post(REGISTER, {**TYPED, "csrfmiddlewaretoken": token})
    assert again.status_code == 302


def test_no_other_form_is_taken_without_a_token(browser: Client) -> None:
    ours = {"sec-fetch-site": "same-origin", "origin": OURS}
    for address in ("/account/sign-in/", "/account/sign-out/", "/account/password/reset/", "/account/confirm/"):
        assert browser.post(address, TYPED, headers=ours).status_code == 403, address


def test_a_deployment_behind_https_knows_its_own_address(browser: Client, settings) -> None:
    settings.SITE_URL = "https://paper.example"
    assert browser.post(REGISTER, TYPED, headers={"origin": "https://paper.example"}).status_code == 302
