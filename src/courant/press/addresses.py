"""Which addresses are stored: public ones that answer the same to a whole class of readers."""

from __future__ import annotations

import re

from django.urls import Resolver404, resolve
from wagtail.models import Page, Site

from courant.stories.models import AuthorPage, SectionPage, StoryPage, TopicPage

# Everything else goes to Django each time: accounts, search, the newsroom, pictures, fragments of one person.
STORED_VIEWS = frozenset(
    {
        "readers:legal",
        "readers:legal-list",
        "readers:legal-version",
        "stories:author-feed",
        "stories:favicon-ico",
        "stories:favicon-svg",
        "stories:feeds-list",
        "stories:icon-192",
        "stories:icon-512",
        "stories:look-show",
        "stories:manifest-show",
        "stories:paper-feed",
        "stories:robots-show",
        "stories:section-feed",
        "stories:security-show",
        "stories:sitemap-news",
        "stories:sitemap-pages",
        "stories:sitemap-stories",
        "stories:sitemaps-list",
        "stories:speculation-rules",
        "stories:topic-feed",
        "stories:touch-icon",
    }
)
TREE = "wagtail_serve"
PAGED = (SectionPage, AuthorPage, TopicPage)
NUMBER = re.compile(r"page=([2-9]|[1-9][0-9]{1,4})")
PATH = re.compile(r"/[A-Za-z0-9_\-./]*")


def view_at(path: str) -> str:
    """The name of the view that answers a path; empty if none does."""
    try:
        return resolve(path).view_name or ""
    except Resolver404:
        return ""


def is_pressable(address: str) -> bool:
    """Whether an address is of a kind that is stored; whether something stands there is for the page to say."""
    path, _, query = address.partition("?")
    if not PATH.fullmatch(path) or len(address) > 500:
        return False
    view = view_at(path)
    if query or address.endswith("?"):
        return view == TREE and NUMBER.fullmatch(query) is not None
    return view == TREE or view in STORED_VIEWS


def page_at(path: str) -> Page | None:
    """The public page at a path, with the fields of its kind; None for a draft, a private page or no page."""
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None:
        return None
    url_path = f"{site.root_page.url_path.rstrip('/')}{path}"
    page = Page.objects.live().public().filter(url_path=url_path).first()
    return page.specific if page else None


def is_answered_by(page: Page, address: str) -> bool:
    """Whether this page answers differently by number; where it does not, the address with a number is not stored."""
    return "?" not in address or isinstance(page, PAGED)


def story_at(page: Page | None) -> StoryPage | None:
    return page if isinstance(page, StoryPage) else None
