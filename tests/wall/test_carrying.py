"""The pass beside the answers: who is given one, what the cookies are like, what it costs (docs/rules/pass.md)."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from http.cookies import Morsel
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.middleware import SessionMiddleware
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courant.stories.models import StoryPage
from courant.wall.decision import month_of, next_turn
from courant.wall.enums import ReaderState
from courant.wall.middleware import CarryPass
from courant.wall.models import Opening
from courant.wall.passes import (
    HS256,
    KeyRing,
    Pass,
    SigningKey,
    cookie_names,
    mint_opened,
    mint_pass,
    read_opened,
    read_pass,
)
from courant.wall.rings import key_ring
from courant.wall.visits import paper_zone
from tests.factories import PASSWORD, make_paper, make_reader, make_section, make_story, wall
from tests.wall.conftest import Rules

ROOT = Path(__file__).parents[2]
NAMES = cookie_names(is_secure=False)
ME = "/-/me"
MIDDLEWARE = "courant.wall.middleware.CarryPass"
pytestmark = pytest.mark.django_db


def given(response: Any) -> Pass | None:
    """The pass that an answer brought."""
    morsel = response.cookies.get(NAMES.passes)
    return morsel and read_pass(key_ring(), morsel.value, timezone.now().timestamp())


def held(client: Client) -> Pass:
    found = read_pass(key_ring(), client.cookies[NAMES.passes].value, timezone.now().timestamp())
    assert found is not None
    return found


def sign_in(client: Client, **values: Any) -> Any:
    """A reader who has signed in as readers do."""
    reader = make_reader(**values)
    response = client.post("/account/sign-in/", {"email": reader.email, "password": PASSWORD})
    assert response.status_code == 302
    return reader


def passes_of(account: Any, client: Client, *, now: datetime, **other: Any) -> str:
    words = {"reader": account.public_id, "state": ReaderState(account.state), "version": account.pass_version}
    return mint_pass(key_ring(), now=now, **{**words, "session": client.session["courant_passes"], **other})


@pytest.fixture
def story(rules: Rules) -> StoryPage:
    make_paper()
    rules(premium_per_month=2)
    return make_story(make_section("World"), access="premium", body=[wall()])


# -- Who carries one ------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", [ReaderState.REGISTERED, ReaderState.SUBSCRIBER, ReaderState.STAFF])
def test_whoever_is_signed_in_carries_a_pass(client: Client, state: ReaderState) -> None:
    """pass.md: Who carries one."""
    reader = sign_in(client, state=state)
    found = held(client)
    assert found.reader == reader.public_id
    assert (found.state, found.version, found.session) == (state, 1, client.session["courant_passes"])
    assert 590 < found.expires_at - timezone.now().timestamp() <= 600


def test_a_pass_says_nothing_of_the_account_or_its_session(client: Client) -> None:
    """pass.md: What a pass says."""
    reader = sign_in(client, email="ada@paper.example", name="Ada")
    found = held(client)
    assert found.reader != str(reader.pk)
    assert len(found.reader) == 22
    assert client.session.session_key not in (found.session, found.reader)


def test_strangers_are_given_no_cookie(client: Client) -> None:
    """pass.md: Who carries one."""
    make_paper()
    for path in (ME, "/", "/account/sign-in/", "/legal/", "/nowhere/"):
        cookies = set(client.get(path).cookies)
        assert not cookies & {NAMES.passes, NAMES.opened, NAMES.meter}


def test_a_closed_account_is_given_none_and_gives_back_what_it_has(client: Client) -> None:
    """pass.md: Who carries one."""
    reader = sign_in(client)
    reader.is_active = False
    reader.save()
    response = client.get(ME)
    assert taken_back(response) == {NAMES.passes, NAMES.meter}


def taken_back(response: Any) -> set[str]:
    return {name for name, morsel in response.cookies.items() if morsel.value == "" and morsel["max-age"] == 0}


def test_signing_out_takes_the_cookies_back(client: Client, story: StoryPage) -> None:
    """pass.md: Who carries one."""
    sign_in(client)
    client.get(story.get_url())
    response = client.post("/account/sign-out/")
    assert taken_back(response) >= {NAMES.passes, NAMES.opened, NAMES.meter}
    assert given(client.get(ME)) is None


@pytest.mark.parametrize("value", ["forged", "a.b.c", "", "x" * 3_000])
def test_from_a_stranger_even_a_forged_pass_is_taken_back(client: Client, value: str) -> None:
    client.cookies[NAMES.passes] = value
    response = client.get(ME)
    assert response.json()["signed_in"] is False
    assert taken_back(response) == {NAMES.passes}


def test_a_session_that_is_gone_takes_its_pass_with_it(client: Client) -> None:
    sign_in(client)
    Session.objects.all().delete()
    assert NAMES.passes in taken_back(client.get(ME))


# -- When it is made anew -------------------------------------------------------------------------------
def test_a_good_pass_is_left_alone(client: Client) -> None:
    reader = sign_in(client)
    client.cookies[NAMES.passes] = passes_of(reader, client, now=timezone.now() - timedelta(minutes=4, seconds=50))
    response = client.get(ME)
    assert NAMES.passes not in response.cookies


@pytest.mark.parametrize("age", [timedelta(minutes=5, seconds=1), timedelta(minutes=10), timedelta(days=1)])
def test_a_pass_past_half_its_time_is_renewed(client: Client, age: timedelta) -> None:
    """pass.md: Who carries one."""
    reader = sign_in(client)
    client.cookies[NAMES.passes] = passes_of(reader, client, now=timezone.now() - age)
    found = given(client.get(ME))
    assert found is not None
    assert found.expires_at - timezone.now().timestamp() > 590


@pytest.mark.parametrize(
    "other",
    [
        {"reader": "AnotherReader"},
        {"state": ReaderState.SUBSCRIBER},
        {"session": "another"},
        {"version": 0},
        {"version": 2},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_pass_that_says_something_else_is_replaced(client: Client, other: dict[str, Any]) -> None:
    """pass.md: Who carries one."""
    reader = sign_in(client)
    right = held(client)
    client.cookies[NAMES.passes] = passes_of(reader, client, now=timezone.now(), **other)
    found = given(client.get(ME))
    assert found is not None
    assert (found.reader, found.state, found.session, found.version) == (
        right.reader,
        right.state,
        right.session,
        right.version,
    )


def test_another_papers_pass_is_replaced(client: Client) -> None:
    reader = sign_in(client)
    foreign = KeyRing((SigningKey("a", HS256, b"f" * 32),), key_ring().audience)
    client.cookies[NAMES.passes] = mint_pass(
        foreign,
        reader=reader.public_id,
        state=ReaderState.STAFF,
        session=client.session["courant_passes"],
        version=1,
        now=timezone.now(),
    )
    found = given(client.get(ME))
    assert found is not None
    assert found.state == ReaderState.REGISTERED


def test_a_pass_opens_nothing_in_django(client: Client) -> None:
    """pass.md: What is refused."""
    reader = sign_in(client, state=ReaderState.STAFF)
    stolen = Client()
    stolen.cookies[NAMES.passes] = passes_of(reader, client, now=timezone.now())
    assert stolen.get(ME).json()["signed_in"] is False
    assert stolen.get("/account/").status_code == 302
    assert stolen.get("/newsroom/").status_code == 302


def test_a_session_from_before_there_were_passes_is_given_its_id(client: Client) -> None:
    sign_in(client)
    session = client.session
    del session["courant_passes"]
    session.save()
    found = given(client.get(ME))
    assert found is not None
    assert found.session == client.session["courant_passes"]
    assert NAMES.passes not in client.get(ME).cookies


# -- Beside which answers -------------------------------------------------------------------------------
def answer(reader: Any, response: HttpResponse, *, is_asked: bool = True, **attributes: Any) -> HttpResponse:
    """What comes out of the middleware for a view that answers so."""
    request: HttpRequest = RequestFactory().get("/")
    request.session = Client().session
    request.user = reader
    for name, value in attributes.items():
        setattr(request, name, value)
    result = CarryPass(lambda request: response)(request)
    assert isinstance(result, HttpResponse)
    return result


def test_nothing_of_one_reader_goes_beside_what_all_may_keep() -> None:
    """pass.md: Who carries one."""
    reader = make_reader()
    assert NAMES.passes in answer(reader, HttpResponse()).cookies
    for rule in ("public", "public, max-age=0, s-maxage=60", "max-age=9, public"):
        assert not answer(reader, HttpResponse(headers={"Cache-Control": rule})).cookies
    assert not answer(reader, HttpResponse(), printed_for=object()).cookies
    assert not answer(AnonymousUser(), HttpResponse()).cookies


def test_errors_carry_a_pass_too() -> None:
    assert NAMES.passes in answer(make_reader(), HttpResponse(status=404)).cookies


# -- The cookies ----------------------------------------------------------------------------------------
def attributes(morsel: Morsel[str]) -> tuple[Any, ...]:
    return tuple(morsel[name] for name in ("path", "samesite", "httponly", "secure", "domain"))


def test_the_cookies_of_a_paper_on_http(client: Client, story: StoryPage) -> None:
    """pass.md: Cookies."""
    sign_in(client)
    client.get(story.get_url())
    assert attributes(client.cookies[NAMES.passes]) == ("/", "Lax", True, "", "")
    assert attributes(client.cookies[NAMES.opened]) == ("/", "Lax", True, "", "")
    assert attributes(client.cookies[NAMES.meter]) == ("/", "Lax", "", "", "")
    assert client.cookies[NAMES.passes]["max-age"] == 600


def test_the_cookies_of_a_paper_on_https(client: Client, story: StoryPage, settings: Any) -> None:
    """pass.md: Cookies."""
    settings.SESSION_COOKIE_SECURE = True
    names = cookie_names(is_secure=True)
    client.force_login(make_reader())
    response = client.get(story.get_url(), secure=True)
    assert attributes(response.cookies[names.passes]) == ("/", "Lax", True, True, "")
    assert attributes(response.cookies[names.opened]) == ("/", "Lax", True, True, "")
    assert attributes(response.cookies[names.meter]) == ("/", "Lax", "", True, "")
    client.logout()
    client.cookies[names.passes] = "old"
    gone = client.get(ME, secure=True).cookies[names.passes]
    assert (gone.value, attributes(gone)) == ("", ("/", "Lax", "", True, ""))


@pytest.mark.parametrize(("environment", "is_secure"), [("local", False), ("production", True)])
def test_the_settings_name_the_session_as_the_page_server_does(
    environment: str, is_secure: bool, tmp_path: Path
) -> None:
    """pass.md: Cookies."""
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "src"),
        "COURANT_HOME": str(tmp_path),
        "COURANT_ENV": environment,
        "COURANT_HOSTS": "paper.example",
        "COURANT_SITE_URL": "https://paper.example",
        "COURANT_MAIL_URL": "smtp://mail.example",
        "DJANGO_SETTINGS_MODULE": "courant.project.settings",
    }
    words = "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE)"
    told = subprocess.run([sys.executable, "-c", words], env=environ, capture_output=True, text=True, check=True)
    assert told.stdout.split() == [cookie_names(is_secure).session, str(is_secure)]


# -- What was opened ------------------------------------------------------------------------------------
def opened_by(client: Client, reader: Any) -> frozenset[int]:
    month, carried = month_of(timezone.now(), paper_zone()), client.cookies.get(NAMES.opened)
    return read_opened(key_ring(), carried.value if carried else "", reader=reader.public_id, month=month)


def turn() -> str:
    return next_turn(timezone.now(), paper_zone()).date().isoformat()


def test_an_opening_is_told_to_the_browser(client: Client, story: StoryPage) -> None:
    """pass.md: The opened stories."""
    reader = sign_in(client)
    assert opened_by(client, reader) == frozenset()
    assert client.cookies[NAMES.meter].value == f"2.2.{turn()}"
    client.get(story.get_url())
    assert opened_by(client, reader) == {story.pk}
    assert client.cookies[NAMES.meter].value == f"1.2.{turn()}"
    again = client.get(story.get_url())
    assert not {NAMES.opened, NAMES.meter} & set(again.cookies)
    assert Opening.objects.count() == 1


def test_an_opening_that_is_given_back_is_not_told(client: Client, story: StoryPage, broken_table: Any) -> None:
    client.raise_request_exception = False
    reader = sign_in(client)
    with broken_table("stories_byline"):
        assert client.get(story.get_url()).status_code == 503
    assert opened_by(client, reader) == frozenset()
    assert not Opening.objects.exists()


def test_signing_in_brings_what_was_opened_elsewhere(client: Client, story: StoryPage) -> None:
    """pass.md: The opened stories."""
    reader = sign_in(client)
    client.get(story.get_url())
    other = Client()
    other.post("/account/sign-in/", {"email": reader.email, "password": PASSWORD})
    assert opened_by(other, reader) == {story.pk}
    assert other.cookies[NAMES.meter].value == f"1.2.{turn()}"


def test_what_another_opened_is_put_right(client: Client, story: StoryPage) -> None:
    reader = sign_in(client)
    month = month_of(timezone.now(), paper_zone())
    words = {"month": month, "stories": [999], "now": timezone.now(), "expires_at": timezone.now() + timedelta(days=1)}
    client.cookies[NAMES.opened] = mint_opened(key_ring(), reader="AnotherReader", **words)
    client.get(story.get_url())
    assert opened_by(client, reader) == {story.pk}


def test_a_subscriber_has_no_meter_to_show(client: Client, story: StoryPage) -> None:
    sign_in(client, state=ReaderState.SUBSCRIBER)
    assert NAMES.meter not in client.cookies
    client.cookies[NAMES.meter] = "1.2.2026-12-01"
    assert NAMES.meter in taken_back(client.get(ME))


def test_a_meter_that_cannot_be_read_is_not_told(client: Client, story: StoryPage, broken_table: Any) -> None:
    with broken_table("wall_opening"):
        sign_in(client)
    assert held(client).state == ReaderState.REGISTERED
    assert not {NAMES.opened, NAMES.meter} & set(client.cookies)


# -- What it costs --------------------------------------------------------------------------------------
def cost(client: Client, path: str, *, has_pass: bool) -> int:
    client.handler.load_middleware()
    client.get(path)
    if not has_pass:
        client.cookies.pop(NAMES.passes, None)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("who", ["stranger", "reader", "reader without a pass"])
@pytest.mark.parametrize("path", [ME, "/", "/account/sign-in/?next=/", "story"])
def test_carrying_asks_the_database_nothing(
    client: Client, story: StoryPage, who: str, path: str, settings: Any
) -> None:
    """pass.md: Who carries one."""
    path = story.get_url() if path == "story" else path
    path = "/account/" if who != "stranger" and "sign-in" in path else path
    if who != "stranger":
        sign_in(client)
    assert MIDDLEWARE in settings.MIDDLEWARE
    with_it = cost(client, path, has_pass=who == "reader")
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != MIDDLEWARE]
    assert with_it == cost(client, path, has_pass=who == "reader")


def test_a_stranger_with_a_pass_costs_no_query(client: Client) -> None:
    client.cookies[NAMES.passes] = "forged"
    with CaptureQueriesContext(connection) as queries:
        client.get(ME)
    assert len(queries) == 0


def test_who_was_not_asked_for_is_not_looked_up(client: Client, rf: RequestFactory) -> None:
    """pass.md: Who carries one."""
    sign_in(client)
    request = rf.get("/feed/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = client.session.session_key
    same_for_all = CarryPass(lambda request: HttpResponse())
    with CaptureQueriesContext(connection) as queries:
        response = SessionMiddleware(AuthenticationMiddleware(same_for_all))(request)
    assert (len(queries), len(response.cookies)) == (0, 0)
    asks = CarryPass(lambda request: HttpResponse(str(request.user)))
    response = SessionMiddleware(AuthenticationMiddleware(asks))(request)
    assert set(response.cookies) == {NAMES.passes}
