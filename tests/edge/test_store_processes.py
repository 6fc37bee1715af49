"""The store among several processes, some of which are killed."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from courant.edge.environment import environment_of
from courant.edge.store import Store
from tests.edge.papers import make_page, make_server, make_store, put_page

pytestmark = pytest.mark.anydb


def start(work: Callable[[], None]) -> int:
    """Run it in a child, which ends with it; returns the child's id."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    finally:
        os._exit(0)


def end(child: int, how: int = signal.SIGKILL) -> None:
    os.kill(child, how)
    os.waitpid(child, 0)


def version_of(store: Store, address: str) -> int | None:
    page = store.page(address)
    if page is None:
        return None
    body = store.body(page.variants["full.out"].digest, "identity")
    assert body is not None, "a page without its body"
    return int(body)


def test_no_page_that_was_begun_before_a_withdrawal_is_ever_found_after_it(folder: Path, tmp_path: Path) -> None:
    """One process presses what it read some time ago; another changes, and withdraws."""
    truth = tmp_path / "truth"
    truth.write_text("0")
    store = Store(folder)
    put_page(store, "/other/")
    put_page(store, "/another/")

    def press() -> None:
        mine, random = Store(folder), Random(os.getpid())
        while True:
            seen = mine.sequence()
            version = truth.read_text()
            if not version:
                continue
            time.sleep(random.random() / 2_000)
            text = version.encode()
            page, bodies = make_page("/one/", keys=["story/1"], bodies={"full.out": text, "full.in": text + b"0"})
            mine.put(page, bodies, seen=seen)

    children = [start(press) for _ in range(2)]
    try:
        found = 0
        for version in range(1, 80):
            truth.write_text(str(version))
            store.withdraw(["story/1"])
            for _ in range(20):
                known = version_of(store, "/one/")
                assert known is None or known == version
                found += known is not None
                time.sleep(0.000_1)
    finally:
        for child in children:
            end(child)
    assert found > 10, "the pressing processes put nothing"


def test_writers_that_are_killed_harm_nothing(folder: Path) -> None:
    store, random = Store(folder), Random(3)
    put_page(store, "/kept/", keys=["kept"])

    def write() -> None:
        mine = Store(folder)
        for number in range(1_000_000):
            put_page(mine, f"/{number % 50}/", keys=[f"story/{number % 7}"])
            mine.want(f"/wanted/{number % 20}/")
            if number % 5 == 0:
                mine.withdraw([f"story/{number % 7}"])
            if number % 11 == 0:
                mine.end_passes(session=f"session-{number % 30}", ended_at=1.0)
            if number % 17 == 0:
                mine.sweep(now=2.0)

    for _ in range(25):
        child = start(write)
        time.sleep(random.random() / 10)
        end(child)
        began = time.monotonic()
        put_page(store, "/mine/")
        assert time.monotonic() - began < 1.0, "the lock of who was killed is held"
        assert_whole(store)
    assert store.page("/kept/") is not None


def assert_whole(store: Store) -> None:
    """Every page has its bodies, every key its page, every wish its turn."""
    environment = environment_of(store.folder)
    with environment.lmdb.begin() as transaction:
        content = {name: list(transaction.cursor(db=environment.db[name])) for name in ("pages", "keys", "wants")}
        wanted = dict(transaction.cursor(db=environment.db["wanted"]))
    found = set()
    for place, _ in content["pages"]:
        page = store.page(place.decode())
        assert page is not None
        assert all(store.body(variant.digest, "identity") for variant in page.variants.values())
        found |= {(key.encode(), place) for key in page.keys}
    assert set(content["keys"]) == found
    assert {address: turn for turn, address in content["wants"]} == wanted


def test_readers_that_are_killed_leave_no_trace(folder: Path) -> None:
    store = make_store(folder)

    def read() -> None:
        environment = environment_of(folder)
        reading = environment.lmdb.begin()
        reading.get(b"/", db=environment.db["pages"])
        (folder / "reading").touch()
        time.sleep(60)

    child = start(read)
    while not (folder / "reading").exists():
        time.sleep(0.001)
    end(child)
    store.sweep()
    for number in range(60):
        put_page(store, "/one/", words=2_000 + number)
        store.sweep()
    assert store.status()["bytes"] < 1_500_000, "what a killed process read is kept for ever"


def test_another_process_sees_what_is_put_and_withdrawn_with_the_next_request(folder: Path) -> None:
    """Without being told: the page server looks at every request whether anything was written."""
    store = make_store(folder)
    server = make_server(folder)
    headers = [(b"host", b"paper.example")]
    assert server.answer(b"GET", b"/new/", headers, "", 1.0) is None
    child = start(lambda: put_page(Store(folder), "/new/") and None)
    os.waitpid(child, 0)
    reply = server.answer(b"GET", b"/new/", headers, "", 1.0)
    assert reply is not None
    child = start(lambda: Store(folder).withdraw(["paper"]) and None)
    os.waitpid(child, 0)
    assert server.answer(b"GET", b"/new/", headers, "", 1.0) is None
    assert store.page("/new/") is None
