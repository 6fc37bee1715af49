"""Accounts, the legal documents they agree to, and the proof that they did."""

from courant.readers.models.accounts import (
    ACCOUNT_STATES,
    IN_PASSES,
    PLAIN_STATES,
    VERSIONS,
    Reader,
    ReaderManager,
    ReaderQuerySet,
    new_public_id,
)
from courant.readers.models.consent import ConsentRecord
from courant.readers.models.legal import LegalDocument, LegalDocumentQuerySet, language_of_paper

__all__ = [
    "ACCOUNT_STATES",
    "IN_PASSES",
    "PLAIN_STATES",
    "VERSIONS",
    "ConsentRecord",
    "LegalDocument",
    "LegalDocumentQuerySet",
    "Reader",
    "ReaderManager",
    "ReaderQuerySet",
    "language_of_paper",
    "new_public_id",
]
