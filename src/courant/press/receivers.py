"""What follows from a change in the rooms below: a row that withdraws, written in the transaction of the change."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver
from django.utils import timezone
from wagtail.models import Page
from wagtail.signals import page_published, post_page_move

import courant.stories.receivers  # noqa: F401  # its own follow-ups come first: they settle what is printed
from courant.press import changes
from courant.press.actions import end_passes, withdraw
from courant.stories import keys
from courant.wall.signals import passes_ended

MODELS: tuple[type[Model], ...] = (Page, *changes.PAGE_RULES, *changes.RULES)
LOST = "_keys_lost"


def is_draft_only(update_fields: Any) -> bool:
    return bool(update_fields) and changes.OF_DRAFTS.issuperset(update_fields)


def on_saving(sender: Any, instance: Model, raw: bool = False, update_fields: Any = None, **kwargs: Any) -> None:
    if not raw and not is_draft_only(update_fields):
        instance.__dict__[LOST] = changes.keys_before(instance)


def on_saved(
    sender: Any, instance: Model, created: bool, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    lost = instance.__dict__.pop(LOST, set())
    if is_draft_only(update_fields):
        return
    if raw:  # a fixture: what hangs on the row may not be there yet
        withdraw(keys=[keys.ALL], now=timezone.now())
        return
    new = changes.keys_of_name(instance) if created else set()
    withdraw(keys=lost | new | changes.keys_of(instance), now=timezone.now())


def on_deleting(sender: Any, instance: Model, **kwargs: Any) -> None:
    """While what hangs on the row is still there."""
    instance.__dict__[LOST] = changes.keys_of(instance) | changes.keys_of_name(instance)


def on_deleted(sender: Any, instance: Model, **kwargs: Any) -> None:
    withdraw(keys=instance.__dict__.pop(LOST, set()), now=timezone.now())


for model in MODELS:
    pre_save.connect(on_saving, sender=model)
    post_save.connect(on_saved, sender=model)
    pre_delete.connect(on_deleting, sender=model)
    post_delete.connect(on_deleted, sender=model)


@receiver(page_published)
def on_page_published(instance: Page, **kwargs: Any) -> None:
    """Once more after the first publication has settled the printed time, which no signal of the row tells of."""
    withdraw(keys=changes.keys_of(instance), now=timezone.now())


@receiver(post_page_move)
def on_page_moved(instance: Page, parent_page_before: Page, **kwargs: Any) -> None:
    """The list that it left; where it stands now was said when it was saved there."""
    left = {keys.stories_in(parent_page_before.pk), keys.furniture_in(parent_page_before.pk)}
    withdraw(keys=left | changes.keys_of(instance), now=timezone.now())


@receiver(passes_ended)
def on_passes_ended(session: Any = None, reader: Any = None, version: Any = None, **kwargs: Any) -> None:
    end_passes(session=session, reader=reader, version=version)
