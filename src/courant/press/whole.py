"""A change and the row that says what it withdraws are one transaction, whoever makes the change.

Django sends `post_save` after a row of a single table is committed, where nobody opened a transaction around it. A
process that is killed in between would leave pages that nobody withdraws.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.db import models, transaction
from wagtail.models import PageViewRestriction, Site

from courant.pictures.models import Picture
from courant.stories.models import PaperSettings
from courant.wall.models import Institution, WallSettings

# Pages save themselves in a transaction, and legal documents are published in one.
SINGLE_TABLES: tuple[type[models.Model], ...] = (
    Institution,
    PageViewRestriction,
    PaperSettings,
    Picture,
    Site,
    WallSettings,
)


def save_whole() -> None:
    """Have each of these models saved in a transaction with all that listens to it. Twice is once."""
    for model in SINGLE_TABLES:
        if not getattr(model.save, "is_whole", False):
            model.save = in_transaction(model.save)  # type: ignore[method-assign]


def in_transaction(save: Any) -> Any:
    @wraps(save)
    def saved(*args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            save(*args, **kwargs)

    saved.is_whole = True  # type: ignore[attr-defined]
    return saved
