"""The newsroom's screens for accounts and legal documents."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.test import Client

from courant.readers.models import ConsentRecord, LegalDocument, Reader
from tests.factories.accounts import make_reader
from tests.readers.mails import last_code

USERS = "/newsroom/users/"
DOCUMENTS = "/newsroom/snippets/readers/legaldocument/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def publisher(client: Client) -> Reader:
    reader = make_reader("boss@paper.example", state="staff", is_superuser=True, name="The Publisher")
    client.force_login(reader)
    return reader


def test_accounts_are_listed_searched_and_filtered(client, publisher):
    make_reader("ada@paper.example", name="Ada L.", state="subscriber")
    make_reader("bob@paper.example", name="Bob M.")
    page = client.get(USERS).content.decode()
    assert "Ada L." in page
    assert "bob@paper.example" in page
    assert "Registered reader" in page
    found = client.get(USERS, {"q": "Bob"}).content.decode()
    assert "bob@paper.example" in found
    assert "ada@paper.example" not in found
    subscribers = client.get(USERS, {"state": "subscriber"}).content.decode()
    assert "ada@paper.example" in subscribers
    assert "bob@paper.example" not in subscribers


def test_an_account_is_opened_and_its_owner_signs_in_by_code(client, publisher):
    assert client.get(f"{USERS}new/").status_code == 200
    editors = Group.objects.get(name="Editors")
    answer = client.post(
        f"{USERS}new/",
        {"email": "New@Paper.example", "name": "New", "state": "staff", "groups": [editors.pk]},
    )
    assert answer.status_code == 302
    reader = Reader.objects.get(email="new@paper.example")
    assert (reader.name, reader.state, reader.is_superuser, reader.has_usable_password()) == (
        "New",
        "staff",
        False,
        False,
    )
    assert list(reader.groups.all()) == [editors]
    browser = Client()
    browser.post("/account/sign-in/", {"email": "new@paper.example", "way": "code", "next": "/newsroom/"})
    answer = browser.post("/account/sign-in/code/", {"code": last_code(), "next": "/newsroom/"})
    assert answer.url == "/newsroom/"
    assert len(mail.outbox) == 1
    assert browser.get("/newsroom/").status_code == 200


def test_an_account_is_changed_and_closed(client, publisher):
    reader = make_reader("ada@paper.example")
    address = f"{USERS}edit/{reader.pk}/"
    page = client.get(address).content.decode()
    assert 'name="email"' in page
    assert 'name="password1"' not in page
    answer = client.post(
        address, {"email": "ada2@paper.example", "name": "Ada", "state": "subscriber", "is_active": ""}
    )
    assert answer.status_code == 302
    reader.refresh_from_db()
    assert (reader.email, reader.name, reader.state, reader.is_active) == (
        "ada2@paper.example",
        "Ada",
        "subscriber",
        False,
    )
    assert list(EmailAddress.objects.filter(user=reader).values_list("email", "verified")) == [
        ("ada2@paper.example", False)
    ]


@pytest.mark.parametrize("email", ["boss@paper.example", "BOSS@paper.example", "", "nonsense"])
def test_an_address_that_cannot_be_used_changes_nothing(client, publisher, email):
    answer = client.post(f"{USERS}new/", {"email": email, "name": "New", "state": "registered"})
    assert answer.status_code == 200
    assert Reader.objects.get() == publisher


def test_only_a_publisher_makes_publishers_or_touches_them(client, publisher):
    editor = make_reader("ed@paper.example", state="staff")
    permissions = Permission.objects.filter(codename__in=["access_admin", "add_reader", "change_reader"])
    editor.user_permissions.set(permissions)
    client.force_login(editor)
    client.post(f"{USERS}new/", {"email": "new@paper.example", "state": "staff", "is_superuser": "on"})
    assert not Reader.objects.get(email="new@paper.example").is_superuser
    client.post(f"{USERS}edit/{editor.pk}/", {"email": editor.email, "state": "staff", "is_superuser": "on"})
    assert not Reader.objects.get(pk=editor.pk).is_superuser
    client.post(f"{USERS}edit/{publisher.pk}/", {"email": "taken@paper.example", "state": "staff"})
    publisher.refresh_from_db()
    assert publisher.email == "boss@paper.example"


def test_deleting_an_account_keeps_the_proof(client, publisher, documents):
    Client().post("/account/register/", {"email": "ada@paper.example"})
    reader = Reader.objects.get(email="ada@paper.example")
    client.post(f"{USERS}delete/{reader.pk}/")
    assert not Reader.objects.filter(pk=reader.pk).exists()
    assert ConsentRecord.objects.filter(reader=None).count() == 3


def test_signing_out_of_the_newsroom_ends_the_session(client, publisher):
    client.post("/newsroom/logout/")
    assert not client.get("/-/me").json()["signed_in"]


# -- Legal documents
# One paragraph as Wagtail's editor sends it.
RICH = (
    '{"blocks":[{"key":"a","text":"%s","type":"unstyled","depth":0,"inlineStyleRanges":[],"entityRanges":[]}],'
    '"entityMap":{}}'
)


def test_saving_a_document_publishes_its_next_version(client, publisher, documents):
    terms = LegalDocument.objects.get(kind="terms-of-use")
    assert "Terms of use" in client.get(DOCUMENTS).content.decode()
    page = client.get(f"{DOCUMENTS}edit/{terms.pk}/")
    assert page.status_code == 200
    answer = client.post(
        f"{DOCUMENTS}edit/{terms.pk}/",
        {"title": "Terms of use", "kind": "other", "effective_on": "2026-11-24", "body": RICH % "New words."},
    )
    assert answer.status_code == 302
    versions = LegalDocument.objects.filter(kind="terms-of-use").order_by("version")
    assert [document.version for document in versions] == [1, 2]
    assert versions[0].body == terms.body
    assert "New words." in versions[1].body
    assert LegalDocument.objects.count() == 4


def test_saving_the_same_words_changes_nothing(client, publisher, documents):
    client.post(
        f"{DOCUMENTS}add/",
        {
            "title": "House rules",
            "kind": "house-rules",
            "language": "en-gb",
            "effective_on": "2026-11-24",
            "body": RICH % "Be kind.",
        },
    )
    rules = LegalDocument.objects.get(kind="house-rules")
    client.post(
        f"{DOCUMENTS}edit/{rules.pk}/",
        {"title": "House rules", "effective_on": "2026-11-24", "body": RICH % "Be kind."},
    )
    assert LegalDocument.objects.filter(kind="house-rules").get() == rules
    assert "Be kind." in client.get("/legal/house-rules/").content.decode()


def test_a_document_cannot_be_deleted(client, publisher, documents):
    terms = LegalDocument.objects.get(kind="terms-of-use")
    answer = client.post(f"{DOCUMENTS}delete/{terms.pk}/")
    assert answer.status_code == 302
    assert LegalDocument.objects.filter(pk=terms.pk).exists()
