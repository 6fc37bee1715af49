"""Writes: accounts, consent, legal documents."""

from datetime import date
from threading import Thread

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from courant.readers import signals
from courant.readers.actions.accounts import (
    change_name,
    close_account,
    confirm_reader,
    follow_address,
    register_reader,
    save_account,
)
from courant.readers.actions.legal import fingerprint, install_legal_documents, publish_legal_document
from courant.readers.evidence import Evidence
from courant.readers.models import ConsentRecord, LegalDocument, Reader
from courant.readers.queries.legal import documents_in_force
from tests.factories.accounts import PASSWORD, make_reader
from tests.readers.conftest import NOW

EVIDENCE = Evidence("By registering", network="203.0.113.0/24", user_agent="Reader/1")


# -- Registering
@pytest.mark.django_db
def test_registering_opens_an_unproven_account_without_a_password(documents):
    reader = register_reader(email=" Ada@Paper.example ", evidence=EVIDENCE, now=NOW)
    assert (reader.email, reader.state, reader.joined_at, reader.name) == (
        "ada@paper.example",
        "registered",
        NOW,
        "",
    )
    assert not reader.has_usable_password()
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
        ("ada@paper.example", False, True)
    ]
    assert {record.at for record in reader.consents.all()} == {NOW}
    assert reader.consents.count() == 3


@pytest.mark.django_db
def test_a_proven_closed_or_used_account_is_not_given_again(documents):
    for values in ({}, {"is_active": False}, {"is_verified": False}):
        reader = make_reader(**values)
        assert register_reader(email=reader.email, evidence=EVIDENCE, now=NOW) is None
    assert not ConsentRecord.objects.exists()


@pytest.mark.django_db
def test_an_unproven_account_is_given_again_and_the_same_act_recorded_once(documents):
    first = register_reader(email="ada@paper.example", evidence=EVIDENCE, now=NOW)
    assert register_reader(email="ada@paper.example", evidence=EVIDENCE, now=NOW) == first
    assert ConsentRecord.objects.count() == 3
    register_reader(email="ada@paper.example", evidence=Evidence("w", network="192.0.2.0/24"), now=NOW)
    assert ConsentRecord.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_the_account_and_its_records_are_one_write(monkeypatch):
    install_legal_documents(now=NOW)

    def refuse(**values: object) -> None:
        raise IntegrityError("disk full")

    monkeypatch.setattr("courant.readers.actions.consent.record_consent", refuse)
    with pytest.raises(IntegrityError):
        register_reader(email="ada@paper.example", evidence=EVIDENCE, now=NOW)
    assert not Reader.objects.exists()
    assert not EmailAddress.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_address_registered_in_parallel_is_one_account():
    install_legal_documents(now=NOW)
    answers: list[object] = []

    def run() -> None:
        try:
            answers.append(register_reader(email="ada@paper.example", evidence=EVIDENCE, now=NOW))
        except Exception as error:
            answers.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reader = Reader.objects.get()
    assert answers == [reader] * 8


@pytest.mark.django_db
def test_signals_are_sent_when_all_is_written(documents, django_capture_on_commit_callbacks):
    heard: list[tuple[str, str]] = []

    def listen(name: str):
        def hear(reader: Reader, **kwargs: object) -> None:
            heard.append((name, reader.email))

        return hear

    ears = {name: listen(name) for name in ("reader_registered", "reader_confirmed", "account_closed")}
    for name, ear in ears.items():
        getattr(signals, name).connect(ear)
    with django_capture_on_commit_callbacks(execute=True):
        reader = register_reader(email="ada@paper.example", evidence=EVIDENCE, now=NOW)
        assert heard == []
    with django_capture_on_commit_callbacks(execute=True):
        register_reader(email="ada@paper.example", evidence=EVIDENCE, now=NOW)
        confirm_reader(reader=reader, name="Ada", by=reader, now=NOW)
        close_account(reader=reader, by=reader, now=NOW)
    for name, ear in ears.items():
        getattr(signals, name).disconnect(ear)
    assert heard == [(name, "ada@paper.example") for name in ears]


# -- Accounts by command
@pytest.mark.django_db
def test_save_account_makes_a_proven_account():
    reader, made = save_account(email="Ada@Paper.example", name="Ada", password="a long walk home", now=NOW)
    assert made
    assert (reader.email, reader.name, reader.state, reader.is_active) == (
        "ada@paper.example",
        "Ada",
        "registered",
        True,
    )
    assert reader.check_password("a long walk home")
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [("ada@paper.example", True, True)]
    assert not reader.groups.exists()


@pytest.mark.django_db
def test_save_account_updates_and_leaves_the_rest():
    reader = make_reader("ada@paper.example", name="Ada", is_verified=False, is_active=False)
    saved, made = save_account(email="ADA@paper.example", state="subscriber", now=NOW)
    assert (saved.pk, made) == (reader.pk, False)
    assert (saved.name, saved.state, saved.is_active) == ("Ada", "subscriber", True)
    assert saved.check_password(PASSWORD)
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [("ada@paper.example", True, True)]


@pytest.mark.django_db
def test_staff_joins_the_editors_and_leaves_with_the_state():
    reader, _ = save_account(email="ed@paper.example", state="staff", now=NOW)
    assert [group.name for group in reader.groups.all()] == ["Editors"]
    assert reader.has_perm("wagtailadmin.access_admin")
    reader, _ = save_account(email="ed@paper.example", state="registered", now=NOW)
    assert not reader.groups.exists()
    publisher = make_reader(state="staff", is_superuser=True)
    assert not save_account(email=publisher.email, state="registered", now=NOW)[0].is_superuser


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [
        {"email": "ada"},
        {"email": ""},
        {"email": "a" * 300 + "@paper.example"},
        {"state": "stranger"},
        {"state": "king"},
        {"password": "short"},
        {"password": "password1"},
        {"password": "p" * 129},
        {"name": "n" * 121},
    ],
)
def test_save_account_refuses_what_cannot_be_used(values):
    with pytest.raises(ValidationError):
        save_account(**{"email": "ada@paper.example", **values}, now=NOW)
    assert not Reader.objects.exists()


@pytest.mark.django_db
def test_a_name_of_the_newsrooms_choice_and_an_address_that_is_unproven_again():
    reader = make_reader("old@paper.example")
    change_name(reader=reader, name="  Ada ", by=reader, now=NOW)
    assert Reader.objects.get().name == "Ada"
    with pytest.raises(ValidationError):
        change_name(reader=reader, name="n" * 121, by=reader, now=NOW)
    reader.refresh_from_db()
    reader.email = "new@paper.example"
    reader.save()
    follow_address(reader=reader, by=reader, now=NOW)
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
        ("new@paper.example", False, True)
    ]


@pytest.mark.django_db
def test_who_may_close_an_account():
    reader, other = make_reader(), make_reader()
    publisher = make_reader(state="staff", is_superuser=True)
    with pytest.raises(PermissionDenied):
        close_account(reader=reader, by=other, now=NOW)
    close_account(reader=reader, by=reader, now=NOW)
    close_account(reader=other, by=publisher, now=NOW)
    with pytest.raises(PermissionDenied):
        close_account(reader=publisher, by=other, now=NOW)
    assert Reader.objects.filter(is_active=True).get() == publisher


# -- Legal documents
@pytest.mark.django_db
def test_the_first_texts_are_installed_once():
    made = install_legal_documents(now=NOW)
    assert [(document.kind, document.version) for document in made] == [
        ("terms-of-use", 1),
        ("cookie-policy", 1),
        ("privacy-notice", 1),
    ]
    assert install_legal_documents(now=NOW) == []
    for document in made:
        assert document.sha256 == fingerprint(document.title, document.body)
        assert document.effective_on == date(2026, 11, 24)


@pytest.mark.django_db
def test_a_document_of_the_newsrooms_own_is_left_alone():
    own = publish_legal_document(
        kind="cookie-policy", title="Our cookies", body="<p>None.</p>", effective_on=date(2026, 1, 1), now=NOW
    )
    assert "cookie-policy" not in [document.kind for document in install_legal_documents(now=NOW)]
    assert LegalDocument.objects.get(kind="cookie-policy") == own


@pytest.mark.django_db
def test_new_words_are_a_new_version_and_old_ones_do_not_change(documents):
    terms = next(document for document in documents if document.kind == "terms-of-use")
    publish = {"kind": terms.kind, "title": terms.title, "effective_on": terms.effective_on, "now": NOW}
    assert publish_legal_document(**publish, body=terms.body) == terms
    second = publish_legal_document(**publish, body="<p>New words.</p>")
    assert (second.version, second.sha256 != terms.sha256) == (2, True)
    terms.body = "<p>Other words.</p>"
    with pytest.raises(ValidationError, match="publish its next version"):
        terms.save()
    assert LegalDocument.objects.get(version=1, kind="terms-of-use").body != "<p>Other words.</p>"


@pytest.mark.django_db
def test_each_language_counts_its_own_versions(documents):
    german = publish_legal_document(
        kind="terms-of-use",
        title="Nutzungsbedingungen",
        body="<p>…</p>",
        language="de",
        effective_on=date(2026, 1, 1),
        now=NOW,
    )
    assert german.version == 1
    assert {document.language for document in documents_in_force(date(2026, 11, 24))} == {"en-gb"}


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_documents_in_force_are_one_query(documents, django_assert_num_queries, count):
    LegalDocument.objects.exclude(pk__in=[document.pk for document in documents[:count]]).delete()
    with django_assert_num_queries(1):
        assert len(list(documents_in_force(date(2026, 11, 24)))) == count
    assert list(documents_in_force(date(2026, 11, 23))) == []


@pytest.mark.django_db
def test_proof_outlives_the_account_and_its_document_cannot_go(documents):
    reader = register_reader(email="ada@paper.example", evidence=EVIDENCE, now=NOW)
    subject = reader.consents.first().subject
    with pytest.raises(ProtectedError), transaction.atomic():
        LegalDocument.objects.all().delete()
    reader.delete()
    assert set(ConsentRecord.objects.values_list("reader", "subject")) == {(None, subject)}
    assert "ada" not in subject
