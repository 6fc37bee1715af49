"""What each wall says (src/courant/stories/templates/stories/wall.html): never a dead end, never an untrue word."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string

from courant.readers.forms import WallForm
from courant.wall.decision import Decision
from courant.wall.enums import Access, Extent, Reason, Wall

pytestmark = pytest.mark.anydb
TURNS_AT = datetime(2022, 2, 1, tzinfo=UTC)
FREE_STORY = SimpleNamespace(url="/city/a-tram/", headline="A tram", language="en-gb")
PAPER = SimpleNamespace(contact_email="desk@paper.example")


def wall(wall: Wall, reason: Reason, *, access: Access, is_signed_in: bool = False, **meter: Any) -> BeautifulSoup:
    context = {
        "decision": Decision(Extent.PREVIEW, reason, wall, **meter),
        "story": SimpleNamespace(access=access, url="/world/a-story/", is_whole=False),
        "paper": PAPER,
        "is_signed_in": is_signed_in,
        "free_stories": [FREE_STORY],
        "wall_form": WallForm(initial={"next": "signed"}) if wall == Wall.REGISTRATION else None,
        "sign_in_url": "/account/sign-in/?next=signed",
    }
    return BeautifulSoup(render_to_string("stories/wall.html", context), "html.parser")


def words(page: BeautifulSoup) -> str:
    return " ".join(page.get_text().split())


EVERY_WALL = [
    wall(Wall.REGISTRATION, Reason.SIGN_IN_NEEDED, access=Access.REGISTERED),
    wall(Wall.REGISTRATION, Reason.SIGN_IN_NEEDED, access=Access.PREMIUM, limit=5),
    wall(Wall.OPEN, Reason.WITHIN_METER, access=Access.PREMIUM, is_signed_in=True, left=4, limit=5, turns_at=TURNS_AT),
    wall(Wall.METER, Reason.METER_SPENT, access=Access.PREMIUM, is_signed_in=True, left=0, limit=5, turns_at=TURNS_AT),
    wall(Wall.SUBSCRIPTION, Reason.SUBSCRIPTION_NEEDED, access=Access.SUBSCRIBERS),
    wall(Wall.RETRY, Reason.METER_UNREACHABLE, access=Access.PREMIUM, is_signed_in=True),
    wall(Wall.CLOSED, Reason.CLOSED_ACCOUNT, access=Access.REGISTERED, is_signed_in=True),
]


@pytest.mark.parametrize("page", EVERY_WALL, ids=lambda page: page.section["class"][1])
def test_every_wall_is_a_labelled_section_with_a_way_on(page: BeautifulSoup) -> None:
    heading = page.select_one("h2#wall-title")
    assert heading is not None
    assert heading.get_text().strip()
    assert page.section["aria-labelledby"] == "wall-title"
    assert page.select_one('a[href="/city/a-tram/"]'), "no free story to go on with"
    assert page.select_one('a[href^="mailto:desk@paper.example"]'), "no help"
    assert not page.select("[style], script, dialog")


def test_the_registration_wall_asks_one_thing_and_says_what_is_agreed_to() -> None:
    page = EVERY_WALL[0]
    form = page.select_one("form")
    assert (form["action"], form["method"]) == ("/account/register/", "post")
    assert [field["name"] for field in form.select("input:not([type=hidden])")] == ["email"]
    assert form.select_one("input[name=email]")["autocomplete"] == "email"
    assert form.select_one("input[name=next]")["value"] == "signed"
    assert {link["href"] for link in form.select(".form__note a")} == {
        "/legal/terms-of-use/", "/legal/cookie-policy/", "/legal/privacy-notice/",
    }  # fmt: skip
    assert page.select_one('a[href="/account/sign-in/?next=signed"]')
    assert len(page.select(".wall__benefits li")) == 3


def test_a_stranger_at_a_premium_story_is_told_how_many_an_account_opens() -> None:
    assert "5 Premium stories a month, this one among them." in words(EVERY_WALL[1])
    one = wall(Wall.REGISTRATION, Reason.SIGN_IN_NEEDED, access=Access.PREMIUM, limit=1)
    assert "1 Premium story a month" in words(one)
    assert "Premium" not in words(EVERY_WALL[0]), "a registered story promises nothing about premium ones"


def test_a_stranger_whose_samples_are_spent_is_told_so() -> None:
    page = wall(Wall.REGISTRATION, Reason.SIGN_IN_NEEDED, access=Access.REGISTERED, left=0, limit=2, turns_at=TURNS_AT)
    assert "You have read the 2 stories of this month that are open without one." in words(page)


def test_opening_says_what_it_costs_before_it_is_done() -> None:
    assert "one of the 4 Premium stories you have left this month" in words(EVERY_WALL[2])
    assert EVERY_WALL[2].select_one("a.button")["href"] == "/world/a-story/"


def test_a_spent_meter_says_when_it_begins_anew_and_what_a_subscription_opens() -> None:
    assert "Your account opens 5 a month; the count starts anew on 1 February 2022." in words(EVERY_WALL[3])
    assert "What a subscription opens" in words(EVERY_WALL[3])


def test_only_a_stranger_is_asked_to_sign_in_at_the_subscription_wall() -> None:
    assert EVERY_WALL[4].select_one('a[href^="/account/sign-in/"]')
    reader = wall(Wall.SUBSCRIPTION, Reason.SUBSCRIPTION_NEEDED, access=Access.SUBSCRIBERS, is_signed_in=True)
    assert reader.select_one('a[href^="/account/sign-in/"]') is None


def test_a_failed_look_up_offers_to_try_again_and_takes_the_blame() -> None:
    assert "nothing was counted" in words(EVERY_WALL[5])
    assert EVERY_WALL[5].select_one("a.button")["href"] == "/world/a-story/"


@pytest.mark.parametrize(
    ("decision", "line"),
    [
        (Decision(Extent.FULL, Reason.WITHIN_METER, left=3, limit=5, turns_at=TURNS_AT),
         "3 of 5 premium stories left this month; the count starts anew on 1 February 2022"),
        (Decision(Extent.FULL, Reason.SAMPLE, left=1, limit=2, turns_at=TURNS_AT),
         "1 of 2 stories without an account left this month; the count starts anew on 1 February 2022"),
        (Decision(Extent.FULL, Reason.SUBSCRIBER), ""),
        (Decision(Extent.FULL, Reason.FREE), ""),
    ],
)  # fmt: skip
def test_the_meter_speaks_above_the_text_before_it_runs_out(decision: Decision, line: str) -> None:
    context = {"decision": decision, "story": SimpleNamespace(is_whole=True)}
    assert words(BeautifulSoup(render_to_string("stories/parts/meter.html", context), "html.parser")) == line


def test_a_stored_page_leaves_the_meter_to_the_cookie_of_its_reader() -> None:
    whole = SimpleNamespace(is_whole=True)
    metered = {"decision": Decision(Extent.FULL, Reason.WITHIN_METER), "story": whole, "is_stored": True}
    line = BeautifulSoup(render_to_string("stories/parts/meter.html", metered), "html.parser").p
    assert (line["class"], line.get_text(), line.has_attr("hidden"), line.has_attr("data-meter")) == (
        ["meter"], "", True, True,
    )  # fmt: skip
    for reason in (Reason.FREE, Reason.SUBSCRIBER, Reason.REGISTERED):
        other = {**metered, "decision": Decision(Extent.FULL, reason)}
        assert render_to_string("stories/parts/meter.html", other).strip() == ""


def test_the_form_of_the_wall_is_the_same_for_everyone() -> None:
    form = EVERY_WALL[0].select_one("form")
    assert [field["name"] for field in form.select("input")] == ["next", "email"], "a token belongs to one browser"
