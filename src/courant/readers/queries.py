"""Reads: accounts by address, the documents in force, what a reader agreed to."""

from datetime import date

from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from courant.readers.models import ConsentRecord, LegalDocument, Reader, language_of_paper


def account_at(email: str) -> Reader | None:
    """The account of an address, whatever its case, open or closed."""
    return Reader.objects.filter(email=email.strip().lower()).first()


def is_unproven(reader: Reader) -> bool:
    """Whether nobody has shown yet that the address is theirs: whoever does may have the account."""
    if reader.last_login or reader.has_usable_password() or not reader.is_active:
        return False
    return not EmailAddress.objects.filter(user=reader, verified=True).exists()


def is_first_proof(address: EmailAddress) -> bool:
    """Whether the account had no proven address before this one."""
    return not EmailAddress.objects.filter(user=address.user_id, verified=True).exclude(pk=address.pk).exists()


def documents_in_force(on: date) -> QuerySet[LegalDocument]:
    """The newest version of each document in the paper's language, by title."""
    return LegalDocument.objects.in_force(on).filter(language=language_of_paper()).order_by("title")


def document_version(kind: str, version: int) -> LegalDocument:
    """One version in the paper's language; Http404 if there is none."""
    return get_object_or_404(LegalDocument, kind=kind, version=version, language=language_of_paper())


def versions_of(kind: str) -> QuerySet[LegalDocument]:
    """Every version of a document, the newest first, without the texts."""
    return LegalDocument.objects.filter(kind=kind, language=language_of_paper()).order_by("-version").defer("body")


def agreements_of(reader: Reader) -> QuerySet[ConsentRecord]:
    """What the reader agreed to or was shown, the latest first, with the documents but not their texts."""
    return ConsentRecord.objects.filter(reader=reader).select_related("document").defer("document__body")
