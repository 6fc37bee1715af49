"""Links in the text to other pages of the paper."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from wagtail import hooks
from wagtail.models import Page
from wagtail.rich_text.pages import PageLinkHandler

from courant.lib.keys import note
from courant.stories import keys
from courant.stories.addresses import address_of


class PublicPageLink(PageLinkHandler):
    """A link to a page that readers may not know of is printed as words only: its address would name it."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        wanted = {id for attrs in attrs_list if (id := attrs.get("id", "")).isdigit()}
        note(*(keys.page(int(page_id)) for page_id in wanted))
        known = {str(page.pk): page for page in Page.objects.live().public().filter(pk__in=wanted)}
        pages = [known.get(attrs.get("id", "")) for attrs in attrs_list]
        return [format_html('<a href="{}">', address_of(page)) if page else "<a>" for page in pages]


@hooks.register("register_rich_text_features", order=10)  # after Wagtail's own, in whose place it stands
def register_links(features: Any) -> None:
    features.register_link_type(PublicPageLink)
