"""Error pages, and doors of other applications that lead to ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from wagtail.models import PageViewRestriction

from tests.factories import make_paper, make_reader, make_section, make_story, paragraph

pytestmark = pytest.mark.django_db
SECRET = "zebrafinch"


@pytest.fixture
def guarded() -> PageViewRestriction:
    """A story that opens with a password of its own."""
    story = make_story(make_section(), slug="guarded", body=[paragraph(SECRET)])
    return PageViewRestriction.objects.create(page=story, restriction_type="password", password="sesame")


def test_a_balancer_may_ask_for_health_by_any_name_and_nobody_else_may() -> None:
    assert Client().get("/-/healthz", headers={"host": "203.0.113.7"}).content == b"ok\n"
    assert Client().get("/", headers={"host": "203.0.113.7"}).status_code == 400


def test_the_newsroom_takes_no_documents() -> None:
    """A file beside a gated story would be open to all."""
    assert Client().get("/newsroom/documents/").status_code == 404
    assert Client().get("/documents/1/plan.pdf").status_code == 404


def test_there_is_one_door_to_sign_in() -> None:
    for address in ("/_util/login/", "/newsroom/login/"):
        for answer in (Client().get(address), Client().post(address, {"username": "a", "password": "b"})):
            assert (answer.status_code, answer["Location"]) == (302, "/account/sign-in/?next=%2Fnewsroom%2F")


def test_a_page_with_a_password_asks_for_it_in_our_words(guarded: PageViewRestriction) -> None:
    page = Client().get("/world/guarded/").content.decode()
    assert '<h1 class="account__title">This page has a password</h1>' in page
    assert SECRET not in page


def test_a_page_opens_with_its_password(guarded: PageViewRestriction) -> None:
    browser = Client()
    door = f"/_util/authenticate_with_password/{guarded.pk}/{guarded.page_id}/"
    wrong = browser.post(door, {"password": "open", "return_url": "/world/guarded/"}).content.decode()
    assert 'class="error-summary"' in wrong
    assert (
        SECRET
        in browser.post(door, {"password": "sesame", "return_url": "/world/guarded/"}, follow=True).content.decode()
    )


def test_guessing_the_password_of_a_page_has_an_end(guarded: PageViewRestriction) -> None:
    cache.clear()
    door = f"/_util/authenticate_with_password/{guarded.pk}/{guarded.page_id}/"
    answers = [Client().post(door, {"password": str(number), "return_url": "/"}).status_code for number in range(31)]
    assert answers == [*[200] * 30, 429]


def test_a_form_that_is_too_large_is_413(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    answer = Client().post(
        "/account/sign-in/", "email=" + "x" * 20_000, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 413
    assert "<h1>That is too much at once</h1>" in answer.content.decode()


def test_a_cookie_with_nul_counts_as_not_sent() -> None:
    make_paper()
    browser = Client()
    browser.cookies["courant_session"] = "\x00" * 12
    assert browser.get("/").status_code == 200


def test_a_method_that_is_not_taken_has_a_page() -> None:
    answer = Client().put("/search/")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert "<h1>We could not read this request</h1>" in answer.content.decode()


def test_without_a_database_the_answer_is_503_and_a_page() -> None:
    def is_away(*args: Any) -> Any:
        raise OperationalError("the database is away")

    browser = Client(raise_request_exception=False)
    with connection.execute_wrapper(is_away):
        for address in ("/", "/world/nowhere/", "/search/?q=lake", "/feeds/rss.xml", "/account/register/"):
            answer = browser.get(address)
            assert (answer.status_code, answer["Retry-After"]) == (503, "30"), address
            assert "<h1>Something broke on our side</h1>" in answer.content.decode()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the fault is made with a trigger of SQLite")
def test_limits_that_cannot_be_counted_are_our_fault() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TRIGGER full BEFORE INSERT ON courant_cache BEGIN SELECT RAISE(ABORT, 'full'); END")
    make_reader(email="ada@paper.example")
    answer = Client(raise_request_exception=False).post(
        "/account/sign-in/", {"email": "ada@paper.example", "password": "wrong words here"}
    )
    assert answer.status_code == 503
    assert "Something broke on our side" in answer.content.decode()
