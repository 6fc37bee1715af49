"""Every write of this room: accounts, consent, legal documents."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from importlib.resources import files
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.html import escape
from django.utils.timezone import localdate

from courant.readers.enums import ConsentAct, LegalKind
from courant.readers.evidence import Evidence
from courant.readers.models import ConsentRecord, LegalDocument, Reader, language_of_paper
from courant.readers.policy import can_close
from courant.readers.queries import account_at, documents_in_force, is_unproven
from courant.readers.signals import account_closed, reader_confirmed, reader_registered
from courant.wall.actions import end_passes

PUBLISHERS = "Publishers"
EDITORS = "Editors"  # the group Wagtail's own first migration makes
ACTS_AT_REGISTRATION = {
    LegalKind.TERMS: ConsentAct.ACCEPTED,
    LegalKind.COOKIES: ConsentAct.SHOWN,
    LegalKind.PRIVACY: ConsentAct.SHOWN,
}
FIRST_TITLES = {
    LegalKind.TERMS: "Terms of use",
    LegalKind.COOKIES: "Cookie policy",
    LegalKind.PRIVACY: "Privacy notice",
}


# -- Accounts -------------------------------------------------------------------------------------------
def register_reader(*, email: str, evidence: Evidence, by: Reader | None = None, now: datetime) -> Reader | None:
    """Open an unproven account without a password, with its consent records. None if the address is taken.

    An account nobody has proven yet is given again: whoever proves the address first may have it.
    """
    with transaction.atomic():
        reader = account_at(email)
        made = reader is None
        if reader is None:
            try:
                with transaction.atomic():
                    reader = Reader.objects.create_user(email, joined_at=now)
            except (IntegrityError, ValidationError):  # the same form sent twice at once, if it is there by now
                reader, made = account_at(email), False
                if reader is None:
                    raise
        if not made and not is_unproven(reader):
            return None
        EmailAddress.objects.get_or_create(user=reader, email=reader.email, defaults={"primary": True})
        record_registration(reader=reader, evidence=evidence, now=now)
        if made:
            transaction.on_commit(lambda: reader_registered.send(sender=Reader, reader=reader))
    return reader


def record_registration(*, reader: Reader, evidence: Evidence, now: datetime) -> None:
    """One record per document named at registration; the same act from the same browser is recorded once."""
    for document in documents_in_force(localdate(now)).filter(kind__in=list(ACTS_AT_REGISTRATION)):
        act = ACTS_AT_REGISTRATION[LegalKind(document.kind)]
        same = ConsentRecord.objects.filter(
            reader=reader,
            act=act,
            document=document,
            network=evidence.network,
            user_agent=evidence.user_agent,
        )
        if not same.exists():
            record_consent(reader=reader, act=act, document=document, evidence=evidence, now=now)


def record_consent(
    *, reader: Reader, act: ConsentAct, document: LegalDocument, evidence: Evidence, now: datetime
) -> ConsentRecord:
    return ConsentRecord.objects.create(
        reader=reader,
        subject=salted_hmac("courant.readers.subject", reader.email, algorithm="sha256").hexdigest(),
        act=act,
        document=document,
        version=document.version,
        sha256=document.sha256,
        language=document.language,
        wording=evidence.wording,
        at=now,
        url=evidence.url,
        network=evidence.network,
        user_agent=evidence.user_agent,
    )


@transaction.atomic
def confirm_reader(*, reader: Reader, name: str = "", password_hash: str = "", by: Reader, now: datetime) -> None:
    """Give a reader who just proved the address the name and password typed in the same browser.

    Before that, what was typed counts for nothing: anybody can type anybody's address.
    """
    if name:
        reader.name = name
    if password_hash:
        reader.password = password_hash
    reader.save(update_fields=["name", "password"])
    transaction.on_commit(lambda: reader_confirmed.send(sender=Reader, reader=reader))


@transaction.atomic
def save_account(
    *,
    email: str,
    name: str | None = None,
    state: str | None = None,
    password: str | None = None,
    by: Reader | None = None,
    now: datetime,
) -> tuple[Reader, bool]:
    """Make or update an open account with a proven address; None leaves a value as it is.

    State staff joins the newsroom's editors, any other state leaves the newsroom. ValidationError for an
    address, name, state or password that cannot be used, and then nothing is changed.
    """
    reader = account_at(email)
    made = reader is None
    reader = reader or Reader(email=email.strip().lower(), joined_at=now)
    reader.name = reader.name if name is None else name.strip()
    reader.state = reader.state if state is None else state
    reader.is_active = True
    if password is not None:
        validate_password(password, reader)
        reader.set_password(password)
    elif made:
        reader.set_unusable_password()
    reader.full_clean()
    reader.save()
    prove_address(reader)
    set_newsroom_access(reader)
    return reader, made


def prove_address(reader: Reader) -> None:
    EmailAddress.objects.filter(user=reader).exclude(email=reader.email).delete()
    EmailAddress.objects.update_or_create(user=reader, email=reader.email, defaults={"verified": True, "primary": True})


def set_newsroom_access(reader: Reader) -> None:
    """Staff join the newsroom as editors; the first of them also as publisher, who lets in the others."""
    if reader.is_staff:
        if not reader.groups.exists():
            has_publisher = Reader.objects.filter(groups__name=PUBLISHERS).exists()
            names = [EDITORS] if has_publisher else [EDITORS, PUBLISHERS]
            reader.groups.add(*Group.objects.filter(name__in=names))
    else:
        reader.groups.clear()
        if reader.is_superuser:
            reader.is_superuser = False
            reader.save(update_fields=["is_superuser"])


@transaction.atomic
def follow_address(*, reader: Reader, by: Reader, now: datetime) -> None:
    """After the newsroom wrote an account's address: a new one is unproven until the reader proves it."""
    EmailAddress.objects.filter(user=reader).exclude(email=reader.email).delete()
    EmailAddress.objects.get_or_create(user=reader, email=reader.email, defaults={"primary": True})


@transaction.atomic
def change_name(*, reader: Reader, name: str, by: Reader, now: datetime) -> None:
    """Set the name shown with what the reader writes; empty takes it away."""
    reader.name = name.strip()
    reader.full_clean(exclude=["password", "email"])
    reader.save(update_fields=["name"])


@transaction.atomic
def close_account(*, reader: Reader, by: Reader, now: datetime) -> None:
    """The account can no longer sign in, and its sessions end with their next request. PermissionDenied."""
    if not can_close(by, reader):
        raise PermissionDenied
    reader.is_active = False
    reader.save(update_fields=["is_active"])
    transaction.on_commit(lambda: account_closed.send(sender=Reader, reader=reader))


# -- Sessions and passes --------------------------------------------------------------------------------
@transaction.atomic
def end_reader_passes(*, reader: Reader, now: datetime) -> None:
    """End every pass of a reader, by raising the version that later ones bear; sessions go on and give new ones."""
    Reader.objects.filter(pk=reader.pk).update(pass_version=F("pass_version") + 1)
    reader.refresh_from_db(fields=["pass_version"])
    end_passes(reader=reader.public_id, version=reader.pass_version - 1, now=now)


@transaction.atomic
def sign_out_everywhere(*, reader: Reader, by: Reader, now: datetime) -> None:
    """End every session of a reader with its next request, and every pass. PermissionDenied for another's."""
    if by != reader:
        raise PermissionDenied
    Reader.objects.filter(pk=reader.pk).update(session_version=F("session_version") + 1)
    reader.refresh_from_db(fields=["session_version"])
    end_reader_passes(reader=reader, now=now)


# -- Legal documents ------------------------------------------------------------------------------------
@transaction.atomic
def publish_legal_document(
    *,
    kind: str,
    title: str,
    body: str,
    effective_on: date,
    language: str | None = None,
    by: Reader | None = None,
    now: datetime,
) -> LegalDocument:
    """Publish a text as the next version of its kind; the same text again gives the version there is."""
    language = language or language_of_paper()
    newest = LegalDocument.objects.filter(kind=kind, language=language).order_by("-version").first()
    if newest and (newest.title, newest.body, newest.effective_on) == (title, body, effective_on):
        return newest
    document = LegalDocument(
        kind=kind,
        title=title,
        body=body,
        language=language,
        version=newest.version + 1 if newest else 1,
        effective_on=effective_on,
        sha256=fingerprint(title, body),
        published_at=now,
    )
    document.full_clean()
    document.save()
    return document


def fingerprint(title: str, body: str) -> str:
    """SHA-256 over title, a line end and the stored text, in UTF-8."""
    return hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()


@transaction.atomic
def install_legal_documents(*, by: Reader | None = None, now: datetime) -> list[LegalDocument]:
    """Publish the texts Courant comes with, each kind only if the newsroom has none; returns those made."""
    there = set(LegalDocument.objects.values_list("kind", flat=True))
    return [publish_first_text(kind, by=by, now=now) for kind in missing_kinds(there)]


def missing_kinds(there: Iterable[str]) -> list[LegalKind]:
    return [kind for kind in LegalKind if kind not in set(there)]


def publish_first_text(kind: LegalKind, **values: Any) -> LegalDocument:
    text = files("courant.readers").joinpath("legal", f"{kind}.html").read_text(encoding="utf-8")
    return publish_legal_document(
        kind=kind,
        title=FIRST_TITLES[kind],
        body=text.replace("{paper}", escape(settings.WAGTAIL_SITE_NAME)).strip(),
        effective_on=localdate(values["now"]),
        **values,
    )
