"""The newsroom's home, and the choice of a section for a new story."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.ui.components import Component
from wagtail.admin.views.home import LockedPagesPanel
from wagtail.admin.views.pages.choose_parent import ChooseParentView

from courant.stories.models import SectionPage
from courant.stories.newsroom.desk import desk_of


class DeskPanel(Component):
    """The four lists of the desk."""

    name = "desk"
    template_name = "stories/newsroom/desk.html"
    order = 100

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        request = parent_context["request"]
        now = timezone.now()
        return {"desk": desk_of(request.user, now), "today": timezone.localdate(now), "request": request}


def set_desk(request: HttpRequest, panels: list[Any]) -> None:
    """The desk replaces Wagtail's own panels, but for the list of pages that one has locked."""
    panels[:] = [DeskPanel(), *(panel for panel in panels if isinstance(panel, LockedPagesPanel))]


class ChooseSectionView(ChooseParentView):
    """Where a new story goes: one link for each section. With a single section, straight to its form."""

    template_name = "stories/newsroom/choose_section.html"
    page_title = "Write a story"

    def get_page_subtitle(self) -> str:
        return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        may_write = self.get_valid_parent_pages(self.request.user).values("pk")
        return {**context, "sections": SectionPage.objects.filter(pk__in=may_write).order_by("path")}
