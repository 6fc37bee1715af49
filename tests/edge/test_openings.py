"""First openings: what is said once the meter has spoken. metering.md."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from courant.edge.server import Opening, PageServer
from courant.edge.store import Store
from courant.edge.visitors import SPENT_SECONDS
from courant.wall.counting import Outcome
from courant.wall.decision import StoryTerms
from courant.wall.enums import Access, ReaderState
from courant.wall.passes import CookieNames, cookie_names, read_opened
from tests.edge.asking import AT, ask, headers_of, opening_of, reply_to, set_cookies, text_of, variant_in
from tests.edge.conftest import Uncounted
from tests.edge.papers import (
    RING,
    VARIANTS,
    cookies,
    make_server,
    make_settings,
    pass_of,
    put_page,
    put_story,
    signed_in,
)

pytestmark = pytest.mark.anydb

PREMIUM = "/premium/3/"
FRESH = signed_in("reader-1")
MONTH = date(2026, 11, 1)
# 25 November, ten in the morning in Berlin, until midnight after the 30th.
UNTIL_TURN = (5 * 24 + 14) * 3_600


def test_a_granted_opening_shows_the_story_and_remembers_it(server: PageServer) -> None:
    opening = opening_of(server, PREMIUM, cookie=FRESH, accept_encoding="br")
    reply = opening.then(Outcome(granted=True, counted=2, stories=frozenset({3, 77})))
    assert reply is not None
    assert (reply.status, variant_in(reply)) == (200, "full.in")
    headers = headers_of(reply)
    assert headers["cache-control"] == "private, no-store"
    assert headers["content-encoding"] == "br"
    assert "etag" not in headers
    lines = set_cookies(reply)
    token, _, attributes = lines["courant_opened"].partition("; ")
    assert attributes == f"Max-Age={UNTIL_TURN}; Path=/; SameSite=Lax; HttpOnly"
    assert read_opened(RING, token, reader="reader-1", month=MONTH) == {3, 77}
    assert lines["courant_meter"] == f"3.5.2026-12-01; Max-Age={UNTIL_TURN}; Path=/; SameSite=Lax"


def test_with_its_cookies_the_story_is_open(server: PageServer) -> None:
    reply = opening_of(server, PREMIUM, cookie=FRESH).then(Outcome(True, 1, frozenset({3})))
    assert reply is not None
    token = set_cookies(reply)["courant_opened"].partition(";")[0]
    cookie = cookies(passes=pass_of("reader-1"), opened=token)
    again = reply_to(server, PREMIUM, cookie=cookie)
    assert (variant_in(again), headers_of(again)["cache-control"]) == ("full.in", "private, no-cache")


def test_behind_https_the_cookies_are_bound_to_host_and_https(folder: Path, store: Store) -> None:
    names: CookieNames = cookie_names(is_secure=True)
    server = make_server(folder, Uncounted(), is_secure=True, cookies=names)
    cookie = f"{names.passes}={pass_of('reader-1')}".encode()
    reply = opening_of(server, PREMIUM, cookie=cookie).then(Outcome(True, 1, frozenset({3})))
    assert reply is not None
    lines = set_cookies(reply)
    lasting = f"Max-Age={UNTIL_TURN}; Path=/; SameSite=Lax; Secure"
    assert lines["__Host-courant_opened"].partition("; ")[2] == f"{lasting}; HttpOnly"
    assert lines["courant_meter"] == f"4.5.2026-12-01; {lasting}"
    assert isinstance(ask(server, PREMIUM, cookie=cookie), Opening)
    assert variant_in(reply_to(server, PREMIUM, cookie=FRESH)) == "preview-registration.out", (
        "a name of http proves nothing"
    )


def test_what_was_counted_is_answered_in_full(server: PageServer) -> None:
    """What is counted is never answered by 304."""
    reply = opening_of(server, PREMIUM, cookie=FRESH, if_none_match="*").then(Outcome(True, 1, frozenset({3})))
    assert reply is not None
    assert reply.status == 200


def test_at_the_limit_stands_the_wall(server: PageServer) -> None:
    reply = opening_of(server, PREMIUM, cookie=FRESH).then(Outcome(False, 5, frozenset({11, 12, 13, 14, 15})))
    assert reply is not None
    assert (reply.status, variant_in(reply)) == (200, "preview-meter.in")
    assert "WITHHELD" not in text_of(reply)
    assert headers_of(reply)["cache-control"] == "private, no-store"
    assert set_cookies(reply)["courant_meter"].startswith("0.5.2026-12-01;")


def test_who_has_spent_everything_is_not_counted_again_for_a_while(server: PageServer, store: Store) -> None:
    opened = frozenset({11, 12, 13, 14, 15})
    opening_of(server, PREMIUM, cookie=FRESH).then(Outcome(False, 5, opened))
    reply = reply_to(server, PREMIUM, cookie=FRESH)
    assert variant_in(reply) == "preview-meter.in"
    assert headers_of(reply)["cache-control"] == "private, no-cache"
    assert isinstance(ask(server, put_story(store, 11, Access.PREMIUM), cookie=FRESH), Opening), "opened elsewhere"
    assert isinstance(ask(server, PREMIUM, cookie=signed_in("reader-2")), Opening), "another reader"
    assert isinstance(ask(server, PREMIUM, cookie=FRESH, now=AT + SPENT_SECONDS), Opening), "it may be taken back"
    store.set_settings(make_settings(premium_per_month=6))
    assert isinstance(ask(server, PREMIUM, cookie=FRESH), Opening), "the newsroom gives one more"


def test_what_was_spent_is_there_again_when_the_month_turns(server: PageServer) -> None:
    turn = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    late = turn - timedelta(seconds=10)
    cookie = signed_in("reader-1", now=late)
    opening_of(server, PREMIUM, cookie=cookie, now=late.timestamp()).then(Outcome(False, 5, frozenset()))
    assert variant_in(reply_to(server, PREMIUM, cookie=cookie, now=turn.timestamp() - 1)) == "preview-meter.in"
    assert isinstance(ask(server, PREMIUM, cookie=cookie, now=turn.timestamp()), Opening)


def test_samples_that_came_along_are_open_but_do_not_count(server: PageServer, store: Store) -> None:
    """The cookie names open stories; how many of them count is known to the meter alone."""
    cookie = signed_in("reader-1", opened=[21, 22, 23, 24, 25, 26])
    assert isinstance(ask(server, PREMIUM, cookie=cookie), Opening)
    assert variant_in(reply_to(server, put_story(store, 21, Access.PREMIUM), cookie=cookie)) == "full.in"


def test_when_the_meter_cannot_be_reached_the_preview_says_so(server: PageServer) -> None:
    """metering.md: never the full text, and never a 500."""
    reply = opening_of(server, PREMIUM, cookie=FRESH).then(None)
    assert reply is not None
    assert (reply.status, variant_in(reply)) == (200, "preview-retry.in")
    assert headers_of(reply)["cache-control"] == "private, no-store"
    assert set_cookies(reply) == {}
    assert isinstance(ask(server, PREMIUM, cookie=FRESH), Opening)


def test_a_reader_whom_the_meter_does_not_know_is_for_django(server: PageServer) -> None:
    opening = opening_of(server, PREMIUM, cookie=FRESH)
    assert opening.then(Outcome(False, 0, frozenset(), is_known=False)) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda store: store.withdraw(["story/3"]),
        lambda store: put_page(store, PREMIUM, StoryTerms(3, Access.SUBSCRIBERS), VARIANTS[Access.SUBSCRIBERS]),
        lambda store: put_page(store, PREMIUM, StoryTerms(3, Access.PREMIUM), VARIANTS[Access.PREMIUM], words=9),
        lambda store: store.end_passes(session="session-1", ended_at=AT),
        lambda store: store.set_settings(make_settings(premium_per_month=0)),
    ],
    ids=["withdrawn", "tightened", "edited", "signed out", "no meter any more"],
)
@pytest.mark.parametrize("outcome", [Outcome(True, 1, frozenset({3})), Outcome(False, 5, frozenset()), None])
def test_what_changed_while_it_was_counted_is_for_django(
    server: PageServer, store: Store, change: Callable[[Store], object], outcome: Outcome | None
) -> None:
    opening = opening_of(server, PREMIUM, cookie=FRESH)
    change(store)
    assert opening.then(outcome) is None


def test_a_change_elsewhere_does_not_matter(server: PageServer, store: Store) -> None:
    opening = opening_of(server, PREMIUM, cookie=FRESH)
    put_page(store, "/elsewhere/")
    store.end_passes(session="another", ended_at=AT)
    assert opening.then(Outcome(True, 1, frozenset({3}))) is not None


def test_a_page_without_a_note_for_outages_is_for_django(server: PageServer, store: Store) -> None:
    put_page(store, PREMIUM, StoryTerms(3, Access.PREMIUM), ["full.in", "preview-meter.in"])
    assert opening_of(server, PREMIUM, cookie=FRESH).then(None) is None


# -- In an outage ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("address", "cookie", "variant"),
    [
        ("/", None, "full.out"),
        ("/", FRESH, "full.in"),
        ("/free/1/", FRESH, "full.in"),
        ("/registered/2/", None, "preview-registration.out"),
        ("/registered/2/", FRESH, "full.in"),
        (PREMIUM, None, "preview-registration.out"),
        (PREMIUM, FRESH, "preview-retry.in"),
        (PREMIUM, FRESH + b"; messages=x; courant_gift=y", "preview-retry.in"),
        (PREMIUM, signed_in("reader-1", opened=[3]), "full.in"),
        (PREMIUM, signed_in("reader-2", ReaderState.SUBSCRIBER), "full.in"),
        (PREMIUM, signed_in("reader-3", ReaderState.STAFF), "full.in"),
        (PREMIUM, cookies(session="x"), "preview-registration.out"),
        ("/subscribers/4/", cookies(session="x", gift="y"), "preview-subscription.out"),
        ("/subscribers/4/", FRESH, "preview-subscription.in"),
        ("/feed/", FRESH, "any"),
    ],
)
def test_in_an_outage_the_pass_alone_opens_stories(
    server: PageServer, address: str, cookie: bytes | None, variant: str
) -> None:
    """access.md: Outages."""
    reply = reply_to(server, address, cookie=cookie, fallback=True, if_none_match="*", authorization="x")
    assert (reply.status, variant_in(reply)) == (200, variant)
    headers = headers_of(reply)
    assert headers["cache-control"] == "private, no-store"
    assert "surrogate-key" not in headers


def test_in_an_outage_a_page_may_be_old(server: PageServer, store: Store) -> None:
    put_page(store, "/short/", fresh_until=AT - 1)
    assert ask(server, "/short/") is None
    assert variant_in(reply_to(server, "/short/", fallback=True)) == "full.out"
    assert reply_to(server, "/short/", fallback=True, method=b"HEAD").body == b""
    assert ask(server, "/short/", fallback=True, method=b"POST") is None
    assert ask(server, "/short/", fallback=True, host=b"evil.example") is None
    assert ask(server, "/short/?q=1", fallback=True) is None
    assert ask(server, "/nowhere/", fallback=True) is None


def test_a_prefetch_that_is_refused_gets_no_page_instead(server: PageServer) -> None:
    """metering.md: What spends."""
    assert variant_in(reply_to(server, PREMIUM, cookie=FRESH, fallback=True)) == "preview-retry.in"
    for header in ("sec_purpose", "purpose", "x_purpose", "x_moz"):
        assert ask(server, PREMIUM, cookie=FRESH, fallback=True, **{header: "prefetch"}) is None
