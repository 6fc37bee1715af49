"""The store: pages put and withdrawn, wishes, ends of passes, settings."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from courant.edge.pages import EdgeSettings, StoredVariant, digest_of
from courant.edge.store import Store
from courant.wall.enums import ReaderState
from courant.wall.passes import Pass
from tests.edge.papers import make_page, make_settings, put_page

pytestmark = pytest.mark.anydb


@pytest.fixture
def empty(folder: Path) -> Store:
    return Store(folder)


def addresses_in(store: Store, *addresses: str) -> list[str]:
    return [address for address in addresses if store.page(address) is not None]


# -- Pages ----------------------------------------------------------------------------------------------
def test_a_page_is_found_with_its_bodies(empty: Store) -> None:
    page, bodies = make_page("/world/", keys=["story/1"])
    assert empty.put(page, bodies, seen=empty.sequence())
    assert empty.page("/world/") == page
    for digest, encodings in bodies.items():
        for encoding in ("identity", "gzip", "br", "zstd"):
            assert empty.body(digest, encoding) == encodings.get(encoding)
    assert empty.page("/world") is None
    assert empty.body("0" * 64, "identity") is None


def test_an_address_of_any_length_has_a_page(empty: Store) -> None:
    long, longer = "/" + "a" * 600 + "/", "/" + "a" * 601 + "/"
    put_page(empty, long, keys=["story/1"])
    assert empty.page(longer) is None
    assert empty.page(long) is not None
    empty.want(long)
    assert empty.wanted(9) == [long]
    assert empty.withdraw(["story/1"]) == [long]


def test_a_page_that_is_put_again_loses_its_old_keys(empty: Store) -> None:
    put_page(empty, "/", keys=["story/1"])
    put_page(empty, "/", keys=["story/2"])
    put_page(empty, "/other/")
    put_page(empty, "/another/")
    assert empty.withdraw(["story/1"]) == []
    assert empty.withdraw(["story/2"]) == ["/"]


def test_one_body_may_serve_many_pages(empty: Store) -> None:
    same = {"full.out": b"the same", "full.in": b"the same"}
    for address in ("/a/", "/b/"):
        put_page(empty, address, bodies=same)
    assert empty.status()["bodies"] == 1
    page, _ = make_page("/c/", bodies=same)
    assert empty.put(page, {}, seen=0)


def test_a_page_without_its_body_is_refused(empty: Store) -> None:
    page, bodies = make_page("/a/")
    with pytest.raises(ValueError, match="is missing"):
        empty.put(page, {}, seen=0)
    (digest, encodings), *_ = bodies.items()
    with pytest.raises(ValueError, match="not what its digest says"):
        empty.put(page, {**bodies, digest: {**encodings, "identity": b"another"}}, seen=0)
    assert empty.status()["pages"] == empty.status()["bodies"] == 0


# -- Withdrawing ----------------------------------------------------------------------------------------
def test_a_key_takes_away_the_pages_that_were_made_from_it(empty: Store) -> None:
    put_page(empty, "/", keys=["story/1", "story/2"])
    put_page(empty, "/one/", keys=["story/1"])
    put_page(empty, "/two/", keys=["story/2"])
    put_page(empty, "/three/", keys=["story/3"])
    put_page(empty, "/four/", keys=["story/4"])
    assert empty.withdraw(["story/1", "story/9"]) == ["/", "/one/"]
    assert addresses_in(empty, "/", "/one/", "/two/", "/three/") == ["/two/", "/three/"]
    assert empty.withdraw(["story/1"]) == []
    assert sorted(empty.withdraw(["paper"])) == ["/four/", "/three/", "/two/"]
    assert empty.status()["pages"] == 0


def test_the_key_all_takes_away_everything(empty: Store) -> None:
    put_page(empty, "/one/")
    put_page(empty, "/two/")
    assert sorted(empty.withdraw(["all"])) == ["/one/", "/two/"]
    assert empty.withdraw([]) == []


def test_most_of_the_paper_goes_with_the_rest_of_it(empty: Store) -> None:
    """Where a key stands for more than half of all pages they all go: what is asked for is among them."""
    for number in range(3):
        put_page(empty, f"/{number}/", keys=["section/1"])
    put_page(empty, "/other/")
    assert set(empty.withdraw(["section/1"])) >= {"/0/", "/1/", "/2/"}
    assert empty.withdraw(["section/1"]) == []


def test_a_page_begun_before_a_withdrawal_comes_too_late(empty: Store) -> None:
    seen = empty.sequence()
    page, bodies = make_page("/one/", keys=["story/1"])
    other, others = make_page("/two/", keys=["story/2"])
    empty.withdraw(["story/1"])
    generation = empty.generation()
    assert not empty.put(page, bodies, seen=seen)
    assert empty.page("/one/") is None
    assert empty.generation() == generation
    assert empty.put(other, others, seen=seen)
    assert empty.put(page, bodies, seen=empty.sequence())


def test_everything_begun_before_all_was_withdrawn_comes_too_late(empty: Store) -> None:
    page, bodies = make_page("/one/")
    empty.withdraw(["all"])
    assert not empty.put(page, bodies, seen=0)
    empty.clear()
    assert not empty.put(page, bodies, seen=1)
    assert empty.put(page, bodies, seen=empty.sequence())


def test_the_generation_changes_with_every_write_of_pages_and_no_other(empty: Store) -> None:
    seen = [empty.generation()]
    put_page(empty, "/one/", keys=["story/1"])
    seen.append(empty.generation())
    put_page(empty, "/one/", keys=["story/1"])
    seen.append(empty.generation())
    empty.withdraw(["story/1"])
    seen.append(empty.generation())
    assert len(set(seen)) == 4
    empty.want("/one/")
    empty.withdraw(["story/1"])
    empty.set_settings(make_settings())
    assert empty.generation() == seen[-1]


def test_any_write_is_a_change(empty: Store) -> None:
    changes = [empty.last_change()]
    for write in (
        lambda: put_page(empty, "/one/"),
        lambda: empty.withdraw(["paper"]),
        lambda: empty.want("/one/"),
        lambda: empty.end_passes(session="s", ended_at=1.0),
        lambda: empty.set_settings(make_settings()),
    ):
        write()
        changes.append(empty.last_change())
    assert len(set(changes)) == 6
    empty.page("/one/")
    assert empty.last_change() == changes[-1]


# -- Wanted pages ---------------------------------------------------------------------------------------
def test_what_waits_longest_comes_first(empty: Store) -> None:
    empty.want("/b/", "/a/")
    empty.want("/c/")
    empty.want("/b/")
    assert empty.wanted(10) == ["/b/", "/a/", "/c/"]
    assert empty.wanted(1) == ["/b/"]
    empty.unwant("/a/", "/nowhere/")
    assert empty.wanted(10) == ["/b/", "/c/"]
    put_page(empty, "/b/")
    assert empty.wanted(10) == ["/c/"]


# -- Passes and settings --------------------------------------------------------------------------------
def make_pass(reader: str = "reader-1", session: str = "session-1", version: int = 3) -> Pass:
    return Pass(reader, ReaderState.REGISTERED, session, version, 2_000_000_000)


def test_the_passes_of_a_session_end(empty: Store) -> None:
    assert not empty.is_ended(make_pass())
    empty.end_passes(session="session-1", ended_at=5.0)
    assert empty.is_ended(make_pass())
    assert not empty.is_ended(make_pass(session="session-2"))


def test_the_passes_of_a_reader_end_up_to_a_version(empty: Store) -> None:
    empty.end_passes(reader="reader-1", version=3, ended_at=5.0)
    assert empty.is_ended(make_pass(version=2))
    assert empty.is_ended(make_pass(version=3))
    assert not empty.is_ended(make_pass(version=4))
    assert not empty.is_ended(make_pass("reader-2"))
    empty.end_passes(reader="reader-1", version=1, ended_at=6.0)
    assert empty.is_ended(make_pass(version=3)), "an end that comes late takes nothing back"


def test_who_ends_nobodys_passes_is_told_so(empty: Store) -> None:
    with pytest.raises(ValueError, match="whose"):
        empty.end_passes(reader="reader-1", ended_at=5.0)


def test_ends_are_forgotten_when_no_pass_can_live_any_more(empty: Store) -> None:
    empty.end_passes(session="old", ended_at=1_000.0)
    empty.end_passes(session="new", ended_at=100_000.0)
    empty.sweep(now=100_001.0)
    assert not empty.is_ended(make_pass(session="old"))
    assert empty.is_ended(make_pass(session="new"))
    assert empty.status()["ended_passes"] == 1


def test_the_rules_have_a_generation_of_their_own(empty: Store) -> None:
    rules = [empty.rules_generation()]
    empty.end_passes(session="s", ended_at=1.0)
    rules.append(empty.rules_generation())
    empty.set_settings(make_settings())
    rules.append(empty.rules_generation())
    empty.set_settings(make_settings())
    put_page(empty, "/one/")
    assert [*rules, empty.rules_generation()] == [0, 1, 2, 2]
    assert empty.generations() == (1, 2)


def test_settings_come_out_as_they_went_in(empty: Store) -> None:
    assert empty.settings() is None
    given = EdgeSettings(5, 2, [("Library", ["192.0.2.0/24", "2001:db8::/32"])], "edition")
    empty.set_settings(given)
    assert empty.settings() == given
    empty.set_settings(replace(given, premium_per_month=0))
    assert empty.settings() == replace(given, premium_per_month=0)


# -- Housekeeping ---------------------------------------------------------------------------------------
def test_bodies_that_nobody_uses_are_swept(empty: Store) -> None:
    for number in range(20):
        put_page(empty, f"/{number}/", keys=[f"story/{number}"])
    kept = make_page("/19/", keys=["story/19"])[0]
    bodies = empty.status()["bodies"]
    assert empty.sweep() == 0
    empty.withdraw(f"story/{number}" for number in range(19))
    assert empty.status()["pages"] == 1
    assert empty.sweep() == bodies - sum(
        empty.body(variant.digest, encoding) is not None
        for variant in kept.variants.values()
        for encoding in ("identity", "gzip", "br", "zstd")
    )
    assert all(empty.body(variant.digest, "identity") for variant in kept.variants.values())


def test_what_is_cleared_is_gone_but_the_rules_stay(empty: Store) -> None:
    empty.set_settings(make_settings())
    empty.end_passes(session="session-1", ended_at=1.0)
    put_page(empty, "/one/")
    empty.want("/two/")
    sequence, generation = empty.sequence(), empty.generation()
    empty.clear()
    status = empty.status()
    assert (status["pages"], status["bodies"], status["wanted"]) == (0, 0, 0)
    assert empty.sequence() > sequence
    assert empty.generation() > generation
    assert empty.is_ended(make_pass())
    assert empty.settings() == make_settings()


def test_the_status_counts(empty: Store) -> None:
    put_page(empty, "/one/")
    empty.want("/two/", "/three/")
    status = empty.status()
    assert (status["pages"], status["bodies"], status["wanted"], status["ended_passes"]) == (1, 8, 2, 0)
    assert 0 < status["bytes"] <= status["bytes_on_disk"]


def test_two_stores_of_one_folder_are_one(folder: Path, empty: Store) -> None:
    put_page(empty, "/one/")
    assert Store(folder).page("/one/") == empty.page("/one/")


def test_a_child_opens_the_store_anew(folder: Path, empty: Store) -> None:
    put_page(empty, "/one/")
    before = empty._environment
    child = os.fork()
    if child == 0:
        is_right = empty._environment is None and empty.page("/one/") is not None
        empty.want("/from-child/")
        os._exit(0 if is_right and empty._environment is not before else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert empty._environment is before
    assert empty.wanted(9) == ["/from-child/"]


def test_a_digest_is_of_the_plain_body() -> None:
    variant: StoredVariant = make_page("/a/", bodies={"full.out": b"a", "full.in": b"b"})[0].variants["full.out"]
    assert variant.digest == digest_of(b"a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
