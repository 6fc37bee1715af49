"""What every page of the paper knows: its name, sections, look. Fetched only when a template asks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from courant.stories.models import PaperSettings
from courant.stories.queries import sections_in_order


def paper(request: HttpRequest) -> dict[str, Any]:
    return {
        "paper": SimpleLazyObject(lambda: PaperSettings.for_request(request)),
        "sections": SimpleLazyObject(lambda: [(section, f"/{section.slug}/") for section in sections_in_order()]),
    }
