"""The pages at hand: what the store holds of a page, as far as it was asked for, ready to be sent.

An entry is right for one generation of the store; after that its stamp says whether the page is still the same.
"""

from __future__ import annotations

from datetime import UTC, datetime

from courant.edge.filing import STAMP
from courant.edge.pages import IDENTITY, StoredPage, unpacked
from courant.edge.replies import Printed, print_variant
from courant.edge.store import Store
from courant.wall.enums import Access

# Together with what remembers visitors well under 100 MB.
MOST_BYTES = 32 << 20
MOST_ENTRIES = 5_000
# What an entry takes besides its answers.
OWN_WEIGHT = 2_000
FOREVER = float("inf")


class Choice:
    """What one class of readers gets of a page until a moment; `ready` has the answer for each preference."""

    __slots__ = ("caching", "is_open", "ready", "spends", "until", "variant")

    def __init__(self, variant: str | None, *, is_open: bool, spends: bool, until: float, caching: str) -> None:
        self.variant = variant
        # In full, for nothing.
        self.is_open = is_open
        self.spends = spends
        self.until = until
        self.caching = caching
        self.ready: dict[tuple[str, ...], Printed] = {}


class Entry:
    """A page at hand: its terms, the names of its variants, what classes of readers get."""

    __slots__ = (
        "address",
        "choices",
        "fresh_until",
        "generation",
        "is_for_all",
        "is_metered",
        "names",
        "printed",
        "stamp",
        "story_id",
        "terms",
        "weight",
    )

    def __init__(self, page: StoredPage, stamp: bytes, generation: int) -> None:
        self.address = page.address
        self.stamp = stamp
        self.generation = generation
        self.terms = page.terms
        self.story_id = page.terms.story_id if page.terms else 0
        self.is_metered = page.terms is not None and page.terms.access == Access.PREMIUM
        self.names = frozenset(page.variants)
        self.is_for_all = "any" in self.names
        self.fresh_until = FOREVER if page.fresh_until is None else page.fresh_until
        self.choices: dict[str, Choice] = {}
        self.printed: dict[tuple[str, str, str], Printed] = {}
        self.weight = OWN_WEIGHT

    def next_turn(self, now: float) -> float:
        """The next moment at which the terms may say something else, or the page is fresh no more."""
        moments = [self.fresh_until]
        if self.terms is not None:
            moments += [moment.timestamp() for moment in (self.terms.free_from, self.terms.free_until) if moment]
        return min((moment for moment in moments if moment > now), default=FOREVER)

    def is_story_free(self, now: float) -> bool:
        return self.terms is not None and self.terms.is_free(datetime.fromtimestamp(now, UTC))


class Shelf:
    """Bounded; what came first goes first. Belongs to one thread."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.entries: dict[bytes, Entry] = {}
        self.weight = 0

    def fetch(self, address: bytes, generation: int) -> Entry | None:
        """The page at this address as it is in this generation of the store, or None if there is none."""
        try:
            record = self.store.record(address.decode("ascii"))
        except UnicodeDecodeError:
            return None
        entry = self.entries.get(address)
        if record is None:
            self.drop(address)
            return None
        if entry is not None and entry.stamp == record[:STAMP]:
            entry.generation = generation
            return entry
        self.drop(address)
        page = unpacked(record[STAMP:])
        if page.address.encode() != address:
            return None
        entry = self.entries[address] = Entry(page, record[:STAMP], generation)
        self.weight += entry.weight
        self.make_room()
        return entry

    def printed(self, entry: Entry, name: str, preference: tuple[str, ...], caching: str) -> Printed | None:
        """The answer in the encoding liked best of those stored; None if the page changed meanwhile."""
        for encoding in (*preference, IDENTITY):
            found = entry.printed.get((name, encoding, caching))
            if found is not None:
                return found
            record = self.store.record(entry.address)
            if record is None or record[:STAMP] != entry.stamp:
                return None
            page = unpacked(record[STAMP:])
            body = self.store.body(page.variants[name].digest, encoding)
            if body is not None:
                found = entry.printed[name, encoding, caching] = print_variant(page, name, encoding, body, caching)
                self.weigh(entry, found.weight())
                return found
        return None

    def weigh(self, entry: Entry, weight: int) -> None:
        entry.weight += weight
        if self.entries.get(entry.address.encode()) is entry:
            self.weight += weight
            self.make_room()

    def make_room(self) -> None:
        while self.entries and (self.weight > MOST_BYTES or len(self.entries) > MOST_ENTRIES):
            self.drop(next(iter(self.entries)))

    def drop(self, address: bytes) -> None:
        entry = self.entries.pop(address, None)
        if entry is not None:
            self.weight -= entry.weight

    def clear(self) -> None:
        self.entries.clear()
        self.weight = 0
