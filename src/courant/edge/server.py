"""The page server: what a request for a stored page is answered with. Pure: no sockets, no clock, no Django.

A request is answered from the store, or is the first opening of a premium story and must be counted, or is not ours.
Whatever is not plainly ours is left to Django, which knows everything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path

from courant.edge.addresses import Hosts, address_of
from courant.edge.choosing import choose, choose_in_outage
from courant.edge.encodings import Preferences
from courant.edge.months import Months
from courant.edge.openings import reply_to_outcome
from courant.edge.pages import EdgeSettings
from courant.edge.replies import Reply, is_unchanged
from courant.edge.requests import UNUSUAL, Asked, is_plain, merged
from courant.edge.shelf import Choice, Entry, Shelf
from courant.edge.store import Store
from courant.edge.visitors import Visitor, Visitors
from courant.wall.counting import Counter, Outcome, Wish
from courant.wall.enums import ReaderState
from courant.wall.networks import Network, client_address, is_within, readable_networks
from courant.wall.passes import CookieNames, KeyRing

Headers = Sequence[tuple[bytes, bytes]]
GET, HEAD = b"GET", b"HEAD"
MOST_PEERS = 10_000


@dataclass(frozen=True)
class EdgeConfig:
    """`hosts` as Django's ALLOWED_HOSTS; `shared_seconds`: how long a shared cache may keep what strangers get."""

    folder: Path
    ring: KeyRing
    hosts: tuple[str, ...]
    zone: tzinfo
    cookies: CookieNames
    is_secure: bool
    trusted_proxies: int = 0
    shared_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Opening:
    """A first opening: have `wish` counted, then ask `then` for the reply. None: leave the request to Django after all,
    as when the page changed meanwhile."""

    wish: Wish
    then: Callable[[Outcome | None], Reply | None]


class PageServer:
    """Belongs to one thread, as the loop of a process. `counter` None: first openings are left to Django."""

    def __init__(self, config: EdgeConfig, counter: Counter | None = None) -> None:
        self.config = config
        self.counter = counter
        self.store = Store(config.folder)
        self.shelf = Shelf(self.store)
        self.months = Months(config.zone)
        self.visitors = Visitors(self.store, config.ring, config.cookies, self.months)
        self.hosts = Hosts(config.hosts)
        self.preferences = Preferences()
        # What headers say, by their bytes; kept for the connections, which alone know where headers begin.
        self.understood: dict[bytes, Asked] = {}
        self.settings: EdgeSettings | None = None
        self.networks: list[Network] = []
        self.peers: dict[tuple[str, bytes], bool] = {}
        self.change = self.generation = self.rules = -1

    def answer(self, method: bytes, target: bytes, headers: Headers, peer: str, now: float) -> Reply | Opening | None:
        """The reply, an opening to be counted, or None for what is not ours. Names of headers in small letters;
        `now` in seconds since 1970."""
        if method != GET and method != HEAD:
            return None
        asked = self.understand(headers)
        return None if asked is None else self.give(method, target, asked, peer, now)

    def understand(self, headers: Headers) -> Asked | None:
        """What the headers say; None if the request is not ours. It holds for every request with the same headers."""
        found = dict(headers)
        if len(found) != len(headers):
            found = merged(headers)
        if not UNUSUAL.isdisjoint(found) and not is_plain(found):
            return None
        if not self.hosts.has(found.get(b"host", b"")):
            return None
        return Asked(found, self.preferences.of(found.get(b"accept-encoding")))

    def give(self, method: bytes, target: bytes, asked: Asked, peer: str, now: float) -> Reply | Opening | None:
        """As `answer`, for headers that are understood already; `method` is GET or HEAD."""
        if self.store.last_change() != self.change:
            self.follow()
        entry = self.shelf.entries.get(target)
        if entry is None or entry.generation != self.generation:
            entry = self.look_up(target)
        settings = self.settings
        if entry is None or settings is None or now >= entry.fresh_until:
            return None
        visitor = asked.visitor
        if visitor is None or visitor.rules != self.rules or now >= visitor.until:
            visitor = asked.visitor = self.visitors.meet(asked.cookie, self.rules, now)
        if visitor.goes_on and not entry.is_for_all:
            return None
        if not entry.is_metered or visitor.state is not ReaderState.REGISTERED:
            kind = visitor.kind if not entry.is_for_all else "any"
        else:
            kind = self.kind_at_meter(entry, visitor, settings, now)
        choice = entry.choices.get(kind)
        if choice is None or now >= choice.until:
            choice = self.choice(entry, kind, visitor.state, settings, now)
        if not choice.is_open and not self.is_for_us(asked, visitor, peer):
            return None
        if choice.spends:
            return self.opening(entry, visitor, asked, now) if method == GET else None
        return self.reply(entry, choice, asked, method)

    def follow(self) -> None:
        """Learn what changed in the store since the last request."""
        self.change = self.store.last_change()
        self.generation, rules = self.store.generations()
        if rules != self.rules:
            self.rules = rules
            settings = self.store.settings()
            if settings != self.settings:
                self.settings = settings
                self.shelf.clear()
                self.peers.clear()
                lines = [line for _, networks in (settings.networks if settings else ()) for line in networks]
                self.networks = readable_networks("\n".join(lines))

    def find(self, target: bytes) -> Entry | None:
        """The page that is asked for, as it is in the store now."""
        if self.store.last_change() != self.change:
            self.follow()
        return self.look_up(target)

    def look_up(self, target: bytes) -> Entry | None:
        address = address_of(target) if b"?" in target else target
        if address is None:
            return None
        entry = self.shelf.entries.get(address)
        if entry is None or entry.generation != self.generation:
            entry = self.shelf.fetch(address, self.generation)
        return entry

    def choice(self, entry: Entry, kind: str, state: ReaderState, settings: EdgeSettings, now: float) -> Choice:
        """What readers of a kind get at this page, worked out anew when the terms may say something else."""
        choice = entry.choices.get(kind)
        if choice is None or now >= choice.until:
            choice = entry.choices[kind] = choose(entry, kind, state, settings, self.config, now)
        return choice

    def kind_at_meter(self, entry: Entry, visitor: Visitor, settings: EdgeSettings, now: float) -> str:
        """The cookie says which stories are open, not how many count: that only the meter knows."""
        if entry.story_id in visitor.opened:
            return "opened"
        limit = settings.premium_per_month
        return "spent" if self.visitors.is_spent(visitor.reader, entry.story_id, limit, now) else "open"

    def is_for_us(self, asked: Asked, visitor: Visitor, peer: str) -> bool:
        """Whether a story that is not simply open may be answered from the store: nobody asks ahead of a reader, and
        neither gift nor institution may open it."""
        if visitor.has_gift or asked.is_ahead:
            return False
        return not self.networks or not self.is_institution(peer, asked.forwarded)

    def is_institution(self, peer: str, forwarded: bytes) -> bool:
        key = peer, forwarded if self.config.trusted_proxies > 0 else b""
        known = self.peers.get(key)
        if known is None:
            address = client_address(peer, key[1].decode("latin-1"), self.config.trusted_proxies)
            known = address is not None and is_within(address, self.networks)
            if len(self.peers) >= MOST_PEERS:
                self.peers.clear()
            self.peers[key] = known
        return known

    def reply(self, entry: Entry, choice: Choice, asked: Asked, method: bytes) -> Reply | None:
        """The variant in the encoding that the client likes best; 304 if it has that one."""
        if choice.variant is None:
            return None
        printed = choice.ready.get(asked.preference)
        if printed is None:
            printed = self.shelf.printed(entry, choice.variant, asked.preference, choice.caching)
            if printed is None:
                return None
            choice.ready[asked.preference] = printed
        if asked.match is not None and printed.whole.status == 200 and is_unchanged(asked.match, printed.etag):
            return printed.unchanged
        return printed.whole if method == GET else printed.bare

    def opening(self, entry: Entry, visitor: Visitor, asked: Asked, now: float) -> Opening | None:
        if self.counter is None or self.settings is None:
            return None
        limit, month = self.settings.premium_per_month, self.months.at(now).first
        wish = Wish(visitor.reader, entry.story_id, month, limit, datetime.fromtimestamp(now, UTC))
        return Opening(wish, partial(reply_to_outcome, self, entry, wish, asked, now))

    def fallback(self, method: bytes, target: bytes, headers: Headers, peer: str, now: float) -> Reply | None:
        """What to say instead of an error: the stored page, however old, as far as the pass alone opens it."""
        if method != GET and method != HEAD:
            return None
        found = merged(headers)
        if not self.hosts.has(found.get(b"host", b"")):
            return None
        entry = self.find(target)
        settings = self.settings
        if entry is None or settings is None:
            return None
        asked = Asked(found, self.preferences.of(found.get(b"accept-encoding")))
        if asked.is_ahead:
            # Django refuses a prefetch with an error on purpose: it drops that, and asks again when the reader comes.
            return None
        asked.match = None
        visitor = self.visitors.meet(asked.cookie, self.rules, now)
        kind = self.kind_at_meter(entry, visitor, settings, now)
        choice = choose_in_outage(entry, kind, visitor, settings, self.config.zone, now)
        return self.reply(entry, choice, asked, method)
