"""Topics: what stories are about, across sections."""

from typing import ClassVar

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.search import index

from courant.stories.doors import Served


class TopicsPage(Served, Page):
    """The list of topics."""

    parent_page_types = ["stories.FrontPage"]
    subpage_types = ["stories.TopicPage"]
    content_panels = [*Page.content_panels]

    class Meta:
        verbose_name = "list of topics"


class TopicPage(Served, Page):
    """A topic and its stories, newest first."""

    introduction = models.TextField(max_length=1000, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    search_fields = [*Page.search_fields, index.SearchField("introduction")]
    parent_page_types = ["stories.TopicsPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "topic"
