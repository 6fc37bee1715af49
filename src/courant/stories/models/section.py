"""Sections of the paper."""

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page

from courant.stories.doors import Served
from courant.stories.enums import RESERVED_SLUGS
from courant.stories.models.paper import HEX_COLOUR
from courant.wall.enums import Access

ACCESS_CHOICES = [
    (Access.FREE.value, "Free: everyone"),
    (Access.REGISTERED.value, "Registered: every signed-in reader"),
    (Access.PREMIUM.value, "Premium: metered for registered readers, open to subscribers"),
    (Access.SUBSCRIBERS.value, "Subscribers only"),
]


class SectionPage(Served, Page):
    """A section: its stories, its default access and its colour."""

    strapline = models.CharField(max_length=200, blank=True, help_text="One line below the section's name.")
    default_access = models.CharField(
        max_length=12,
        choices=ACCESS_CHOICES,
        default=Access.FREE.value,
        help_text="For stories that state no access of their own; a change is in force at once.",
    )
    colour = models.CharField(max_length=7, blank=True, validators=[HEX_COLOUR], help_text="Empty: the paper's accent.")
    colour_dark = models.CharField(max_length=7, blank=True, validators=[HEX_COLOUR], help_text="On dark paper.")

    content_panels = [
        *Page.content_panels,
        FieldPanel("strapline"),
        FieldPanel("default_access"),
        MultiFieldPanel([FieldPanel("colour"), FieldPanel("colour_dark")], "Colour"),
    ]
    parent_page_types = ["stories.FrontPage"]
    subpage_types = ["stories.StoryPage"]

    class Meta:
        verbose_name = "section"

    def clean(self) -> None:
        super().clean()
        if self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": f"/{self.slug}/ is an address of the paper itself: choose another slug."})
