"""The stories a reader gave."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from wagtail.models import Page

from courant.lib.addresses import path_on_site
from courant.wall.given import link_of
from courant.wall.models import Gift


@dataclass(frozen=True)
class GivenStory:
    """A gift as its giver sees it. `state`: open, ended, revoked, withdrawn; no headline where withdrawn."""

    gift: Gift
    headline: str
    address: str
    state: str

    @property
    def link(self) -> str:
        return link_of(self.gift, self.address)

    @property
    def state_in_words(self) -> str:
        return {
            "open": "",
            "ended": "The gift has ended.",
            "revoked": "You took the gift back.",
            "withdrawn": "The paper has withdrawn the story: the link opens nothing.",
        }[self.state]

    @property
    def opened_in_words(self) -> str:
        times = {0: "not at all yet" if self.state == "open" else "not at all", 1: "once", 2: "twice"}
        return f"Opened {times.get(self.gift.opened, f'{self.gift.opened} times')}."


def given_stories(gifts: Iterable[Gift], *, now: datetime) -> list[GivenStory]:
    """Gifts with the stories they give, in their order; two queries, however many there are."""
    gifts = list(gifts)
    pages = Page.objects.live().public().in_bulk([gift.story_id for gift in gifts]) if gifts else {}
    return [given_story(gift, pages.get(gift.story_id), now) for gift in gifts]


def given_story(gift: Gift, page: Page | None, now: datetime) -> GivenStory:
    if page is None:
        return GivenStory(gift, "", "", "withdrawn")
    state = "revoked" if gift.revoked_at else "ended" if gift.ends_at <= now else "open"
    return GivenStory(gift, page.title, path_on_site(page.url_path), state)
