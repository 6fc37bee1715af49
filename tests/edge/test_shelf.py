"""What a process keeps at hand is bounded, and found again when it was dropped."""

from pathlib import Path
from random import Random

import pytest

from courant.edge import shelf, visitors
from courant.edge.environment import environment_of
from courant.edge.server import PageServer
from courant.edge.store import Store
from courant.wall.enums import ReaderState
from tests.edge.asking import reply_to, text_of, variant_in
from tests.edge.papers import cookies, make_server, make_settings, pass_of, put_page, signed_in

pytestmark = pytest.mark.anydb


@pytest.fixture
def many(folder: Path, monkeypatch: pytest.MonkeyPatch) -> PageServer:
    monkeypatch.setattr(shelf, "MOST_BYTES", 2_000_000)
    store, random = Store(folder), Random(1)
    store.set_settings(make_settings())
    for number in range(40):
        body = f"<title>/{number}/ ".encode() + random.randbytes(50_000).hex().encode()
        put_page(store, f"/{number}/", None, ["any"], bodies={"any": body})
    return make_server(folder)


def test_pages_at_hand_have_their_bounds(many: PageServer) -> None:
    for turn in range(2):
        for number in range(40):
            assert text_of(reply_to(many, f"/{number}/")).startswith(f"<title>/{number}/ ")
            assert many.shelf.weight <= shelf.MOST_BYTES
            assert many.shelf.weight == sum(entry.weight for entry in many.shelf.entries.values())
        assert 10 < len(many.shelf.entries) < 40, turn


def test_small_pages_have_their_bounds_too(server: PageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "MOST_ENTRIES", 3)
    for _ in range(2):
        for address in ("/", "/world/", "/feed/", "/free/1/", "/premium/3/"):
            assert variant_in(reply_to(server, address))
            assert len(server.shelf.entries) <= 3


def test_a_body_that_was_swept_is_not_sent(server: PageServer, store: Store) -> None:
    """Nor is a fault: the page is another by then, or none."""
    reply_to(server, "/", accept_encoding="br")
    environment = environment_of(store.folder)
    with environment.lmdb.begin(write=True) as transaction:
        transaction.drop(environment.db["bodies"], delete=False)
    assert variant_in(reply_to(server, "/", accept_encoding="br")) == "full.out"
    assert server.answer(b"GET", b"/", [(b"host", b"paper.example")], "", 1.0) is None


def test_readers_remembered_have_their_bounds(server: PageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "MOST_READERS", 20)
    monkeypatch.setattr(visitors, "MOST_STRANGERS", 10)
    for _ in range(2):
        for number in range(60):
            cookie = signed_in(f"reader-{number}", ReaderState.SUBSCRIBER)
            assert variant_in(reply_to(server, "/subscribers/4/", cookie=cookie)) == "full.in"
            assert variant_in(reply_to(server, "/subscribers/4/", cookie=b"a=%d" % number)) != "full.in"
    assert len(server.visitors.known) <= 20
    assert len(server.visitors.passes) <= 20
    assert len(server.visitors.strangers) <= 10


def test_strangers_do_not_push_readers_out(server: PageServer) -> None:
    cookie = signed_in("reader-1", ReaderState.SUBSCRIBER)
    reply_to(server, "/", cookie=cookie)
    for number in range(5_000):
        reply_to(server, "/", cookie=b"courant_pass=%d" % number)
    assert cookie in server.visitors.known


def test_cookies_without_end_are_not_remembered(server: PageServer) -> None:
    cookie = cookies(passes=pass_of(state=ReaderState.SUBSCRIBER)) + b"; a=" + b"b" * 20_000
    assert variant_in(reply_to(server, "/subscribers/4/", cookie=cookie)) == "full.in"
    assert not server.visitors.known
