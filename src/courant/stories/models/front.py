"""The front page."""

from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from courant.stories.blocks.placement import FrontPlacement
from courant.stories.doors import Served
from courant.stories.newsroom.forms import PageForm


class FrontPage(Served, Page):
    """Placed by an editor, block by block; what nobody placed is filled with the newest stories."""

    placement = StreamField(
        FrontPlacement(),
        blank=True,
        help_text="Drag to order. Left empty, the newest stories are placed by themselves.",
    )

    content_panels = [*Page.content_panels, FieldPanel("placement")]
    base_form_class = PageForm
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["stories.SectionPage", "stories.AuthorsPage", "stories.TopicsPage"]

    class Meta:
        verbose_name = "front page"
