"""Publishing the versions of the legal documents."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from importlib.resources import files
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.html import escape
from django.utils.timezone import localdate

from courant.readers.enums import LegalKind
from courant.readers.models import LegalDocument, Reader, language_of_paper

FIRST_TITLES = {
    LegalKind.TERMS: "Terms of use",
    LegalKind.COOKIES: "Cookie policy",
    LegalKind.PRIVACY: "Privacy notice",
}


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
