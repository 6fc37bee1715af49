"""Removing the bodies that no page uses any more."""

from __future__ import annotations

from typing import Any

from courant.edge.environment import Environment
from courant.edge.filing import STAMP
from courant.edge.pages import unpacked

# Bodies removed in one transaction; other writers wait for that long.
AT_ONCE = 500


def sweep_bodies(environment: Environment) -> int:
    """Returns how many bodies went, each encoding counted. Pages that come meanwhile keep theirs."""
    db = environment.db
    with environment.lmdb.begin() as transaction:
        generation = generation_of(transaction, db)
        used = digests_since(transaction, db, 0)
        with transaction.cursor(db=db["bodies"]) as cursor:
            unused = [key for key in cursor.iternext(keys=True, values=False) if key[:32] not in used]
    for start in range(0, len(unused), AT_ONCE):
        with environment.lmdb.begin(write=True) as transaction:
            # A page may have come since that uses one of them again.
            used |= digests_since(transaction, db, generation)
            generation = generation_of(transaction, db)
            for key in unused[start : start + AT_ONCE]:
                if key[:32] not in used:
                    transaction.delete(key, db=db["bodies"])
    return len([key for key in unused if key[:32] not in used])


def generation_of(transaction: Any, db: dict[str, Any]) -> int:
    return int.from_bytes(transaction.get(b"generation", b"", db=db["meta"]))


def digests_since(transaction: Any, db: dict[str, Any], generation: int) -> set[bytes]:
    """The bodies of the pages that were put after this generation."""
    used: set[bytes] = set()
    with transaction.cursor(db=db["pages"]) as cursor:
        for content in cursor.iternext(keys=False, values=True):
            if int.from_bytes(content[:STAMP]) > generation:
                used.update(bytes.fromhex(one.digest) for one in unpacked(content[STAMP:]).variants.values())
    return used
