"""What every page of the paper knows: its name, sections, look, reader. Fetched only when a template asks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from courant.stories.audience import is_signed_in
from courant.stories.queries import paper_of, sections_in_order


def paper(request: HttpRequest) -> dict[str, Any]:
    return {
        "paper": SimpleLazyObject(lambda: paper_of(request)),
        "sections": SimpleLazyObject(lambda: [(section, f"/{section.slug}/") for section in sections_in_order()]),
        "is_signed_in": SimpleLazyObject(lambda: is_signed_in(request)),
    }
