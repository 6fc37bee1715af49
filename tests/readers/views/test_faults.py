"""Forms that were open too long."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def test_a_form_open_too_long_leads_back_and_keeps_the_words(browser):
    answer = browser.post(
        "/account/register/",
        {
            "email": "ada@paper.example",
            "name": "Ada & <b>",
            "password": "a long walk home",
            "next": "/world/#p4",
            "csrfmiddlewaretoken": "stale",
        },
    )
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "<title>This form was open too long" in page
    assert 'href="/account/register/?next=%2Fworld%2F%23p4"' in page
    assert "ada@paper.example" in page
    assert "Ada &amp; &lt;b&gt;" in page
    assert "a long walk home" not in page
    assert "stale" not in page


def test_another_site_cannot_put_words_into_our_page(browser):
    answer = browser.post("/account/register/", {"name": "Evil words"}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert "Evil words" not in answer.content.decode()


def test_an_unsafe_way_back_is_dropped(browser):
    page = browser.post("/account/register/", {"next": "//evil.example/"}).content.decode()
    assert 'href="/account/register/"' in page
    assert "evil.example" not in page


def test_with_its_token_the_form_is_taken(browser):
    browser.get("/account/sign-in/")
    token = browser.cookies["courant_csrf"].value
    answer = browser.post("/account/sign-in/", {"email": "", "password": "", "csrfmiddlewaretoken": token})
    assert answer.status_code == 200
