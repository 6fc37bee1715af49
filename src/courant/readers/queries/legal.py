"""The legal documents in force, and their versions."""

from datetime import date

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from courant.readers.models import LegalDocument, language_of_paper


def documents_in_force(on: date) -> QuerySet[LegalDocument]:
    """The newest version of each document in the paper's language, by title."""
    return LegalDocument.objects.in_force(on).filter(language=language_of_paper()).order_by("title")


def document_version(kind: str, version: int) -> LegalDocument:
    """One version in the paper's language; Http404 if there is none."""
    return get_object_or_404(LegalDocument, kind=kind, version=version, language=language_of_paper())


def versions_of(kind: str) -> QuerySet[LegalDocument]:
    """Every version of a document, the newest first, without the texts."""
    return LegalDocument.objects.filter(kind=kind, language=language_of_paper()).order_by("-version").defer("body")
