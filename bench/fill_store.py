"""Fills the store of a data directory with many small pages that are not in the database, and lists their addresses.

python -m bench.fill_store STORE COUNT LIST
"""

from __future__ import annotations

import gzip
import random
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import lmdb

from courant.edge.pages import IDENTITY, StoredPage, StoredVariant, digest_of
from courant.edge.store import Store
from courant.wall.decision import StoryTerms
from courant.wall.enums import Access

VARIANTS = ("full.out", "full.in")
HEADERS = (("content-type", "text/html; charset=utf-8"), ("x-content-type-options", "nosniff"))
FIRST_STORY = 10_000_000
LISTED = 50_000


def pages(count: int) -> Iterator[tuple[StoredPage, dict[str, dict[str, bytes]]]]:
    now = time.time()
    for number in range(count):
        variants, bodies = {}, {}
        for name in VARIANTS:
            body = (
                f"<!doctype html><title>Story {number}</title><p>{name} {number * 2_654_435_761 % 2**64:x}</p>".encode()
                * 20
            )
            digest = digest_of(body)
            bodies[digest] = {IDENTITY: body, "gzip": gzip.compress(body, 1)}
            variants[name] = StoredVariant(200, HEADERS, digest[:24], digest)
        story = FIRST_STORY + number
        keys = frozenset({f"story/{story}", f"section/{number % 40}", f"stories-in/{number % 40}", "paper", "wall"})
        terms = StoryTerms(story, Access.FREE)
        yield StoredPage(f"/bulk/story-{number}/", terms, variants, keys, now, now + 86_400), bodies


def main(folder: Path, count: int, listing: Path) -> None:
    # Nothing is lost with these pages, so the disk need not be waited for after each.
    lmdb.open = partial(lmdb.open, sync=False)
    store = Store(folder)
    seen, began = store.sequence(), time.perf_counter()
    for page, bodies in pages(count):
        if not store.put(page, bodies, seen=seen):
            raise SystemExit("somebody withdrew pages meanwhile")
    print(f"{count} pages stored in {time.perf_counter() - began:.0f} s; {store.status()}", flush=True)
    chance = random.Random(2)
    listing.write_text("\n".join(f"/bulk/story-{chance.randrange(count)}/" for _ in range(LISTED)) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
