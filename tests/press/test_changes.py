"""Which change withdraws what: every kind of change, by the doors that make it, seen through the page server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import PageViewRestriction, Site

from courant.pictures.models import Picture
from courant.press.enums import Outcome
from courant.readers.actions.legal import install_legal_documents, publish_legal_document
from courant.stories.actions import place_stories
from courant.stories.models import (
    AuthorPage,
    Byline,
    FrontPage,
    PaperSettings,
    SectionPage,
    StoryPage,
    StoryTopic,
    TopicPage,
)
from courant.wall.models import Institution, WallSettings
from tests.factories import (
    make_author,
    make_paper,
    make_picture,
    make_section,
    make_story,
    make_topic,
    picture_file,
)
from tests.press.conftest import Host

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
TALKS, HARBOUR, TRAM = "/world/talks/", "/world/harbour/", "/city/tram/"
JANUARY, MARCH = "/sitemaps/stories-2022-01.xml", "/sitemaps/stories-2022-03.xml"
FEED, WORLD_FEED, CITY_FEED = "/feeds/rss.xml", "/feeds/world/rss.xml", "/feeds/city/rss.xml"
ADA, BEN, GENEVA = "/authors/ada-moreau/", "/authors/ben-okri/", "/topics/geneva-talks/"
PAGES = {"/", "/world/", "/city/", TALKS, HARBOUR, TRAM, ADA, BEN, "/authors/", GENEVA, "/topics/", "/feeds/", "/legal/",
         "/legal/terms-of-use/"}  # fmt: skip
FILES = {FEED, WORLD_FEED, CITY_FEED, JANUARY, MARCH, "/sitemap.xml", "/sitemaps/pages.xml", "/-/theme.css", "/robots.txt",
         "/manifest.webmanifest"}  # fmt: skip


@dataclass
class Paper:
    """Two sections. `talks` (premium, by Ada, about Geneva, with a picture) and `harbour` in World, `tram` in City."""

    host: Host
    front: FrontPage
    world: SectionPage
    city: SectionPage
    ada: AuthorPage
    ben: AuthorPage
    geneva: TopicPage
    picture: Picture
    talks: StoryPage
    harbour: StoryPage
    tram: StoryPage

    def withdrawn_by(self, change: Callable[[], Any]) -> set[str]:
        """The addresses that go from the store with a change. Everything is pressed again before."""
        for address in sorted(PAGES | FILES):
            if not self.host.has(address):
                assert self.host.press(address) == Outcome.PRESSED, address
        self.host.store.unwant(*self.host.store.wanted(1000))
        change()
        return {address for address in PAGES | FILES if not self.host.has(address)}


@pytest.fixture
def paper(transactional_db: None, host: Host) -> Paper:
    front = make_paper(name="The Courant", tagline="Since 2022")
    install_legal_documents(now=NOW)
    world, city = make_section("World"), make_section("City")
    ada, ben, geneva, picture = make_author("Ada Moreau"), make_author("Ben Okri"), make_topic(), make_picture()
    talks = make_story(
        world, headline="Talks", access="premium", bylines=[ada], topics=[geneva], lead_picture=picture,
        paragraphs=[f"{word} paragraph of the talks." for word in "First Second Third Fourth Fifth".split()],
    )  # fmt: skip
    harbour = make_story(world, headline="Harbour", published_at=datetime(2022, 3, 1, 9, tzinfo=UTC))
    rails = [f"{word} words of the tram." for word in "One Two Three Four Five Six".split()]
    tram = make_story(city, headline="Tram", bylines=[ben], paragraphs=rails)
    return Paper(host, front, world, city, ada, ben, geneva, picture, talks, harbour, tram)


def publish(page: Any, **fields: Any) -> None:
    """As the newsroom does: a revision with these words, published."""
    page = page.specific_class.objects.get(pk=page.pk)
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()


# -- Stories --------------------------------------------------------------------------------------------
def test_a_new_story_withdraws_the_lists_it_stands_in_and_no_other_story(paper: Paper) -> None:
    def change() -> None:
        make_story(paper.world, headline="Summit", bylines=[paper.ada], published_at=datetime(2022, 1, 30, tzinfo=UTC))

    assert paper.withdrawn_by(change) == {
        "/", "/world/", ADA, "/authors/", "/topics/", "/feeds/", FEED, WORLD_FEED, JANUARY, "/sitemap.xml",
    }  # fmt: skip
    paper.host.press_all()
    assert "Summit" in paper.host.text("/")
    assert "Summit" in paper.host.text("/world/")
    assert "Summit" in paper.host.text(FEED)
    assert "/world/summit/" in paper.host.text(JANUARY)
    assert "Summit" in paper.host.text("/world/summit/") if paper.host.has("/world/summit/") else True


def test_changed_words_go_from_wherever_they_stand(paper: Paper) -> None:
    """Harbour shows a card of the talks beside its text; City's tram shows none."""
    gone = paper.withdrawn_by(lambda: publish(paper.talks, title="Talks fail"))
    assert {TALKS, HARBOUR, "/", "/world/", ADA, GENEVA, FEED, WORLD_FEED} <= gone
    assert gone & {TRAM, "/city/", BEN, CITY_FEED, MARCH, "/legal/", "/-/theme.css", "/robots.txt"} == set()
    paper.host.press_all()
    for address in (TALKS, HARBOUR, "/", "/world/", ADA, GENEVA, FEED):
        assert "Talks fail" in paper.host.text(address), address


def test_a_draft_withdraws_nothing(paper: Paper) -> None:
    def change() -> None:
        story = StoryPage.objects.get(pk=paper.talks.pk)
        story.title = "Not yet"
        story.save_revision()
        make_story(paper.world, headline="A draft", live=False)

    assert paper.withdrawn_by(change) == set()


def test_a_story_that_is_unpublished_is_not_there_any_more(paper: Paper) -> None:
    gone = paper.withdrawn_by(lambda: StoryPage.objects.get(pk=paper.talks.pk).unpublish())
    assert {TALKS, HARBOUR, "/", "/world/", ADA, GENEVA, "/authors/", FEED, WORLD_FEED, JANUARY} <= gone
    assert paper.host.press(TALKS) == Outcome.NO_PAGE
    assert Client().get(TALKS).status_code == 410
    paper.host.press_all()
    assert "Talks" not in paper.host.text("/") + paper.host.text(HARBOUR) + paper.host.text(JANUARY)


def test_a_story_that_is_deleted_is_not_there_any_more(paper: Paper) -> None:
    gone = paper.withdrawn_by(lambda: StoryPage.objects.get(pk=paper.talks.pk).delete())
    assert {TALKS, HARBOUR, "/", "/world/", ADA, GENEVA, "/authors/", FEED, WORLD_FEED, JANUARY} <= gone
    assert {TRAM, "/city/", BEN, MARCH}.isdisjoint(gone)
    assert paper.host.press(TALKS) == Outcome.NO_PAGE


def test_a_story_moves_with_its_address_and_both_lists(paper: Paper) -> None:
    gone = paper.withdrawn_by(lambda: StoryPage.objects.get(pk=paper.talks.pk).move(paper.city, pos="last-child"))
    assert {TALKS, HARBOUR, "/", "/world/", "/city/", ADA, GENEVA, FEED, WORLD_FEED, CITY_FEED, JANUARY} <= gone
    assert paper.host.press(TALKS) == Outcome.NO_PAGE
    assert paper.host.press("/city/talks/") == Outcome.PRESSED
    paper.host.press_all()
    assert "Talks" in paper.host.text("/city/")
    assert "Talks" not in paper.host.text("/world/")
    assert "/city/talks/" in paper.host.text(JANUARY)


def test_another_slug_is_another_address(paper: Paper) -> None:
    gone = paper.withdrawn_by(lambda: publish(paper.talks, slug="summit"))
    assert {TALKS, HARBOUR, "/", "/world/", JANUARY} <= gone
    assert paper.host.press(TALKS) == Outcome.NO_PAGE
    assert Client().get(TALKS).url == "/world/summit/"
    paper.host.press_all()
    assert "/world/summit/" in paper.host.text("/world/")


def test_what_was_planned_comes_and_goes_by_the_clock(paper: Paper) -> None:
    story = make_story(paper.world, headline="Summit", live=False)
    story.go_live_at = timezone.now() - timedelta(minutes=1)
    story.save_revision(approved_go_live_at=story.go_live_at)
    assert {"/", "/world/", FEED} <= paper.withdrawn_by(lambda: call_command("publish_scheduled"))
    assert paper.host.press("/world/summit/") == Outcome.PRESSED
    StoryPage.objects.filter(pk=paper.talks.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    assert {TALKS, "/", "/world/", HARBOUR} <= paper.withdrawn_by(lambda: call_command("publish_scheduled"))
    assert paper.host.press(TALKS) == Outcome.NO_PAGE


def test_the_first_publication_is_stored_with_its_printed_time(paper: Paper) -> None:
    story = make_story(paper.world, headline="Summit", live=False, published_at=None)
    publish(story)
    paper.host.press("/world/summit/")
    assert "<dt>Published</dt>" in paper.host.text("/world/summit/")
    assert paper.host.store.page("/world/summit/").keys >= {f"story/{story.pk}", f"section/{paper.world.pk}"}


def test_another_printed_month_changes_both_sitemaps(paper: Paper) -> None:
    gone = paper.withdrawn_by(lambda: publish(paper.talks, published_at=datetime(2022, 3, 3, tzinfo=UTC)))
    assert {JANUARY, MARCH} <= gone


# -- Access ---------------------------------------------------------------------------------------------
def test_a_story_that_is_tightened_shows_its_text_to_nobody_more(paper: Paper) -> None:
    paper.host.press(TALKS)
    assert "Fifth paragraph" in paper.host.text(TALKS, "subscriber")
    gone = paper.withdrawn_by(lambda: publish(paper.tram, access="subscribers"))
    assert {TRAM, "/", "/city/", BEN, FEED, CITY_FEED} <= gone
    paper.host.press_all()
    assert "Six words" not in paper.host.text(TRAM) + paper.host.text(FEED)
    assert "Six words" in paper.host.text(TRAM, "subscriber")
    assert "Subscribers" in paper.host.text("/city/")


def test_a_sections_default_holds_for_its_stories_at_once(paper: Paper) -> None:
    gone = paper.withdrawn_by(lambda: publish(paper.city, default_access="registered"))
    assert {TRAM, "/city/", "/", BEN, FEED, CITY_FEED} <= gone
    assert {HARBOUR, "/world/", GENEVA, "/legal/"}.isdisjoint(gone)
    paper.host.press_all()
    assert "Six words" not in paper.host.text(TRAM)
    assert "Registered" in paper.host.text("/city/")


def test_the_walls_settings_change_gated_stories_and_what_the_server_knows(paper: Paper) -> None:
    def change() -> None:
        rules = WallSettings.objects.get()
        rules.preview_paragraphs, rules.premium_per_month = 1, 9
        rules.save()

    gone = paper.withdrawn_by(change)
    assert {TALKS, FEED, WORLD_FEED, CITY_FEED} == gone
    assert paper.host.store.settings().premium_per_month == 9
    paper.host.press_all()
    assert "Second paragraph" not in paper.host.text(TALKS)
    assert "9 Premium stories a month" in paper.host.text(TALKS)


def test_institutions_change_what_the_server_knows_and_no_page(paper: Paper) -> None:
    def change() -> None:
        Institution.objects.create(name="The library", networks="192.0.2.0/24")

    assert paper.withdrawn_by(change) == set()
    assert paper.host.store.settings().networks == [("The library", ["192.0.2.0/24"])]
    assert paper.host.ask(TALKS) is None, "Django says whose network it is"
    Institution.objects.get().delete()
    assert paper.host.store.settings().networks == []


def test_a_page_for_some_is_no_public_page(paper: Paper) -> None:
    restrict = lambda page: PageViewRestriction.objects.create(page=page, restriction_type="login")  # noqa: E731
    gone = paper.withdrawn_by(lambda: restrict(paper.talks))
    assert {TALKS, HARBOUR, "/", "/world/", ADA, FEED, JANUARY} <= gone
    assert paper.host.press(TALKS) == Outcome.NO_PAGE
    PageViewRestriction.objects.get().delete()
    assert paper.host.press(TALKS) == Outcome.PRESSED


def test_a_section_for_some_goes_from_every_menu(paper: Paper) -> None:
    gone = paper.withdrawn_by(lambda: PageViewRestriction.objects.create(page=paper.city, restriction_type="login"))
    assert gone >= PAGES
    assert paper.host.press("/city/") == Outcome.NO_PAGE
    assert paper.host.press(TRAM) == Outcome.NO_PAGE
    paper.host.press_all()
    assert "City" not in paper.host.text("/legal/")
    assert "Tram" not in paper.host.text("/")


# -- Paper, menu, look ----------------------------------------------------------------------------------
def test_the_papers_name_is_on_every_page(paper: Paper) -> None:
    def change() -> None:
        settings = PaperSettings.objects.get()
        settings.name = "The Other Courant"
        settings.save()

    gone = paper.withdrawn_by(change)
    assert gone >= PAGES
    assert {"/-/theme.css", "/manifest.webmanifest", FEED} <= gone
    paper.host.press_all()
    assert "The Other Courant" in paper.host.text("/legal/")


def test_the_menu_is_on_every_page(paper: Paper) -> None:
    assert paper.withdrawn_by(lambda: publish(paper.city, title="Town")) >= PAGES
    paper.host.press_all()
    assert "Town" in paper.host.text("/legal/")
    assert paper.withdrawn_by(lambda: make_section("Sport")) >= PAGES
    assert paper.withdrawn_by(lambda: SectionPage.objects.get(pk=paper.city.pk).move(paper.world, pos="left")) >= PAGES
    assert PAGES - {"/city/", TRAM, BEN} <= paper.withdrawn_by(lambda: publish(paper.world, colour="#336699"))
    assert "/-/theme.css" not in paper.withdrawn_by(lambda: publish(paper.world, strapline="All of it"))


def test_a_sections_own_words_are_on_its_own_pages(paper: Paper) -> None:
    gone = paper.withdrawn_by(lambda: publish(paper.city, strapline="Streets and squares"))
    assert gone == {"/city/", CITY_FEED}


def test_a_deleted_section_takes_its_stories_along(paper: Paper) -> None:
    gone = paper.withdrawn_by(lambda: SectionPage.objects.get(pk=paper.city.pk).delete())
    assert gone >= PAGES
    assert paper.host.press(TRAM) == paper.host.press("/city/") == Outcome.NO_PAGE
    paper.host.press_all()
    assert "Tram" not in paper.host.text("/") + paper.host.text(BEN) + paper.host.text(JANUARY)


def test_a_placement_changes_the_front_page_alone(paper: Paper) -> None:
    def change() -> None:
        place_stories(front=paper.front, lead=paper.tram, secondary=[], strips=[], by=None)

    assert paper.withdrawn_by(change) == {"/"}


def test_another_site_is_another_paper(paper: Paper) -> None:
    def change() -> None:
        site = Site.objects.get()
        site.site_name = "Another"
        site.save()

    assert paper.withdrawn_by(change) == PAGES | FILES


# -- Pictures, authors, topics --------------------------------------------------------------------------
@pytest.mark.parametrize("change", [
    {"caption": "Another caption"}, {"description": "Other words"}, {"credit": "Somebody"},
    {"focal_point_x": 10, "focal_point_y": 10, "focal_point_width": 20, "focal_point_height": 20},
])  # fmt: skip
def test_a_pictures_words_and_focus_change_the_pages_that_print_it(paper: Paper, change: dict[str, Any]) -> None:
    def save() -> None:
        picture = Picture.objects.get()
        for name, value in change.items():
            setattr(picture, name, value)
        picture.save()

    gone = paper.withdrawn_by(save)
    # The front page and the list beside the harbour's text print no picture of the talks.
    assert gone == {TALKS, "/world/", HARBOUR, ADA, GENEVA, FEED, WORLD_FEED}


def test_a_replaced_or_deleted_picture_changes_the_pages_that_print_it(paper: Paper) -> None:
    def replace() -> None:
        picture = Picture.objects.get()
        picture.file = picture_file(name="other.jpg", colour="#993333")
        picture._set_image_file_metadata()
        picture.save()

    assert {TALKS, FEED, "/world/"} <= paper.withdrawn_by(replace)
    assert {TALKS, FEED, "/world/"} <= paper.withdrawn_by(lambda: Picture.objects.get().delete())
    paper.host.press_all()
    assert "<figure" not in paper.host.text(TALKS)


def test_an_authors_name_stands_over_her_stories_and_on_their_cards(paper: Paper) -> None:
    gone = paper.withdrawn_by(lambda: publish(paper.ada, title="Ada Moreau-Hall"))
    assert {TALKS, HARBOUR, "/", "/world/", ADA, "/authors/", FEED, WORLD_FEED, "/feeds/"} <= gone
    assert {TRAM, "/city/", BEN, CITY_FEED, "/legal/"}.isdisjoint(gone)


def test_a_byline_changes_the_lists_of_both_authors(paper: Paper) -> None:
    def change() -> None:
        story = StoryPage.objects.get(pk=paper.talks.pk)
        story.bylines = [Byline(author=paper.ben)]
        story.save_revision().publish()

    assert {TALKS, ADA, BEN, "/authors/"} <= paper.withdrawn_by(change)
    paper.host.press_all()
    assert "Talks" in paper.host.text(BEN)
    assert "Talks" not in paper.host.text(ADA)


def test_an_author_who_is_deleted_leaves_no_link(paper: Paper) -> None:
    gone = paper.withdrawn_by(lambda: AuthorPage.objects.get(pk=paper.ada.pk).delete())
    assert {TALKS, ADA, "/authors/", FEED, "/"} <= gone
    assert paper.host.press(ADA) == Outcome.NO_PAGE


def test_a_topic_stands_under_its_stories(paper: Paper) -> None:
    gone = paper.withdrawn_by(lambda: publish(paper.geneva, title="The Geneva talks"))
    assert {TALKS, GENEVA, "/topics/", "/feeds/", FEED} <= gone
    assert {TRAM, "/city/", BEN, "/legal/"}.isdisjoint(gone)
    gone = paper.withdrawn_by(lambda: TopicPage.objects.get(pk=paper.geneva.pk).delete())
    assert {TALKS, GENEVA, "/topics/"} <= gone


def test_a_story_that_loses_its_topic_leaves_the_topics_list(paper: Paper) -> None:
    def change() -> None:
        story = StoryPage.objects.get(pk=paper.talks.pk)
        story.topic_links = []
        story.save_revision().publish()

    assert {TALKS, GENEVA, "/topics/"} <= paper.withdrawn_by(change)
    paper.host.press_all()
    assert "Talks" not in paper.host.text(GENEVA)
    assert not StoryTopic.objects.exists()


# -- The rest -------------------------------------------------------------------------------------------
def test_a_legal_documents_next_version_is_printed_where_it_is_named(paper: Paper) -> None:
    def change() -> None:
        publish_legal_document(
            kind="terms-of-use", title="Our terms", body="<p>New.</p>", effective_on=date(2026, 1, 1), now=NOW
        )

    assert paper.withdrawn_by(change) == {"/legal/", "/legal/terms-of-use/", "/sitemaps/pages.xml"}
    paper.host.press_all()
    assert "Our terms" in paper.host.text("/legal/terms-of-use/")


def test_a_redirect_withdraws_nothing_since_only_what_is_missing_is_led_on(paper: Paper) -> None:
    def change() -> None:
        Redirect.objects.create(old_path="/old", redirect_link="/world/")

    assert paper.withdrawn_by(change) == set()
    assert paper.host.press("/old/") == Outcome.NO_PAGE
    assert Client().get("/old/").status_code == 301
