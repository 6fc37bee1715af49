"""What one reader was sent does not come to the next: conditions, caches, connections."""

from __future__ import annotations

import pytest

from tests.leak.conftest import Planted
from tests.leak.disguises import NOBODY
from tests.leak.doors import Request
from tests.leak.test_leak import assert_tight
from tests.leak.watch import Watch

pytestmark = pytest.mark.django_db


def test_a_stranger_after_a_subscriber(planted: Planted, watch: Watch) -> None:
    """Asked at once by one and the other; then with what the first was sent as a condition."""
    door, subscriber = planted.door, planted.cast.entitled["subscriber"]
    for story in planted.paper.gated:
        request = Request(story.path)
        whole = watch.ask(door, "page, by a subscriber", request, subscriber)
        first = watch.ask(door, "page after a subscriber", request)
        tag = whole.header("etag")
        assert tag not in ("", first.header("etag")) or story.key.endswith("-last")
        bare = tag.removeprefix("W/").strip('"')
        for condition in (
            tag,
            f'W/"{bare}"',
            f'"{bare}"',
            bare,
            f'"x", {tag}',
            f'"{bare}-gzip"',
            f'"{bare.partition("-")[0]}"',
        ):
            answer = watch.ask(door, "if not the subscriber's", Request(story.path, (("If-None-Match", condition),)))
            assert answer.status == 200 or story.key.endswith("-last"), condition
        watch.ask(door, "range of the subscriber's", Request(story.path, (("Range", "bytes=0-"), ("If-Range", tag))))
    assert_tight(watch)


def test_requests_behind_one_another(planted: Planted, watch: Watch) -> None:
    """Subscriber and stranger in turn on one connection, all sent at once: each gets its own answer."""
    subscriber = planted.cast.entitled["subscriber"]
    for story in planted.paper.gated[::3]:
        turn = [subscriber, NOBODY, planted.cast.entitled["registered"], NOBODY, subscriber, NOBODY]
        requests = [disguise.worn(Request(story.path)) for disguise in turn]
        with planted.door.connect() as connection:
            answers = connection.ask_all(requests)
        assert [answer.status for answer in answers] == [200] * len(turn)
        for disguise, request, answer in zip(turn, requests, answers, strict=True):
            watch.look("pipeline", request, answer, disguise)
            assert disguise is not subscriber or watch.seen(answer) or story.key.endswith("-last")
    assert_tight(watch)
