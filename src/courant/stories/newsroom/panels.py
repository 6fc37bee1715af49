"""Panels of the page editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from wagtail.admin.panels import Panel

from courant.stories.newsroom.checks import Check, checks_of
from courant.wall.models import WallSettings

if TYPE_CHECKING:
    from courant.stories.models import StoryPage


class ChecksPanel(Panel):
    """What stands in the way of publishing, of the draft as it was saved last."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "stories/newsroom/checks_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return {**context, "checks": checks_for(self.request, self.instance)}


def checks_for(request: HttpRequest, story: StoryPage) -> list[Check] | None:
    """The findings under the wall's settings in force; None for a story that was never saved."""
    if not story.pk:
        return None
    return checks_of(story, preview_paragraphs=WallSettings.for_request(request).preview_paragraphs)
