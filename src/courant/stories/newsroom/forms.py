"""Forms of the page editor: what was typed is kept or refused with a message, never half taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Widget
from django.utils.text import slugify
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.blocks.base import BlockField

BROKEN_BLOCKS = (
    "This part of the form did not arrive whole, so nothing was saved; below stands the last saved version. "
    "Reload the page and try again."
)


class PageForm(WagtailAdminPageForm):
    """A page's form that survives blocks which arrive broken: Wagtail's own answers them with a server error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.broken_fields: list[str] = []
        for name, field in self.fields.items():
            if self.is_bound and isinstance(field, BlockField):
                self.guard_blocks(name, field.widget)

    def guard_blocks(self, name: str, widget: Widget) -> None:
        """Read the blocks once; if that fails, the field falls back to what is saved and is in error."""
        prefix = self.add_prefix(name)
        try:
            value = widget.value_from_datadict(self.data, self.files, prefix)
            is_whole = len(value) == count_sent(self.data, prefix)
        except (KeyError, ValueError, TypeError, AttributeError, IndexError):
            is_whole = False
        if not is_whole:
            self.broken_fields.append(name)
            widget.value_from_datadict = returning(self.get_initial_for_field(self.fields[name], name))  # type: ignore[method-assign]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        for name in self.broken_fields:
            self.add_error(name, ValidationError(BROKEN_BLOCKS))
        return cleaned


class StoryForm(PageForm):
    """A story's form: the schedule that an embargo set moves and ends with the embargo."""

    def clean_title(self) -> str:
        """The headline's field wraps; a line end typed or pasted into it is a space."""
        return " ".join(self.cleaned_data["title"].split())

    def clean_slug(self) -> str:
        """A new story whose headline was used before gets a number; a slug of the editor's own making does not."""
        slug = str(self.cleaned_data["slug"])
        is_from_headline = slug == slugify(self.cleaned_data.get("title", ""))
        if self.instance.pk or self.parent_page is None or not is_from_headline:
            return slug
        taken = set(self.parent_page.get_children().filter(slug__startswith=slug).values_list("slug", flat=True))
        numbered = (f"{slug}-{number}" for number in range(2, len(taken) + 3))
        return next(name for name in (slug, *numbered) if name not in taken)

    def get_field_updates_for_resave(self) -> list[tuple[str, str]]:
        """After a save in the background the open form learns the slug that the story got."""
        return [*super().get_field_updates_for_resave(), ("slug", self.instance.slug)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        before, after = self.initial.get("embargoed_until"), cleaned.get("embargoed_until")
        if before and before != after and cleaned.get("go_live_at") == before:
            cleaned["go_live_at"] = after
        return cleaned


def count_sent(data: Mapping[str, Any], prefix: str) -> int:
    """How many blocks the browser sent; Wagtail drops those of a kind it does not know without a word."""
    return sum(not data[f"{prefix}-{place}-deleted"] for place in range(int(data[f"{prefix}-count"])))


def returning(value: Any) -> Callable[..., Any]:
    return lambda *args: value
