"""Registering, signing in and out, over HTTP."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from courant.readers.models import ConsentRecord, Reader
from courant.readers.returns import read_next, sign_next
from tests.factories.accounts import PASSWORD, make_reader
from tests.readers.mails import code_in, last_code, last_mail

REGISTER = "/account/register/"
CONFIRM = "/account/confirm/"
SIGN_IN = "/account/sign-in/"
CODE = "/account/sign-in/code/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("documents")]


def is_signed_in(client: Client) -> bool:
    return client.get("/-/me").json()["signed_in"]


def register(client: Client, email: str = "ada@paper.example", **values: str):
    return client.post(REGISTER, {"email": email, **values})


# -- Registration
def test_the_whole_way_back_to_the_paragraph(client):
    page = client.get(REGISTER, {"next": "/world/talks/#p4"})
    token = re.search(r'name="next" value="([^"]+)"', page.content.decode())[1]
    assert read_next(token) == "/world/talks/#p4"

    answer = register(client, name="Ada", password="a long walk home", next=token)
    assert answer.status_code == 302
    assert answer.url.startswith(CONFIRM)
    assert not is_signed_in(client)
    assert [letter.to for letter in mail.outbox] == [["ada@paper.example"]]

    page = client.get(answer.url)
    token = re.search(r'name="next" value="([^"]+)"', page.content.decode())[1]
    answer = client.post(CONFIRM, {"code": last_code(), "next": token})
    assert (answer.status_code, answer.url) == (302, "/world/talks/#p4")
    assert is_signed_in(client)
    reader = Reader.objects.get()
    assert (reader.name, reader.state, reader.check_password("a long walk home")) == (
        "Ada",
        "registered",
        True,
    )
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [("ada@paper.example", True, True)]
    assert "You are signed in." in client.get("/account/").content.decode()


def test_only_the_address_is_needed_and_a_plain_path_comes_back_too(client):
    register(client, next="/world/talks/#p4")
    answer = client.post(CONFIRM, {"code": last_code()})
    assert answer.url == "/world/talks/#p4"
    assert not Reader.objects.get().has_usable_password()


def test_without_a_way_back_registration_ends_at_the_account(client):
    register(client)
    assert client.post(CONFIRM, {"code": last_code()}).url == "/account/"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/account/sign-out/",
        sign_next("/world/") + "x",
    ],
)
def test_no_other_way_back_is_taken(client, elsewhere):
    page = client.get(REGISTER, {"next": elsewhere})
    assert 'name="next"' not in page.content.decode()
    register(client, next=elsewhere)
    assert client.post(CONFIRM, {"code": last_code(), "next": elsewhere}).url == "/account/"


def test_registration_records_each_document_with_the_account(client):
    client.post(
        REGISTER,
        {"email": "ada@paper.example"},
        headers={"user-agent": "Reader/1"},
        REMOTE_ADDR="203.0.113.77",
    )
    records = ConsentRecord.objects.order_by("document__kind")
    assert [(r.document.kind, r.act, r.version, r.language, r.network, r.user_agent) for r in records] == [
        ("cookie-policy", "shown", 1, "en-gb", "203.0.113.0/24", "Reader/1"),
        ("privacy-notice", "shown", 1, "en-gb", "203.0.113.0/24", "Reader/1"),
        ("terms-of-use", "accepted", 1, "en-gb", "203.0.113.0/24", "Reader/1"),
    ]
    assert {r.reader.email for r in records} == {"ada@paper.example"}
    assert {r.sha256 for r in records} == {r.document.sha256 for r in records}
    assert {r.wording[:14] for r in records} == {"By registering"}
    assert {r.url for r in records} == {"http://testserver/account/register/"}


def test_the_sentence_of_the_record_is_the_sentence_of_the_page(client):
    from courant.readers.evidence import REGISTRATION_WORDING

    page = client.get(REGISTER).content.decode()
    note = re.search(r'<p class="form__note">(.*?)</p>', page)[1]
    assert re.sub(r"<[^>]+>", "", note) == REGISTRATION_WORDING
    for kind in ("terms-of-use", "cookie-policy", "privacy-notice"):
        assert f'href="/legal/{kind}/"' in note


def test_a_form_sent_twice_makes_one_account_one_code_and_one_mail(client):
    client.get(REGISTER)
    cookie = client.cookies["courant_csrf"].value
    register(client, password="a long walk home")
    again = Client()  # the browser gave up the first answer, and with it the session
    again.cookies["courant_csrf"] = cookie
    assert register(again, password="a long walk home").status_code == 302
    assert Reader.objects.count() == 1
    assert ConsentRecord.objects.count() == 3
    assert len(mail.outbox) == 1
    assert again.post(CONFIRM, {"code": last_code()}).url == "/account/"
    assert is_signed_in(again)


def test_registering_again_before_the_code_is_typed_sends_a_new_one(client):
    register(client)
    register(client, name="Ada")
    assert len(mail.outbox) == 2
    client.post(CONFIRM, {"code": last_code()})
    assert Reader.objects.get().name == "Ada"


def test_what_a_stranger_typed_for_the_address_counts_for_nothing(client):
    stranger = Client()
    register(stranger, name="Not Ada", password="known to the stranger")
    register(client, password="known to ada only")
    client.post(CONFIRM, {"code": last_code()})
    reader = Reader.objects.get()
    assert reader.name == ""
    assert reader.check_password("known to ada only")


def test_whoever_proves_the_address_elsewhere_has_no_password_of_a_stranger():
    stranger, owner = Client(), Client()
    register(stranger, password="known to the stranger")
    owner.post(SIGN_IN, {"email": "ada@paper.example", "way": "code"})
    owner.post(CODE, {"code": last_code()})
    assert is_signed_in(owner)
    assert not Reader.objects.get().has_usable_password()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"email": ""}, "Enter your e-mail address."),
        ({"email": "ada"}, "Enter an e-mail address in the right form"),
        ({"email": "a" * 10_000 + "@paper.example"}, "at most 254 characters"),
        ({"email": "ada@paper.example\x00"}, "Null characters are not allowed"),
        ({"email": "ada@paper.example", "name": "n" * 10_000}, "at most 120 characters"),
        ({"email": "ada@paper.example", "password": "short"}, "too short"),
        ({"email": "ada@paper.example", "password": "password1"}, "too common"),
        ({"email": "ada@paper.example", "password": "ada.paper.example"}, "too similar"),
        ({"email": "ada@paper.example", "password": "p" * 10_000}, "at most 128 characters"),
    ],
)
def test_bad_input_stays_on_the_form_and_changes_nothing(client, values, words):
    answer = client.post(REGISTER, {"name": "Ada", **values})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<title>Error: Register" in page
    assert 'id="error-summary"' in page
    assert words in page
    if len(values["email"]) < 100 and "\x00" not in values["email"]:
        assert f'value="{values["email"]}"' in page or not values["email"]
    if "password" in values:
        assert f'value="{values["password"]}"' not in page
    assert not Reader.objects.exists()
    assert not mail.outbox


def test_broken_utf8_is_an_error_of_the_field(client):
    answer = client.generic("POST", REGISTER, b"email=\xff\xfe%ff@paper.example", "application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert "Enter an e-mail address in the right form" in answer.content.decode()


def test_fields_say_what_browsers_may_fill_in(client):
    page = client.get(REGISTER).content.decode()
    for attribute in (
        'autocomplete="email"',
        'autocomplete="name"',
        'autocomplete="new-password"',
        "novalidate",
    ):
        assert attribute in page
    assert "placeholder" not in page
    assert "onpaste" not in page
    assert 'autocomplete="current-password"' in client.get(SIGN_IN).content.decode()


# -- An address that has an account already
def answers(client: Client, email: str) -> list[tuple[int, str, str]]:
    """Everything a stranger can see of a registration that is never finished."""
    seen = []
    for step in (
        lambda: register(client, email, next="/world/#p2"),
        lambda: client.get(CONFIRM + "?next=/world/%23p2"),
        lambda: client.get(CODE),
        lambda: client.get(SIGN_IN),
        lambda: client.post(CONFIRM, {"code": "0000-0000"}),
        lambda: client.post(CONFIRM, {"action": "resend"}),
        lambda: client.get(CONFIRM),
        *[lambda: client.post(CONFIRM, {"code": "0000-0000"})] * 4,
        lambda: client.get(REGISTER),
        lambda: client.get(CONFIRM),
        lambda: client.get(SIGN_IN),
    ):
        answer = step()
        page = re.sub(r'name="(csrfmiddlewaretoken|next)" value="[^"]*"', "", answer.content.decode())
        seen.append((answer.status_code, answer.headers.get("Location", ""), page.replace(email, "ADDRESS")))
    return seen


@pytest.mark.parametrize("is_active", [True, False])
def test_nothing_tells_a_known_address_from_a_new_one(is_active):
    make_reader("known@paper.example", is_active=is_active)
    known = answers(Client(), "known@paper.example")
    known_mails = len(mail.outbox)
    mail.outbox.clear()
    unknown = answers(Client(), "fresh@paper.example")
    assert known == unknown
    if is_active:
        assert known_mails == len(mail.outbox) == 2


def test_a_known_address_is_told_by_mail_and_its_code_signs_in(client):
    reader = make_reader("known@paper.example", name="Known")
    register(client, "KNOWN@paper.example", name="Changed", password="another password", next="/world/#p2")
    letter = last_mail("known@paper.example")
    assert "You already have an account" in letter.subject
    assert client.post(CONFIRM, {"code": code_in(letter)}).url == "/world/#p2"
    assert is_signed_in(client)
    reader.refresh_from_db()
    assert (Reader.objects.count(), reader.name) == (1, "Known")
    assert reader.check_password(PASSWORD)
    assert not ConsentRecord.objects.exists()


def test_a_closed_account_is_told_so_by_mail_only(client):
    make_reader("gone@paper.example", is_active=False)
    register(client, "gone@paper.example")
    assert "closed" in last_mail().subject
    client.post(SIGN_IN, {"email": "gone@paper.example", "way": "code"})
    assert "closed" in last_mail().subject
    assert not re.search(r"\d{4}-\d{4}", "".join(letter.body for letter in mail.outbox))


# -- Signing in
def test_password_and_back_to_the_paragraph(client):
    make_reader("ada@paper.example")
    old = client.get(SIGN_IN).cookies.get("courant_session")
    answer = client.post(SIGN_IN, {"email": "Ada@Paper.example", "password": PASSWORD, "next": sign_next("/world/#p4")})
    assert (answer.status_code, answer.url) == (302, "/world/#p4")
    assert is_signed_in(client)
    assert client.cookies["courant_session"].value != (old and old.value)


def test_the_session_is_a_new_one_after_signing_in(client):
    make_reader("ada@paper.example")
    client.post(SIGN_IN, {"email": "ada@paper.example", "way": "code"})
    before = client.cookies["courant_session"].value
    client.post(CODE, {"code": last_code()})
    assert client.cookies["courant_session"].value != before


def test_a_wrong_password_says_neither_what_is_wrong(client):
    make_reader("ada@paper.example")
    pages = []
    for email in ("ada@paper.example", "nobody@paper.example"):
        answer = client.post(SIGN_IN, {"email": email, "password": "not the password"})
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "The address or the password is wrong." in page
        assert f'value="{email}"' in page
        assert "not the password" not in page
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page).replace(email, ""))
    assert pages[0] == pages[1]


def test_a_closed_account_does_not_get_in_by_its_password(client):
    make_reader("ada@paper.example", is_active=False)
    answer = client.post(SIGN_IN, {"email": "ada@paper.example", "password": PASSWORD}, follow=True)
    assert "This account is closed" in answer.content.decode()
    assert not is_signed_in(client)
    wrong = client.post(SIGN_IN, {"email": "ada@paper.example", "password": "not the password"})
    assert "The address or the password is wrong." in wrong.content.decode()


def test_an_account_that_is_closed_is_signed_out_at_once(client):
    reader = make_reader("ada@paper.example")
    client.force_login(reader)
    assert is_signed_in(client)
    Reader.objects.update(is_active=False)
    assert not is_signed_in(client)


def test_a_mailed_code_and_back_to_the_paragraph(client):
    make_reader("ada@paper.example")
    answer = client.post(SIGN_IN, {"email": "ada@paper.example", "way": "code", "next": "/world/#p4"})
    assert answer.url == f"{CODE}?next=%2Fworld%2F%23p4"
    token = re.search(r'name="next" value="([^"]+)"', client.get(answer.url).content.decode())[1]
    assert client.post(CODE, {"code": last_code(), "next": token}).url == "/world/#p4"
    assert is_signed_in(client)


def test_mail_me_a_code_needs_the_address_only(client):
    answer = client.post(SIGN_IN, {"email": "", "password": "", "way": "code"})
    page = answer.content.decode()
    assert "<title>Error: Sign in" in page
    assert "Enter your e-mail address." in page
    assert "Enter your password" not in page


def test_a_code_for_an_unknown_address_is_answered_by_mail(client):
    make_reader("ada@paper.example")
    stranger = Client()
    for browser, email in ((client, "ada@paper.example"), (stranger, "nobody@paper.example")):
        answer = browser.post(SIGN_IN, {"email": email, "way": "code"})
        assert (answer.status_code, answer.url) == (302, CODE)
        assert browser.get(CODE).status_code == 200
    assert [letter.to for letter in mail.outbox] == [["ada@paper.example"], ["nobody@paper.example"]]
    assert mail.outbox[1].subject == "No account with this address"
    assert "http://testserver/account/register/" in mail.outbox[1].body


def test_who_is_signed_in_already_goes_on(client):
    client.force_login(make_reader())
    assert client.get(SIGN_IN, {"next": "/world/#p4"}).url == "/world/#p4"
    assert client.get(REGISTER).url == "/account/"


def test_a_reader_who_wants_into_the_newsroom_is_told_and_does_not_turn_in_circles(client):
    client.force_login(make_reader())
    answer = client.get("/newsroom/")
    assert answer.url == "/account/sign-in/?next=/newsroom/"
    answer = client.get(answer.url)
    assert answer.status_code == 403
    assert "The newsroom is not open to this account" in answer.content.decode()


def test_the_newsroom_has_no_other_door(client):
    assert client.get("/newsroom/").url == "/account/sign-in/?next=/newsroom/"
    assert client.get("/newsroom/login/").url.startswith("/account/sign-in/?next=")


# -- Signing out
def test_signing_out_is_a_deed_and_asked_first(client):
    client.force_login(make_reader("ada@paper.example"))
    page = client.get("/account/sign-out/")
    assert "ada@paper.example" in page.content.decode()
    assert is_signed_in(client)
    assert client.post("/account/sign-out/").url == "/"
    assert not is_signed_in(client)
    assert client.get("/account/sign-out/").url == "/"


# -- Limits
def test_a_school_behind_one_address_signs_in(client):
    readers = [make_reader() for _ in range(30)]
    for reader in readers:
        browser = Client()
        assert browser.post(SIGN_IN, {"email": reader.email, "password": PASSWORD}).status_code == 302


def test_guessing_at_one_account_ends_after_ten_tries(client):
    make_reader("ada@paper.example")
    for _ in range(10):
        client.post(SIGN_IN, {"email": "ada@paper.example", "password": "guess"})
    answer = client.post(SIGN_IN, {"email": "ada@paper.example", "password": PASSWORD})
    assert "Wait ten minutes and try again." in answer.content.decode()
    assert not is_signed_in(client)


def test_an_address_gets_only_so_many_mails(client):
    make_reader("known@paper.example")
    for email in ("known@paper.example", "fresh@paper.example"):
        statuses = [register(Client(), email).status_code for _ in range(6)]
        assert statuses == [302] * 5 + [429]
    answer = register(Client(), "fresh@paper.example")
    assert answer["Retry-After"] == "600"
    assert "wait 10 minutes" in answer.content.decode()
    assert len(mail.outbox) == 10
