"""Doors to accounts: entrance, codes, passwords, the account page, legal documents, faults."""

from courant.readers.views.faults import form_expired, too_many_requests

__all__ = ["form_expired", "too_many_requests"]
