"""The account page, the address, the password, the header's question."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from courant.readers.actions.consent import record_consent
from courant.readers.enums import ConsentAct
from courant.readers.evidence import Evidence
from courant.wall.decision import month_of
from courant.wall.enums import ReaderState
from courant.wall.models import Opening
from tests.factories.accounts import PASSWORD, make_reader
from tests.readers.counting import our_queries
from tests.readers.mails import last_code, last_mail

ACCOUNT = "/account/"

pytestmark = pytest.mark.django_db


def test_strangers_are_sent_to_sign_in_and_back(client):
    for address in (
        ACCOUNT,
        "/account/email/",
        "/account/password/",
        "/account/password/set/",
        "/account/again/",
    ):
        assert client.get(address).url == f"/account/sign-in/?next={address}"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (ReaderState.REGISTERED, "Registered reader"),
        (ReaderState.SUBSCRIBER, "Subscriber"),
        (ReaderState.STAFF, "Newsroom"),
    ],
)
def test_the_page_says_who_one_is(client, state, words):
    client.force_login(make_reader("ada@paper.example", state=state, name="Ada"))
    answer = client.get(ACCOUNT)
    page = answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
    assert "ada@paper.example" in page
    assert words in page
    assert 'value="Ada"' in page
    assert ("Premium stories left" in page) == (state == ReaderState.REGISTERED)


def test_the_meter_counts_down(client):
    reader = make_reader()
    month = month_of(timezone.now(), ZoneInfo(settings.TIME_ZONE))
    for story_id in (1, 2):
        Opening.objects.create(reader=reader, story_id=story_id, month=month, opened_at=timezone.now())
    client.force_login(reader)
    assert "3 of 5 Premium stories left this month" in client.get(ACCOUNT).content.decode()


def test_the_name_is_changed(client):
    reader = make_reader(name="Ada")
    client.force_login(reader)
    answer = client.post(ACCOUNT, {"name": " Ada L. "}, follow=True)
    assert "Your name is saved." in answer.content.decode()
    reader.refresh_from_db()
    assert reader.name == "Ada L."
    answer = client.post(ACCOUNT, {"name": "n" * 10_000})
    assert "<title>Error: Your account" in answer.content.decode()
    assert "n" * 10_000 in answer.content.decode()
    reader.refresh_from_db()
    assert reader.name == "Ada L."


@pytest.mark.parametrize("count", [1, 3])
def test_what_one_agreed_to_costs_the_same_for_one_and_for_three(client, documents, count):
    reader = make_reader()
    for document in documents[:count]:
        record_consent(
            reader=reader,
            act=ConsentAct.ACCEPTED,
            document=document,
            evidence=Evidence("words"),
            now=datetime(2026, 11, 24, 12, tzinfo=UTC),
        )
    client.force_login(reader)
    with our_queries(2):
        page = client.get(ACCOUNT).content.decode()
    assert page.count("Accepted: <a") == count


def test_a_new_address_counts_once_its_code_is_typed(client):
    reader = make_reader("old@paper.example")
    client.force_login(reader)
    answer = client.post("/account/email/", {"email": "new@paper.example", "action_add": "1"})
    assert answer.url == "/account/again/?next=%2Faccount%2Femail%2F"
    answer = client.post(answer.url, {"password": "not the password"})
    assert "That is not your password." in answer.content.decode()
    answer = client.post("/account/again/", {"password": PASSWORD, "next": "/account/email/"})
    assert answer.url == "/account/confirm/"
    reader.refresh_from_db()
    assert reader.email == "old@paper.example"
    answer = client.post(answer.url, {"code": last_code("new@paper.example")}, follow=True)
    assert "Your address is now new@paper.example." in answer.content.decode()
    reader.refresh_from_db()
    assert reader.email == "new@paper.example"
    assert reader.check_password(PASSWORD)
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [("new@paper.example", True, True)]
    assert last_mail("old@paper.example").subject == "The address of your account was changed"


def test_an_address_of_another_account_is_not_taken(client):
    make_reader("taken@paper.example")
    reader = make_reader("old@paper.example", password="")
    reader.set_unusable_password()
    reader.save()
    client.force_login(reader)
    answer = client.post("/account/email/", {"email": "taken@paper.example", "action_add": "1"}, follow=True)
    assert "taken@paper.example" in answer.content.decode()
    answer = client.post("/account/confirm/", {"code": last_code("taken@paper.example")})
    assert "There is another account with this address." in answer.content.decode()
    reader.refresh_from_db()
    assert reader.email == "old@paper.example"


def test_a_password_is_changed_and_other_devices_are_signed_out(client):
    reader = make_reader("ada@paper.example")
    other_device = Client()
    client.force_login(reader)
    other_device.force_login(reader)
    answer = client.post("/account/password/", {"oldpassword": "wrong", "password1": "a long walk home"})
    assert "That is not your present password." in answer.content.decode()
    answer = client.post("/account/password/", {"oldpassword": PASSWORD, "password1": "12345678"})
    assert "too common" in answer.content.decode()
    assert "12345678" not in answer.content.decode()
    answer = client.post("/account/password/", {"oldpassword": PASSWORD, "password1": "a long walk home"})
    assert answer.url == ACCOUNT
    assert client.get("/-/me").json()["signed_in"]
    assert not other_device.get("/-/me").json()["signed_in"]
    assert [letter.subject for letter in mail.outbox] == ["Your password was changed"]


def test_a_password_is_set_where_there_was_none(client):
    reader = make_reader("ada@paper.example")
    reader.set_unusable_password()
    reader.save()
    client.force_login(reader)
    assert "Set a password" in client.get(ACCOUNT).content.decode()
    assert client.get("/account/password/").url == "/account/password/set/"
    assert client.post("/account/password/set/", {"password1": "a long walk home"}).url == ACCOUNT
    reader.refresh_from_db()
    assert reader.check_password("a long walk home")
    assert [letter.subject for letter in mail.outbox] == ["Your account has a password now"]


def test_the_header_asks_who_is_there(client):
    answer = client.get("/-/me")
    assert answer.json() == {"signed_in": False, "name": "", "state": "stranger"}
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
    client.force_login(make_reader("ada@paper.example", state="subscriber"))
    assert client.get("/-/me").json() == {"signed_in": True, "name": "ada", "state": "subscriber"}
    assert client.post("/-/me").status_code == 405
