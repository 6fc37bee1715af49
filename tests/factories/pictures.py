"""Pictures, drawn on the spot."""

import io
import itertools
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from wagtail.models import Collection

from courant.pictures.models import Picture

numbers = itertools.count(1)


def picture_file(
    *,
    name: str = "harbour.jpg",
    size: tuple[int, int] = (1600, 900),
    colour: str = "#336699",
    kind: str = "JPEG",
) -> SimpleUploadedFile:
    """A picture as a browser would upload it."""
    drawn = io.BytesIO()
    Image.new("RGB", size, colour).save(drawn, kind)
    return SimpleUploadedFile(name, drawn.getvalue(), f"image/{kind.lower()}")


def make_picture(
    *, title: str = "", size: tuple[int, int] = (1600, 900), colour: str = "#336699", **values: Any
) -> Picture:
    """A picture with all that a reader is told of it."""
    if Collection.get_first_root_node() is None:  # a test that commits finds an emptied database afterwards
        Collection.add_root(name="Root")
    number = next(numbers)
    fields = {
        "title": title or f"Harbour {number}",
        "description": "Grey water and two cranes.",
        "caption": f"The harbour at dawn, {number}.",
        "credit": "Ada Moreau/Courant",
        **values,
    }
    return Picture.objects.create(file=picture_file(name=f"harbour-{number}.jpg", size=size, colour=colour), **fields)
