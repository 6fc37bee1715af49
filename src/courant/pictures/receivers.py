"""What follows from a change of a picture. Files of deleted rows are deleted by Wagtail's own receivers."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from courant.pictures.actions import drop_misfits
from courant.pictures.models import Picture


@receiver(post_save, sender=Picture, dispatch_uid="pictures.drop_misfits")
def drop_misfits_after_commit(instance: Picture, created: bool, raw: bool, **kwargs: Any) -> None:
    if not created and not raw:
        transaction.on_commit(partial(drop_misfits, picture=instance))
