"""A link to a page that is not public does not give its address away."""

from __future__ import annotations

import pytest
from django.test import Client
from wagtail.models import PageViewRestriction

from courant.stories.models import StoryPage
from tests.factories import block, make_section, make_story

pytestmark = pytest.mark.django_db


def text_that_links_to(*stories: StoryPage) -> str:
    return "".join(f'<p>See <a linktype="page" id="{story.pk}">this</a>.</p>' for story in stories)


def test_a_link_leads_to_a_public_page_and_names_no_other() -> None:
    section = make_section()
    public = make_story(section, slug="public-story")
    draft = make_story(section, slug="secret-draft", live=False)
    private = make_story(section, slug="secret-private")
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    gone = make_story(section, slug="secret-gone")
    words = text_that_links_to(public, draft, private, gone)
    gone.delete()
    make_story(
        section, slug="links", body=[block("paragraph", words), block("fact_box", {"title": "Facts", "text": words})]
    )
    for address in ("/world/links/", "/feeds/rss.xml", "/feeds/feed.json"):
        page = Client().get(address).content.decode()
        assert "/world/public-story/" in page
        assert "secret" not in page
    assert Client().get("/world/links/").content.decode().count("<a>this</a>") == 6
