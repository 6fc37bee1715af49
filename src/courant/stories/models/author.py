"""Authors and their pages."""

from typing import ClassVar

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.search import index

from courant.stories.doors import Served


class AuthorsPage(Served, Page):
    """The list of everyone who writes for the paper."""

    parent_page_types = ["stories.FrontPage"]
    subpage_types = ["stories.AuthorPage"]
    content_panels = [*Page.content_panels]

    class Meta:
        verbose_name = "list of authors"


class AuthorPage(Served, Page):
    """An author, with everything he or she wrote; the page's title is the name."""

    role = models.CharField(max_length=120, blank=True, help_text="As printed: Diplomatic editor")
    bio = models.TextField(max_length=1500, blank=True)
    portrait = models.ForeignKey("pictures.Picture", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    email = models.EmailField("public address", blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("role"),
        FieldPanel("bio"),
        FieldPanel("portrait"),
        FieldPanel("email"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("role"), index.SearchField("bio")]
    parent_page_types = ["stories.AuthorsPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "author"
