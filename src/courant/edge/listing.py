"""Which pages a store has: for who renews them and looks after them, never for who answers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from courant.edge.environment import environment_of, key_of
from courant.edge.filing import STAMP, places_of, raise_in, take_out
from courant.edge.pages import unpacked


def stored_addresses(folder: Path, keys: Iterable[str] | None = None) -> list[str]:
    """Addresses of the pages that were made from one of these keys; without keys, of all pages."""
    environment = environment_of(folder)
    pages = environment.db["pages"]
    with environment.lmdb.begin() as transaction:
        if keys is None:
            with transaction.cursor(db=pages) as cursor:
                places = list(cursor.iternext(keys=True, values=False))
        else:
            places = sorted(places_of(transaction, environment.db, set(keys)))
        # A place that begins with a slash is the address itself; a long address stands there as its digest.
        return [
            place.decode() if place[:1] == b"/" else unpacked(transaction.get(place, b"", db=pages)[STAMP:]).address
            for place in places
        ]


def remove_page(folder: Path, address: str) -> bool:
    """Take one page away, whatever it was made from; whether it was there."""
    environment = environment_of(folder)
    with environment.lmdb.begin(write=True) as transaction:
        is_gone = take_out(transaction, environment.db, key_of(address)) is not None
        if is_gone:
            raise_in(transaction, environment.db, "generation")
    return is_gone
