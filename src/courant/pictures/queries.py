"""Reads of pictures."""

from __future__ import annotations

from courant.pictures.models import Picture


def picture_with(picture_id: int) -> Picture | None:
    """The picture with this number, or None."""
    return Picture.objects.filter(pk=picture_id).first()
