"""The reply to a first opening, once the meter has spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courant.edge.months import Month
from courant.edge.replies import COUNTED, Reply
from courant.edge.requests import Asked
from courant.edge.shelf import Entry
from courant.wall.counting import Outcome, Wish
from courant.wall.enums import ReaderState
from courant.wall.passes import meter_line, mint_opened

if TYPE_CHECKING:
    from courant.edge.server import PageServer


def reply_to_outcome(
    server: PageServer, entry: Entry, wish: Wish, asked: Asked, now: float, outcome: Outcome | None
) -> Reply | None:
    """The story in full with the cookies that remember it, the wall, or the note that the meter cannot be asked.

    None if the page, the reader's standing or the wall changed while the opening was counted, or the meter does not
    know the reader.
    """
    if server.find(entry.address.encode()) is not entry:
        return None
    settings, visitor = server.settings, server.visitors.meet(asked.cookie, server.rules, now)
    if settings is None or settings.premium_per_month != wish.limit:
        return None
    if visitor.reader != wish.reader or visitor.state is not ReaderState.REGISTERED:
        return None
    if outcome is None:
        kind = "unreachable"
    elif outcome.granted:
        kind = "opened"
    elif outcome.counted >= wish.limit:
        kind = "spent"
        server.visitors.note_spent(wish.reader, wish.month, wish.limit, outcome.stories, now)
    else:
        return None
    name = server.choice(entry, kind, visitor.state, settings, now).variant
    printed = None if name is None else server.shelf.printed(entry, name, asked.preference, COUNTED)
    if printed is None or outcome is None:
        return None if printed is None else printed.whole
    head = printed.whole.head + cookies_of(server, wish, outcome, now)
    return Reply(printed.whole.status, head, printed.whole.body)


def cookies_of(server: PageServer, wish: Wish, outcome: Outcome, now: float) -> bytes:
    """The stories opened this month, signed, and what is left, for showing: LEFT.LIMIT.DAY-ON-WHICH-IT-TURNS."""
    month: Month = server.months.at(now)
    token = mint_opened(
        server.config.ring,
        reader=wish.reader,
        month=wish.month,
        stories=outcome.stories,
        now=wish.at,
        expires_at=month.turn,
    )
    server.visitors.note_opened(token, wish.reader, wish.month, outcome.stories)
    line = meter_line(counted=outcome.counted, limit=wish.limit, turns_on=month.turns_on)
    secure = "; Secure" if server.config.is_secure else ""
    lasting = f"Max-Age={max(1, int(month.ends_at - now))}; Path=/; SameSite=Lax{secure}"
    names = server.config.cookies
    return (
        f"set-cookie: {names.opened}={token}; {lasting}; HttpOnly\r\nset-cookie: {names.meter}={line}; {lasting}\r\n"
    ).encode("latin-1")
