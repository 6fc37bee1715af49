"""A change of an institution is in force at once in the process that made it."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from courant.wall.models import Institution
from courant.wall.queries import known_networks


@receiver([post_save, post_delete], sender=Institution)
def forget_networks(sender: Any, **kwargs: Any) -> None:
    known_networks.forget()
