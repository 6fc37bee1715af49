"""Who asks, as far as the cookies prove it; checked once and remembered by the bytes that the browser sends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from courant.edge.months import Months
from courant.edge.store import Store
from courant.wall.enums import ReaderState
from courant.wall.passes import CookieNames, KeyRing, Pass, read_opened, read_pass

# A visitor remembered takes 1 to 3 kB. Strangers are quickly known again, so they do not push readers out.
MOST_READERS, MOST_STRANGERS = 8_000, 1_000
LONGEST_REMEMBERED = 8_192
FOREVER = float("inf")
SPENT_SECONDS = 30.0


class Visitor:
    """What one set of cookies says. `rules` is the generation of the store's rules under which it was checked."""

    __slots__ = ("goes_on", "has_gift", "is_signed_in", "kind", "opened", "reader", "rules", "state", "until")

    def __init__(self, *, rules: int, until: float) -> None:
        self.state = ReaderState.STRANGER
        # The state again, as a plain text: it is looked up at every request.
        self.kind = str(self.state.value)
        self.reader = ""
        self.opened: frozenset[int] = frozenset()
        self.is_signed_in = False
        # Only Django can answer: a message waits, or a session without a pass.
        self.goes_on = False
        self.has_gift = False
        self.rules = rules
        self.until = until


@dataclass(frozen=True, slots=True)
class Spent:
    """The meter said that nothing is left of `limit` in this month, and that these stories are open."""

    month: date
    limit: int
    stories: frozenset[int]
    until: float


class Visitors:
    """Reads cookies; belongs to one thread."""

    def __init__(self, store: Store, ring: KeyRing, names: CookieNames, months: Months) -> None:
        self.store, self.ring, self.months = store, ring, months
        self.names = {key: value.encode() for key, value in vars(names).items()}
        self.known: dict[bytes | None, Visitor] = {}
        self.strangers: dict[bytes | None, Visitor] = {}
        self.passes: dict[bytes, Pass] = {}
        self.openings: dict[tuple[bytes, str, date], frozenset[int]] = {}
        self.spent: dict[str, Spent] = {}

    def meet(self, cookie: bytes | None, rules: int, now: float) -> Visitor:
        """Who sends this Cookie header at this time. Whatever is wrong with a pass, its bearer is a stranger."""
        visitor = self.known.get(cookie) or self.strangers.get(cookie)
        if visitor is not None and visitor.rules == rules and now < visitor.until:
            return visitor
        cookies = read_cookies(cookie) if cookie else {}
        month = self.months.at(now)
        visitor = Visitor(rules=rules, until=month.ends_at if cookies else FOREVER)
        found = self.pass_of(cookies, now)
        if found is None:
            visitor.goes_on = bool(cookies.get(self.names["session"]))
        else:
            visitor.state, visitor.reader, visitor.is_signed_in = found.state, found.reader, True
            visitor.kind = found.state.value
            visitor.until = min(visitor.until, found.expires_at)
        if visitor.state == ReaderState.REGISTERED:
            visitor.opened = self.opened_of(cookies, visitor.reader, month.first)
        visitor.goes_on = visitor.goes_on or bool(cookies.get(self.names["messages"]))
        visitor.has_gift = bool(cookies.get(self.names["gift"]))
        self.remember(cookie, visitor)
        return visitor

    def remember(self, cookie: bytes | None, visitor: Visitor) -> None:
        if cookie is not None and len(cookie) > LONGEST_REMEMBERED:
            return
        if visitor.is_signed_in:
            keep(self.known, cookie, visitor, MOST_READERS)
        else:
            self.known.pop(cookie, None)
            keep(self.strangers, cookie, visitor, MOST_STRANGERS)

    def pass_of(self, cookies: dict[bytes, bytes], now: float) -> Pass | None:
        token = cookies.get(self.names["passes"])
        if not token:
            return None
        found = self.passes.get(token)
        if found is None:
            found = read_pass(self.ring, token.decode("latin-1"), now)
            if found is None:
                return None
            keep(self.passes, token, found, MOST_READERS)
        return None if now >= found.expires_at or self.store.is_ended(found) else found

    def opened_of(self, cookies: dict[bytes, bytes], reader: str, month: date) -> frozenset[int]:
        token = cookies.get(self.names["opened"])
        if not token:
            return frozenset()
        key = token, reader, month
        found = self.openings.get(key)
        if found is None:
            found = read_opened(self.ring, token.decode("latin-1"), reader=reader, month=month)
            keep(self.openings, key, found, MOST_READERS)
        return found

    def note_opened(self, token: str, reader: str, month: date, stories: frozenset[int]) -> None:
        """A token that was just made here need not be checked when it comes back."""
        keep(self.openings, (token.encode(), reader, month), stories, MOST_READERS)

    def note_spent(self, reader: str, month: date, limit: int, stories: frozenset[int], now: float) -> None:
        """Spare the meter the question for a while: nothing more can be opened, unless an opening is taken back."""
        keep(self.spent, reader, Spent(month, limit, stories, now + SPENT_SECONDS), MOST_READERS)

    def is_spent(self, reader: str, story_id: int, limit: int, now: float) -> bool:
        """Whether the meter said lately that this reader cannot open this story."""
        spent = self.spent.get(reader)
        if spent is None or now >= spent.until or spent.limit != limit or story_id in spent.stories:
            return False
        return spent.month == self.months.at(now).first


def read_cookies(header: bytes) -> dict[bytes, bytes]:
    """The cookies of a header; of a name that comes twice the last, as Django reads it."""
    cookies = {}
    for part in header.split(b";"):
        name, equals, value = part.partition(b"=")
        if equals:
            cookies[name.strip()] = value.strip()
    return cookies


def keep(known: dict[Any, Any], key: Any, value: Any, most: int) -> None:
    """Remember it; where there is no more room, forget the eighth that came first."""
    known[key] = value
    if len(known) > most:
        for old in list(known)[: most // 8]:
            del known[old]
