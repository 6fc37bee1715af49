"""Every URL pattern there is, is reached here or refuses: a new one fails until somebody says how to ask it."""

from __future__ import annotations

from zlib import crc32

import pytest
from django.urls import URLPattern, path, resolve
from django.urls.resolvers import get_resolver

from tests.leak.conftest import IS_WHOLE, Planted
from tests.leak.disguises import Disguise
from tests.leak.doors import Answer, Request
from tests.leak.patterns import OPEN_IN_NEWSROOM, REACHED, Pattern, Unreachable, addresses_of, all_patterns
from tests.leak.test_leak import assert_tight
from tests.leak.watch import Watch

# What is withheld does not hang on the database; the search, which does, is tested on both.
pytestmark = [pytest.mark.django_db, pytest.mark.anydb]
# Behind another pattern of the same address, which comes first.
SHADOWED = {
    "newsroom/login/": {"newsroom-sign-in", "wagtailadmin_login"},
    "_util/login/": {"wagtail-sign-in", "wagtailcore_login"},
    "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/": {
        "wagtail-page-open",
        "wagtailcore_authenticate_with_password",
    },
}


def readers(planted: Planted) -> list[Disguise]:
    return [planted.disguise("no cookie"), planted.disguise("nothing left")]


def who_asks(planted: Planted, address: str) -> list[Disguise]:
    """Each address by both where the most is asked, else by one of them."""
    return readers(planted) if IS_WHOLE else [readers(planted)[crc32(address.encode()) % 2]]


def is_refusal(answer: Answer) -> bool:
    """To the paper's sign-in, or no more than an error; never a page of the newsroom."""
    if answer.status in (301, 302):
        return "/account/sign-in/" in answer.header("location") or "/newsroom/" in answer.header("location")
    return answer.status in (400, 403, 404, 405, 410)


def test_every_pattern_is_known(here: Planted) -> None:
    unknown = []
    for pattern in all_patterns():
        try:
            addresses_of(pattern, here.paper)
        except Unreachable as reason:
            unknown.append(str(reason))
    assert unknown == []
    assert len(all_patterns()) > 200
    assert set(REACHED) - {pattern.route for pattern in all_patterns()} == set(), "entries for patterns that are gone"


def test_the_addresses_reach_their_patterns(here: Planted) -> None:
    astray = []
    for pattern in all_patterns():
        for address in addresses_of(pattern, here.paper):
            found = resolve(address.partition("?")[0])
            is_it = (found.route, found.view_name) == (pattern.route, pattern.name)
            if not is_it and pattern.name not in SHADOWED.get(pattern.route, ()) and not is_twin(found.route, pattern):
                astray.append(f"{address} leads to {found.route}, not to {pattern.route}")
    assert astray == []


def is_twin(route: str, pattern: Pattern) -> bool:
    """Whether another pattern of the newsroom comes first for this address: `pages/1/` for `pages/<pk>/`."""
    return pattern.is_newsroom and Pattern(route, "").is_newsroom


def test_the_newsroom_refuses_strangers_and_readers(planted: Planted, watch: Watch) -> None:
    opened = []
    for pattern in all_patterns():
        if not pattern.is_newsroom:
            continue
        for address in addresses_of(pattern, planted.paper):
            for disguise in who_asks(planted, address):
                answer = watch.ask(planted.door, f"pattern {pattern.route}", Request(address), disguise)
                if not is_refusal(answer) and pattern.name not in OPEN_IN_NEWSROOM:
                    opened.append(f"{disguise.name}: {address} -> {answer.status}")
        watch.ask(planted.door, f"pattern {pattern.route}", Request(address, method="POST"), readers(planted)[1])
    assert opened == []
    assert_tight(watch)


def test_all_other_patterns_show_nothing_withheld(planted: Planted, watch: Watch) -> None:
    for pattern in all_patterns():
        if pattern.is_newsroom:
            continue
        for address in addresses_of(pattern, planted.paper):
            for disguise in who_asks(planted, address):
                watch.ask(planted.door, f"pattern {pattern.route}", Request(address), disguise)
        for method in ("HEAD", "OPTIONS", "POST"):
            watch.ask(planted.door, f"pattern {pattern.route}", Request(address, method=method), readers(planted)[0])
    assert_tight(watch)


def test_a_subscriber_is_refused_by_the_newsroom_too(planted: Planted, watch: Watch) -> None:
    subscriber = planted.cast.entitled["subscriber"]
    for subject in ("draft", "revised"):
        page = planted.paper.stories[subject].pk
        for address in (f"/newsroom/pages/{page}/view_draft/", f"/newsroom/pages/{page}/edit/", "/newsroom/"):
            answer = watch.ask(planted.door, "newsroom, by a subscriber", Request(address), subscriber)
            assert is_refusal(answer), address
    assert_tight(watch)


def test_a_new_pattern_is_noticed(here: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of the table."""
    resolver = get_resolver()
    new = [path("export/<int:story_id>.json", lambda request, story_id: None, name="story-export")]
    newsroom = [path("newsroom/stories/<str:unheard_of>/text/", lambda request, unheard_of: None)]
    for added, word in ((new, "story-export"), (newsroom, "unheard_of")):
        patterns: list[URLPattern] = [*added, *resolver.url_patterns]
        monkeypatch.setattr(resolver, "url_patterns", patterns)
        with pytest.raises(Unreachable, match=word):
            addresses_of(all_patterns()[0], here.paper)
        monkeypatch.undo()
