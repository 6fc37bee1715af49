"""Accounts."""

import itertools
from typing import Any

from allauth.account.models import EmailAddress

from courant.readers.models import Reader
from courant.wall.enums import ReaderState

PASSWORD = "correct horse battery staple"  # every account made here signs in with it
numbers = itertools.count(1)


def make_reader(
    email: str = "",
    *,
    state: str = ReaderState.REGISTERED,
    password: str = PASSWORD,
    is_verified: bool = True,
    **values: Any,
) -> Reader:
    """An account with its address; `state` is registered, subscriber or staff."""
    address = email or f"reader{next(numbers)}@paper.example"
    reader = Reader.objects.create_user(address, password, state=str(state), **values)
    EmailAddress.objects.create(user=reader, email=reader.email, primary=True, verified=is_verified)
    return reader
