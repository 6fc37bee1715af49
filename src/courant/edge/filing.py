"""What is done to the store within a transaction: pages put in and taken out, numbers raised."""

from __future__ import annotations

import json
from typing import Any

from courant.edge.environment import key_of
from courant.edge.pages import ENCODINGS, unpacked

ALL = "all"
# A page stands in the store behind 8 bytes that are others after every `put`.
STAMP = 8
LETTERS = dict(zip(ENCODINGS, (b"b", b"z", b"g", b"i"), strict=True))


def body_key(digest: str, encoding: str) -> bytes:
    return bytes.fromhex(digest) + LETTERS[encoding]


def count_in(transaction: Any, db: dict[str, Any], name: str) -> int:
    return int.from_bytes(transaction.get(name.encode(), b"", db=db["meta"]))


def raise_in(transaction: Any, db: dict[str, Any], name: str) -> int:
    number = count_in(transaction, db, name) + 1
    transaction.put(name.encode(), number.to_bytes(8), db=db["meta"])
    return number


def put_bodies(transaction: Any, db: dict[str, Any], bodies: dict[str, dict[str, bytes]]) -> None:
    for digest, encodings in bodies.items():
        for encoding, content in encodings.items():
            transaction.put(body_key(digest, encoding), content, db=db["bodies"], overwrite=False)


def places_of(transaction: Any, db: dict[str, Any], keys: set[str]) -> set[bytes]:
    """Where the pages stand that were made from one of these keys."""
    places: set[bytes] = set()
    with transaction.cursor(db=db["keys"]) as cursor:
        for key in keys:
            if cursor.set_key(key_of(key)):
                places.update(cursor.iternext_dup())
    return places


def withdraw_in(transaction: Any, db: dict[str, Any], keys: set[str]) -> list[str]:
    sequence = raise_in(transaction, db, "sequence")
    for key in keys:
        transaction.put(key_of(key), sequence.to_bytes(8), db=db["withdrawn"])
    places = set() if ALL in keys else places_of(transaction, db, keys)
    if ALL in keys or len(places) == transaction.stat(db["pages"])["entries"]:
        # It is quicker to take them all than to look into each.
        addresses = take_out_all(transaction, db)
    else:
        addresses = [address for place in sorted(places) if (address := take_out(transaction, db, place))]
    if addresses:
        raise_in(transaction, db, "generation")
    return addresses


def take_out(transaction: Any, db: dict[str, Any], place: bytes) -> str | None:
    """Remove the page that stands there, if one does; returns its address."""
    content = transaction.pop(place, db=db["pages"])
    if content is None:
        return None
    page = json.loads(content[STAMP:])
    for key in page["keys"]:
        transaction.delete(key_of(key), place, db=db["keys"])
    address: str = page["address"]
    return address


def take_out_all(transaction: Any, db: dict[str, Any]) -> list[str]:
    with transaction.cursor(db=db["pages"]) as cursor:
        addresses = [
            place.decode() if place[:1] == b"/" else unpacked(content[STAMP:]).address for place, content in cursor
        ]
    transaction.drop(db["pages"], delete=False)
    transaction.drop(db["keys"], delete=False)
    return addresses


def forget_want(transaction: Any, db: dict[str, Any], address: str) -> None:
    turn = transaction.pop(key_of(address), db=db["wanted"])
    if turn is not None:
        transaction.delete(turn, db=db["wants"])
