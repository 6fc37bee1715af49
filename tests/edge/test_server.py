"""What requests for stored pages are answered with: docs/rules/access.md and pass.md, at the page server."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from courant.edge.replies import Reply
from courant.edge.server import Opening, PageServer
from courant.edge.store import Store
from courant.wall.decision import StoryTerms
from courant.wall.enums import Access, ReaderState
from courant.wall.passes import KeyRing, SigningKey
from tests.edge.asking import AT, ask, headers_of, opening_of, reply_to, text_of, variant_in
from tests.edge.papers import (
    NOW,
    VARIANTS,
    cookies,
    make_server,
    make_settings,
    opened_of,
    pass_of,
    put_page,
    put_story,
    signed_in,
)

pytestmark = pytest.mark.anydb

FREE, REGISTERED, PREMIUM, SUBSCRIBERS = "/free/1/", "/registered/2/", "/premium/3/", "/subscribers/4/"
SUBSCRIBER = signed_in("reader-2", ReaderState.SUBSCRIBER)
READER = signed_in("reader-1", opened=[3])
FRESH = signed_in("reader-1")
STAFF = signed_in("reader-3", ReaderState.STAFF)


# -- Which variant --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("address", "cookie", "variant"),
    [
        ("/", None, "full.out"),
        ("/", b"", "full.out"),
        ("/", b"analytics=1; other=2", "full.out"),
        ("/", READER, "full.in"),
        ("/", SUBSCRIBER, "full.in"),
        ("/", STAFF, "full.in"),
        (FREE, None, "full.out"),
        (FREE, READER, "full.in"),
        (FREE, STAFF, "full.in"),
        (REGISTERED, None, "preview-registration.out"),
        (REGISTERED, READER, "full.in"),
        (REGISTERED, SUBSCRIBER, "full.in"),
        (REGISTERED, STAFF, None),
        (PREMIUM, None, "preview-registration.out"),
        (PREMIUM, READER, "full.in"),
        (PREMIUM, SUBSCRIBER, "full.in"),
        (PREMIUM, STAFF, None),
        (SUBSCRIBERS, None, "preview-subscription.out"),
        (SUBSCRIBERS, READER, "preview-subscription.in"),
        (SUBSCRIBERS, SUBSCRIBER, "full.in"),
        (SUBSCRIBERS, STAFF, None),
        ("/feed/", None, "any"),
        ("/feed/", READER, "any"),
        ("/feed/", cookies(session="x", messages="y"), "any"),
        ("/nowhere/", None, None),
        ("/nowhere/", SUBSCRIBER, None),
    ],
)
def test_everyone_gets_the_variant_that_the_decision_gives_them(
    server: PageServer, address: str, cookie: bytes | None, variant: str | None
) -> None:
    """access.md: The decision."""
    for _ in range(2):  # once worked out, once remembered
        answer = ask(server, address, cookie=cookie)
        assert (answer and variant_in(answer)) == variant
        assert answer is None or ("WITHHELD" in text_of(answer)) == str(variant).startswith("full")


def test_a_first_opening_is_to_be_counted(server: PageServer) -> None:
    """metering.md: A first opening of a premium story is counted before anything is shown."""
    opening = opening_of(server, PREMIUM, cookie=FRESH)
    wish = opening.wish
    assert (wish.reader, wish.story_id, wish.limit) == ("reader-1", 3, 5)
    assert (wish.month.isoformat(), wish.at) == ("2026-11-01", NOW)


@pytest.mark.parametrize(
    "given",
    [
        {"method": b"HEAD"},
        {"sec_purpose": "prefetch;prerender"},
        {"purpose": "prefetch"},
        {"x_moz": "prefetch"},
        {"x_purpose": "preview"},
        {"cookie": FRESH + b"; courant_gift=abc"},
    ],
)
def test_what_may_not_spend_is_left_to_django(server: PageServer, given: dict[str, object]) -> None:
    """metering.md: What spends."""
    assert ask(server, PREMIUM, **{"cookie": FRESH, **given}) is None


def test_without_a_counter_a_first_opening_is_left_to_django(folder: Path, store: Store) -> None:
    assert ask(make_server(folder, None), PREMIUM, cookie=FRESH) is None


def test_without_a_meter_there_is_nothing_to_count(server: PageServer, store: Store) -> None:
    """metering.md: The limit; effective with the next request."""
    store.set_settings(make_settings(premium_per_month=0))
    put_page(store, PREMIUM, StoryTerms(3, Access.PREMIUM), [*VARIANTS[Access.PREMIUM], "preview-subscription.out"])
    assert variant_in(reply_to(server, PREMIUM, cookie=FRESH)) == "preview-subscription.in"
    assert variant_in(reply_to(server, PREMIUM)) == "preview-subscription.out"
    store.set_settings(make_settings())
    assert isinstance(ask(server, PREMIUM, cookie=FRESH), Opening)
    assert variant_in(reply_to(server, PREMIUM)) == "preview-registration.out"


def test_a_variant_that_is_not_stored_is_left_to_django(server: PageServer, store: Store) -> None:
    put_page(store, "/half/", StoryTerms(9, Access.SUBSCRIBERS), ["full.in"])
    assert variant_in(reply_to(server, "/half/", cookie=SUBSCRIBER)) == "full.in"
    assert ask(server, "/half/") is None


# -- The pass -------------------------------------------------------------------------------------------
OTHER_RING = KeyRing((SigningKey("2026-11", "HS256", b"x" * 32),), "paper.example")
FOREIGN_RING = KeyRing((SigningKey("2026-11", "HS256", b"k" * 32),), "another.example")
GOOD = pass_of(state=ReaderState.SUBSCRIBER)
BAD_PASSES = {
    "forged": pass_of(state=ReaderState.SUBSCRIBER, ring=OTHER_RING),
    "of another paper": pass_of(state=ReaderState.SUBSCRIBER, ring=FOREIGN_RING),
    "expired": pass_of(state=ReaderState.SUBSCRIBER, now=NOW - timedelta(minutes=10)),
    "truncated": GOOD[:-1],
    "altered": GOOD.replace(GOOD[60], "A" if GOOD[60] != "A" else "B", 1),
    "an opened token": opened_of("reader-1", [1, 2, 3, 4]),
    "no token": "x",
    "endless": "a" * 7_000,
}


@pytest.mark.parametrize("token", BAD_PASSES.values(), ids=BAD_PASSES.keys())
def test_a_pass_that_does_not_hold_is_a_strangers(server: PageServer, token: str) -> None:
    """pass.md: silently; with a session beside it only Django can say who it is."""
    for _ in range(2):
        reply = reply_to(server, SUBSCRIBERS, cookie=cookies(passes=token))
        assert variant_in(reply) == "preview-subscription.out"
        assert headers_of(reply)["cache-control"].startswith("public")
    assert ask(server, SUBSCRIBERS, cookie=cookies(passes=token, session="s")) is None


def test_a_pass_is_good_until_it_expires(server: PageServer) -> None:
    cookie = signed_in(state=ReaderState.SUBSCRIBER)
    assert variant_in(reply_to(server, SUBSCRIBERS, cookie=cookie, now=AT + 599.9)) == "full.in"
    assert variant_in(reply_to(server, SUBSCRIBERS, cookie=cookie, now=AT + 600)) == "preview-subscription.out"
    assert variant_in(reply_to(server, SUBSCRIBERS, cookie=cookie, now=AT + 599.9)) != "preview-subscription.in"


def test_a_session_with_its_pass_is_answered_here(server: PageServer) -> None:
    cookie = cookies(passes=GOOD, session="s")
    assert variant_in(reply_to(server, SUBSCRIBERS, cookie=cookie)) == "full.in"
    assert ask(server, SUBSCRIBERS, cookie=cookies(session="s")) is None
    assert variant_in(reply_to(server, SUBSCRIBERS, cookie=cookies(session=""))) == "preview-subscription.out"


def test_an_ended_pass_is_dead_with_the_next_request(server: PageServer, store: Store) -> None:
    """pass.md: Revocation."""
    for state, end in (
        (ReaderState.SUBSCRIBER, {"session": "session-1"}),
        (ReaderState.REGISTERED, {"reader": "reader-9", "version": 4}),
    ):
        cookie = signed_in("reader-9", state, session=end.get("session", "other"), version=4)
        assert variant_in(reply_to(server, REGISTERED, cookie=cookie)) == "full.in"
        store.end_passes(**end, ended_at=AT)
        assert variant_in(reply_to(server, REGISTERED, cookie=cookie)) == "preview-registration.out"
    later = signed_in("reader-9", session="third", version=5)
    assert variant_in(reply_to(server, REGISTERED, cookie=later)) == "full.in"


def test_stories_opened_by_another_reader_or_last_month_open_nothing(server: PageServer) -> None:
    mine = pass_of("reader-1")
    for opened in (
        opened_of("reader-2", [3]),
        opened_of("reader-1", [3], now=datetime(2026, 10, 25, tzinfo=UTC)),
        pass_of("reader-1"),
    ):
        assert isinstance(ask(server, PREMIUM, cookie=cookies(passes=mine, opened=opened)), Opening)


def test_opened_stories_are_forgotten_when_the_month_turns(server: PageServer) -> None:
    """metering.md: The month is the paper's own, in its zone."""
    turn = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)  # midnight in Berlin
    late = turn - timedelta(minutes=1)
    cookie = cookies(passes=pass_of("reader-1", now=late), opened=opened_of("reader-1", [3], now=late))
    assert variant_in(reply_to(server, PREMIUM, cookie=cookie, now=turn.timestamp() - 1)) == "full.in"
    opening = opening_of(server, PREMIUM, cookie=cookie, now=turn.timestamp())
    assert opening.wish.month.isoformat() == "2026-12-01"


def test_of_a_cookie_that_comes_twice_the_last_counts(server: PageServer) -> None:
    good, bad = cookies(passes=GOOD), cookies(passes="x")
    assert variant_in(reply_to(server, SUBSCRIBERS, cookie=bad + b"; " + good)) == "full.in"
    assert variant_in(reply_to(server, SUBSCRIBERS, cookie=good + b";" + bad)) == "preview-subscription.out"


def test_cookies_may_come_in_several_headers(server: PageServer) -> None:
    headers = [(b"host", b"paper.example"), (b"cookie", b"a=b"), (b"cookie", cookies(passes=GOOD))]
    reply = server.answer(b"GET", SUBSCRIBERS.encode(), headers, "", AT)
    assert isinstance(reply, Reply)
    assert variant_in(reply) == "full.in"


# -- Not ours -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("method", [b"POST", b"PUT", b"DELETE", b"OPTIONS", b"TRACE", b"CONNECT", b"get", b""])
def test_only_get_and_head_are_answered(server: PageServer, method: bytes) -> None:
    assert ask(server, "/", method=method) is None


@pytest.mark.parametrize("host", [None, b"", b"evil.example", b"paper.example, evil.example"])
def test_only_our_hosts_are_answered(server: PageServer, host: bytes | None) -> None:
    assert ask(server, "/", host=host) is None


def test_two_hosts_are_none(server: PageServer) -> None:
    headers = [(b"host", b"paper.example"), (b"host", b"paper.example")]
    assert server.answer(b"GET", b"/", headers, "", AT) is None


@pytest.mark.parametrize(
    "given",
    [
        {"authorization": "Basic YTpi"},
        {"cookie": cookies(messages="x")},
        {"cookie": SUBSCRIBER + b"; messages=x"},
        {"content_length": "5"},
        {"content_length": "00"},
        {"transfer_encoding": "chunked"},
        {"expect": "100-continue"},
        {"upgrade": "h2c"},
        {"if_match": '"1"'},
        {"if_unmodified_since": "Wed, 25 Nov 2026 01:33:21 GMT"},
    ],
)
def test_what_may_be_more_than_a_question_for_a_page_is_left_to_django(
    server: PageServer, given: dict[str, object]
) -> None:
    assert ask(server, "/", **given) is None


def test_a_body_of_no_bytes_is_none(server: PageServer) -> None:
    assert variant_in(reply_to(server, "/", content_length="0")) == "full.out"


@pytest.mark.parametrize(
    "target",
    [
        "//",
        "/world",
        "/World/",
        "/world//",
        "/world/%3Fpage=2",
        "/%77orld/",
        "/world/?q=1",
        "/world/?page=02",
        "/world/#top",
        "http://paper.example/world/",
        "world/",
        "*",
        "",
        "/world/\x00",
        "/w\u00f6rld/",
        "/world/../world/",
    ],
)
def test_an_address_that_is_written_otherwise_is_left_to_django(server: PageServer, target: str) -> None:
    for cookie in (None, SUBSCRIBER):
        assert ask(server, target, cookie=cookie) is None
    assert ask(server, target.encode("latin-1")) is None


def test_queries_that_only_track_do_not_matter(server: PageServer) -> None:
    assert text_of(reply_to(server, "/world/?utm_source=a&fbclid=b")) == text_of(reply_to(server, "/world/"))
    assert text_of(reply_to(server, "/world/?gclid=a&page=2")) == text_of(reply_to(server, "/world/?page=2"))
    assert "?page=2" in text_of(reply_to(server, "/world/?page=2"))


def test_without_settings_nothing_is_decided(folder: Path) -> None:
    store = Store(folder)
    put_page(store, "/")
    server = make_server(folder)
    assert ask(server, "/") is None
    store.set_settings(make_settings())
    assert variant_in(reply_to(server, "/")) == "full.out"


# -- Gifts, institutions, samples -----------------------------------------------------------------------
@pytest.mark.parametrize("address", [REGISTERED, PREMIUM, SUBSCRIBERS])
def test_a_gift_in_hand_is_for_django_where_it_could_open_something(server: PageServer, address: str) -> None:
    """access.md: Gifts."""
    assert ask(server, address, cookie=cookies(gift="abc")) is None
    assert variant_in(reply_to(server, address, cookie=SUBSCRIBER + b"; courant_gift=abc")) == "full.in"
    assert variant_in(reply_to(server, FREE, cookie=cookies(gift="abc"))) == "full.out"


def test_an_institutions_network_is_for_django_where_it_could_open_something(folder: Path, store: Store) -> None:
    """access.md: Institutions; the address is that of the connection, or the one that our own proxies vouch for."""
    networks = [("Library", ["192.0.2.0/24", "2001:db8::/32"])]
    store.set_settings(make_settings(networks=networks))
    server, behind = make_server(folder), make_server(folder, trusted_proxies=1)
    for peer in ("192.0.2.7", "2001:db8::1", "::ffff:192.0.2.7"):
        assert ask(server, SUBSCRIBERS, peer=peer) is None
        assert variant_in(reply_to(server, SUBSCRIBERS, peer=peer, cookie=SUBSCRIBER)) == "full.in"
        assert variant_in(reply_to(server, FREE, peer=peer)) == "full.out"
    for peer in ("192.0.3.7", "2001:db9::1", "", "unknown"):
        assert variant_in(reply_to(server, SUBSCRIBERS, peer=peer)) == "preview-subscription.out"
    told = {"peer": "10.0.0.1", "x_forwarded_for": "192.0.2.7"}
    assert variant_in(reply_to(server, SUBSCRIBERS, **told)) == "preview-subscription.out"
    assert ask(behind, SUBSCRIBERS, **told) is None
    told["x_forwarded_for"] = "192.0.2.7, 203.0.113.9"
    assert variant_in(reply_to(behind, SUBSCRIBERS, **told)) == "preview-subscription.out"
    store.set_settings(make_settings())
    assert variant_in(reply_to(server, SUBSCRIBERS, peer="192.0.2.7")) == "preview-subscription.out"


def test_samples_are_counted_by_django(server: PageServer, store: Store) -> None:
    """metering.md: Samples for strangers."""
    store.set_settings(make_settings(samples_per_month=2))
    assert ask(server, REGISTERED) is None
    assert variant_in(reply_to(server, REGISTERED, cookie=READER)) == "full.in"
    assert variant_in(reply_to(server, PREMIUM)) == "preview-registration.out"
    assert variant_in(reply_to(server, SUBSCRIBERS)) == "preview-subscription.out"


# -- Asking ahead ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("header", ["sec_purpose", "purpose", "x_moz", "x_purpose"])
def test_who_asks_ahead_gets_what_is_open_to_them(server: PageServer, header: str) -> None:
    ahead = {header: "prefetch"}
    assert variant_in(reply_to(server, FREE, **ahead)) == "full.out"
    assert variant_in(reply_to(server, PREMIUM, cookie=READER, **ahead)) == "full.in"
    assert ask(server, PREMIUM, **ahead) is None
    assert ask(server, SUBSCRIBERS, cookie=READER, **ahead) is None


# -- Windows and freshness ------------------------------------------------------------------------------
def test_a_window_opens_and_closes_to_the_second(server: PageServer, store: Store) -> None:
    """access.md: Free for a time."""
    opens, closes = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    terms = StoryTerms(8, Access.SUBSCRIBERS, opens, closes)
    put_page(store, "/window/", terms, ["full.out", "full.in", "preview-subscription.out", "preview-subscription.in"])
    for moment, variant in (
        (opens - timedelta(seconds=1), "preview-subscription.out"),
        (opens, "full.out"),
        (closes - timedelta(seconds=1), "full.out"),
        (closes, "preview-subscription.out"),
    ):
        assert variant_in(reply_to(server, "/window/", now=moment.timestamp())) == variant


def test_no_shared_cache_keeps_a_story_past_its_window(server: PageServer, store: Store) -> None:
    closes = NOW + timedelta(hours=2)
    put_page(store, "/window/", StoryTerms(8, Access.SUBSCRIBERS, None, closes), ["full.out"])
    for seconds, kept in ((3_600, 60), (61, 60), (60, 0), (1, 0)):
        reply = reply_to(server, "/window/", now=closes.timestamp() - seconds)
        assert f"s-maxage={kept}," in headers_of(reply)["cache-control"]


def test_a_page_that_is_fresh_no_more_is_left_to_django(server: PageServer, store: Store) -> None:
    put_page(store, "/short/", fresh_until=AT + 100)
    assert "s-maxage=60," in headers_of(reply_to(server, "/short/", now=AT + 39))["cache-control"]
    assert "s-maxage=0," in headers_of(reply_to(server, "/short/", now=AT + 99))["cache-control"]
    assert ask(server, "/short/", now=AT + 100) is None


# -- What changes is seen with the next request ---------------------------------------------------------
def test_what_is_withdrawn_or_renewed_is_seen_at_once(server: PageServer, store: Store) -> None:
    for text in ("first", "second"):
        put_page(store, "/", keys=["stories"], bodies={"full.out": text.encode(), "full.in": b"in"})
        assert text_of(reply_to(server, "/")) == text
    store.withdraw(["stories"])
    assert ask(server, "/") is None


def test_a_story_whose_access_is_tightened_is_shut_at_once(server: PageServer, store: Store) -> None:
    address = put_story(store, 50, Access.FREE)
    assert variant_in(reply_to(server, address)) == "full.out"
    put_page(store, address, StoryTerms(50, Access.SUBSCRIBERS), VARIANTS[Access.SUBSCRIBERS])
    assert variant_in(reply_to(server, address)) == "preview-subscription.out"


def test_other_pages_stay_at_hand_when_one_changes(server: PageServer, store: Store) -> None:
    reply = reply_to(server, FREE)
    put_page(store, "/elsewhere/")
    assert reply_to(server, FREE) is reply


# -- No input breaks it ---------------------------------------------------------------------------------
NAMES = some.sampled_from(
    [b"host", b"cookie", b"accept-encoding", b"if-none-match", b"x-forwarded-for", b"content-length", b"purpose"]
)
VALUES = some.binary(max_size=60) | some.sampled_from([b"paper.example", FRESH, SUBSCRIBER, b"courant_pass=", b"*"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(
    target=some.binary(max_size=40) | some.sampled_from([b"/", PREMIUM.encode(), SUBSCRIBERS.encode()]),
    headers=some.lists(some.tuples(NAMES, VALUES), max_size=6),
    peer=some.text(max_size=20),
)
def test_nothing_that_is_sent_breaks_it_or_opens_a_story(
    server: PageServer, target: bytes, headers: list[tuple[bytes, bytes]], peer: str
) -> None:
    answer = server.answer(b"GET", target, headers, peer, AT)
    is_entitled = any(SUBSCRIBER in value for _, value in headers)
    if answer is not None and not isinstance(answer, Opening) and answer.status == 200 and not is_entitled:
        assert f"WITHHELD {SUBSCRIBERS}" not in text_of(answer)
    server.fallback(b"GET", target, headers, peer, AT)
