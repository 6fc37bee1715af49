"""What counts as a leak: what its reader may not see, and did not say."""

from __future__ import annotations

from base64 import b64encode

import pytest

from tests.leak.canaries import Canaries, Place
from tests.leak.disguises import NOBODY, Disguise
from tests.leak.doors import Answer, Headers, Request
from tests.leak.watch import Watch, report

pytestmark = pytest.mark.anydb
PRIVATE: Headers = (("Cache-Control", "private, no-cache"),)
PAGE = Request("/world/a-story/")


@pytest.fixture
def canaries() -> Canaries:
    planted = Canaries()
    for number in range(30):
        planted.plant("a-story", f"paragraph {number}", ["registered", "subscriber"])
    planted.pictures[7] = next(iter(planted.places))
    return planted


@pytest.fixture
def place(canaries: Canaries) -> Place:
    return canaries.places["zaa"]


def look(watch: Watch, body: str, *, request: Request = PAGE, disguise: Disguise = NOBODY, status: int = 200) -> None:
    watch.look("page", request, Answer(status, PRIVATE, body.encode()), disguise)


def test_a_leak_is_named(canaries: Canaries, place: Place) -> None:
    watch = Watch(canaries, "a door")
    look(watch, f"Grey water. {place.word}")
    assert watch.news() == [
        "a-story: paragraph 25 (plain), by a door, page, no cookie: GET /world/a-story/ -> 200",
    ]
    assert watch.news() == []
    assert report([watch.counts(), watch.counts()])[-1] == "2 requests, 1 surfaces, 2 leaks"


def test_who_may_see_it_is_no_leak(canaries: Canaries, place: Place) -> None:
    watch = Watch(canaries)
    look(watch, place.sentence, disguise=Disguise("reader", "registered"))
    look(watch, place.sentence, disguise=Disguise("gift", "stranger", opens=("a-story",)))
    assert watch.news() == []
    look(watch, place.sentence, disguise=Disguise("gift", "stranger", opens=("another-story",)))
    assert len(watch.news()) == 1


def test_what_was_asked_is_no_news(canaries: Canaries, place: Place) -> None:
    watch = Watch(canaries)
    look(watch, place.word, request=Request(f"/search/?q={place.word}"))
    look(watch, place.word, request=Request("/", (("Referer", f"/{place.word.upper()}/"),)))
    look(watch, place.word, request=Request("/", method="POST", body=f"next=%2F{place.word}".encode()))
    look(watch, b64encode(f"/{place.word}/".encode()).decode(), request=Request(f"/?next=/{place.word}/"))
    look(watch, "/pictures/sig/7/x.jpeg", request=Request("/pictures/sig/7/y.jpeg"))
    assert watch.news() == []
    other = canaries.places["baa"]
    look(watch, other.word, request=Request(f"/search/?q={place.word}"))
    look(watch, b64encode(f"/{other.word}/".encode()).decode(), request=Request(f"/?next=/{place.word}/"))
    look(watch, "/pictures/sig/7/x.jpeg", request=Request("/pictures/sig/8/y.jpeg"))
    assert len(watch.news()) == 3


def test_headers_are_searched_and_a_refusal_too(canaries: Canaries, place: Place) -> None:
    watch = Watch(canaries)
    watch.look("page", PAGE, Answer(302, (("Location", f"/{place.word}/"),), b""), NOBODY)
    look(watch, place.word, status=404)
    assert len(watch.news()) == 2


def test_withheld_words_for_any_cache_to_keep_are_a_fault(canaries: Canaries, place: Place) -> None:
    watch, subscriber = Watch(canaries), Disguise("subscriber", "subscriber")
    for caching in ((), (("Cache-Control", "public, max-age=60"),), (("Cache-Control", "max-age=0"),)):
        watch.look("page", PAGE, Answer(200, caching, place.word.encode()), subscriber)
        (fault,) = watch.news()
        assert fault.startswith("for any cache to keep")
    watch.look("page", PAGE, Answer(200, (("Cache-Control", "no-store"),), place.word.encode()), subscriber)
    assert watch.news() == []


def test_errors_of_the_server_are_faults(canaries: Canaries) -> None:
    watch = Watch(canaries)
    for status in (200, 404, 500, 501, 502, 503):
        look(watch, "", status=status)
    assert [fault[:3] for fault in watch.news()] == ["500", "502"]
