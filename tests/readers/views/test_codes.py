"""Codes by mail: right, wrong, late, twice, unsent; and the way to a new password."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from courant.readers.models import ConsentRecord, Reader
from tests.factories.accounts import PASSWORD, make_reader
from tests.mail.sink import free_port, open_sink, use_smtp
from tests.readers.mails import last_code, last_mail

REGISTER = "/account/register/"
CONFIRM = "/account/confirm/"
SIGN_IN = "/account/sign-in/"
CODE = "/account/sign-in/code/"
RESET = "/account/password/reset/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("documents")]


def is_signed_in(client: Client) -> bool:
    return client.get("/-/me").json()["signed_in"]


def ask(client: Client, way: str, email: str = "ada@paper.example") -> str:
    """Ask for a code in one of the three ways; the address at which it is typed."""
    if way == "register":
        client.post(REGISTER, {"email": email})
        return CONFIRM
    make_reader(email)
    if way == "reset":
        client.post(RESET, {"email": email})
        return "/account/password/reset/code/"
    client.post(SIGN_IN, {"email": email, "way": "code"})
    return CODE


def wrong(code: str) -> str:
    return "0000-0000" if code != "0000-0000" else "1111-1111"


WAYS = ["register", "sign-in", "reset"]


@pytest.mark.parametrize("way", WAYS)
def test_a_wrong_code_is_an_error_and_the_right_one_still_works(client, way):
    address = ask(client, way)
    code = last_code()
    answer = client.post(address, {"code": wrong(code)})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<title>Error: Check your mail" in page
    assert "That is not the code." in page
    answer = client.post(address, {"code": ""})
    assert "Enter the code from the mail." in answer.content.decode()
    assert client.post(address, {"code": f" {code.replace('-', ' ')} "}).status_code == 302


@pytest.mark.parametrize("way", WAYS)
def test_the_fifth_wrong_code_ends_it(client, way):
    address = ask(client, way)
    code = last_code()
    for _ in range(4):
        assert client.post(address, {"code": wrong(code)}).status_code == 200
    answer = client.post(address, {"code": wrong(code)}, follow=True)
    assert "typed wrong too often" in answer.content.decode()
    client.post(address, {"code": code})
    assert not is_signed_in(client)


@pytest.mark.parametrize("way", WAYS)
def test_a_code_works_for_ten_minutes(client, way, monkeypatch):
    address = ask(client, way)
    code = last_code()
    asked_at = time.time()
    monkeypatch.setattr(time, "time", lambda: asked_at + 601)
    answer = client.post(address, {"code": code}, follow=True)
    assert "each lasts ten minutes" in answer.content.decode()
    assert not is_signed_in(client)
    assert not EmailAddress.objects.filter(user__email="ada@paper.example", verified=True).exists() or way != "register"


@pytest.mark.parametrize("way", WAYS)
def test_a_code_works_once_and_only_in_its_own_browser(client, way):
    address = ask(client, way)
    code = last_code()
    elsewhere = Client()
    elsewhere.post(address, {"code": code})
    assert not is_signed_in(elsewhere)
    assert client.post(address, {"code": code}).status_code == 302
    client.logout()
    client.post(address, {"code": code})
    assert not is_signed_in(client)


@pytest.mark.parametrize("way", ["register", "sign-in"])
def test_sending_again_gives_a_new_code_with_its_full_time(client, way, monkeypatch):
    address = ask(client, way)
    first = last_code()
    asked_at = time.time()
    monkeypatch.setattr(time, "time", lambda: asked_at + 500)
    answer = client.post(address, {"action": "resend", "next": "/world/#p4"}, follow=True)
    assert "We sent you a new code." in answer.content.decode()
    second = last_code()
    monkeypatch.setattr(time, "time", lambda: asked_at + 1000)
    assert client.post(address, {"code": wrong(second) if first == second else first}).status_code == 200
    assert client.post(address, {"code": second, "next": "/world/#p4"}).url == "/world/#p4"
    assert len(mail.outbox) == 2


@pytest.mark.parametrize("way", ["register", "sign-in"])
def test_codes_are_not_mailed_without_end(client, way):
    address = ask(client, way)
    for _ in range(6):
        answer = client.post(address, {"action": "resend"}, follow=True)
    assert "Wait ten minutes and try again." in answer.content.decode()
    assert len(mail.outbox) == 5


def test_long_codes_and_odd_signs_are_just_wrong(client):
    address = ask(client, "register")
    for code in ("9" * 10_000, "１２３４-５６７８", "ab\x00cd", "<script>"):
        answer = client.post(address, {"code": code})
        assert answer.status_code == 200
        assert "<title>Error: " in answer.content.decode()


def test_the_code_page_helps_the_keyboard(client):
    page = client.get(ask(client, "register")).content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    assert "ada@paper.example" in page


def test_a_mistyped_address_can_be_typed_anew(client):
    ask(client, "register", "aad@paper.example")
    page = client.get(CONFIRM).content.decode()
    start = re.search(r'<a href="([^"]+)">Start again</a>', page)[1]
    assert client.get(start).status_code == 200
    client.post(REGISTER, {"email": "ada@paper.example"})
    client.post(CONFIRM, {"code": last_code("ada@paper.example")})
    assert is_signed_in(client)
    assert client.get("/account/").context["reader"].email == "ada@paper.example"


def test_a_page_for_codes_without_a_code_leads_to_the_form(client):
    assert client.get(CONFIRM).url == REGISTER
    assert client.get(CODE + "?next=/world/%23p4").url == f"{SIGN_IN}?next=%2Fworld%2F%23p4"
    assert client.get("/account/password/reset/code/").url == RESET
    assert client.get("/account/password/reset/new/").url == RESET
    client.force_login(make_reader())
    assert client.get(CONFIRM).url == "/account/"


def test_an_account_taken_away_meanwhile_is_no_crash(client):
    ask(client, "register")
    Reader.objects.all().delete()
    assert client.post(CONFIRM, {"code": last_code()}).status_code == 302
    assert not is_signed_in(client)


# -- The mail server
def test_registration_while_the_mail_server_is_down_and_up_again(client, settings):
    port = free_port()
    use_smtp(settings, port)
    answer = client.post(
        REGISTER,
        {"email": "ada@paper.example", "name": "Ada", "password": "a long walk home", "next": "/world/#p4"},
    )
    page = client.get(answer.url).content.decode()
    assert "<title>Error: Check your mail" in page
    assert "We could not send the mail. Nothing is lost" in page
    assert "Send the code again" in page
    assert Reader.objects.count() == 1
    assert ConsentRecord.objects.count() == 3

    answer = client.post(CONFIRM, {"action": "resend"}, follow=True)
    assert "We could not send the mail." in answer.content.decode()
    assert "We sent you a new code" not in answer.content.decode()

    with open_sink(port) as sink:
        answer = client.post(CONFIRM, {"action": "resend"}, follow=True)
    assert "We could not send the mail." not in answer.content.decode()
    code = re.search(r"\d{4}-\d{4}", sink.taken[0].get_body(("plain",)).get_content())[0]
    assert client.post(CONFIRM, {"code": code}).url == "/world/#p4"
    reader = Reader.objects.get()
    assert (reader.name, reader.check_password("a long walk home")) == ("Ada", True)


def test_registering_from_the_start_again_works_too(client, settings):
    port = free_port()
    use_smtp(settings, port)
    client.get(REGISTER)
    client.post(REGISTER, {"email": "ada@paper.example"})
    with open_sink(port) as sink:
        client.post(REGISTER, {"email": "ada@paper.example"})
    assert len(sink.taken) == 1
    assert Reader.objects.count() == 1


def test_a_known_address_sees_the_same_while_the_mail_server_is_down(settings):
    make_reader("known@paper.example")
    use_smtp(settings, free_port())
    pages = []
    for email in ("known@paper.example", "fresh@paper.example"):
        browser = Client()
        page = browser.post(REGISTER, {"email": email}, follow=True).content.decode()
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page).replace(email, ""))
    assert pages[0] == pages[1]
    assert "We could not send the mail." in pages[0]


def test_a_refused_address_is_an_error_of_the_field(client, settings):
    with open_sink(answer="550 no such mailbox") as sink:
        use_smtp(settings, sink.port)
        answer = client.post(REGISTER, {"email": "typo@paper.example", "name": "Ada"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "did not take our mail. Check the address" in page
    assert 'value="typo@paper.example"' in page
    assert 'value="Ada"' in page


def test_a_sign_in_code_that_cannot_be_mailed(client, settings):
    make_reader("ada@paper.example")
    port = free_port()
    use_smtp(settings, port)
    answer = client.post(SIGN_IN, {"email": "ada@paper.example", "way": "code"}, follow=True)
    assert "We could not send the mail." in answer.content.decode()
    with open_sink(port) as sink:
        client.post(CODE, {"action": "resend"})
    code = re.search(r"\d{4}-\d{4}", sink.taken[0].get_body(("plain",)).get_content())[0]
    client.post(CODE, {"code": code})
    assert is_signed_in(client)


def test_a_reset_that_cannot_be_mailed_stays_on_its_form(client, settings):
    make_reader("ada@paper.example")
    use_smtp(settings, free_port())
    answer = client.post(RESET, {"email": "ada@paper.example"})
    page = answer.content.decode()
    assert "<title>Error: Choose a new password" in page
    assert "We could not send the mail. Try again in a minute." in page
    assert 'value="ada@paper.example"' in page


def test_a_notice_that_cannot_be_mailed_hinders_nothing(client, settings):
    reader = make_reader("ada@paper.example")
    client.force_login(reader)
    use_smtp(settings, free_port())
    answer = client.post("/account/password/", {"oldpassword": PASSWORD, "password1": "a long walk home"})
    assert answer.status_code == 302
    reader.refresh_from_db()
    assert reader.check_password("a long walk home")


# -- A new password
def test_a_new_password_by_mail_and_back_to_the_paragraph(client):
    reader = make_reader("ada@paper.example")
    other_device = Client()
    other_device.force_login(reader)
    answer = client.post(RESET, {"email": "ada@paper.example", "next": "/world/#p4"})
    answer = client.post(answer.url, {"code": last_code()})
    assert answer.url == "/account/password/reset/new/?next=%2Fworld%2F%23p4"
    page = client.get(answer.url).content.decode()
    token = re.search(r'name="next" value="([^"]+)"', page)[1]
    assert 'autocomplete="new-password"' in page
    bad = client.post("/account/password/reset/new/", {"password1": "short", "next": token})
    assert "too short" in bad.content.decode()
    answer = client.post("/account/password/reset/new/", {"password1": "a long walk home", "next": token})
    assert answer.url == "/world/#p4"
    assert is_signed_in(client)
    assert not is_signed_in(other_device)
    reader.refresh_from_db()
    assert reader.check_password("a long walk home")
    assert last_mail().subject == "Your password was changed"


def test_resetting_tells_no_known_address_from_an_unknown_one():
    make_reader("known@paper.example")
    make_reader("gone@paper.example", is_active=False)
    seen = []
    for email in ("known@paper.example", "gone@paper.example", "nobody@paper.example"):
        browser = Client()
        answer = browser.post(RESET, {"email": email})
        page = browser.get(answer.url).content.decode()
        words = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page).replace(email, "")
        seen.append(
            (
                answer.status_code,
                answer.url,
                words,
                browser.post(answer.url, {"code": "0000-0000"}).status_code,
            )
        )
    assert seen[0] == seen[1] == seen[2]
    assert [letter.subject[:20] for letter in mail.outbox] == [
        "Your code for a new ",
        "This account is clos",
        "No account with this",
    ]


def test_a_reset_without_the_code_changes_nothing(client):
    reader = make_reader("ada@paper.example")
    client.post(RESET, {"email": "ada@paper.example"})
    answer = client.post("/account/password/reset/new/", {"password1": "a long walk home"})
    assert answer.url == "/account/password/reset/code/"
    reader.refresh_from_db()
    assert reader.check_password(PASSWORD)


def test_no_session_holds_a_password(client):
    client.post(REGISTER, {"email": "ada@paper.example", "password": "a long walk home"})
    assert all("a long walk home" not in str(session.get_decoded()) for session in Session.objects.all())
