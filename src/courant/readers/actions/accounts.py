"""Writes to accounts: registering, proving, naming, closing."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from courant.readers.actions.consent import record_registration
from courant.readers.evidence import Evidence
from courant.readers.models import Reader
from courant.readers.policy import can_close
from courant.readers.queries.accounts import account_at, is_unproven
from courant.readers.signals import account_closed, reader_confirmed, reader_registered

PUBLISHERS = "Publishers"
EDITORS = "Editors"  # the group Wagtail's own first migration makes


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
