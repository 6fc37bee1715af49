"""A file field that lets nothing through but cleaned pictures, whoever assigns to it."""

from __future__ import annotations

from typing import Any

from django.core.files.base import File
from PIL import Image, UnidentifiedImageError
from wagtail.images.models import WagtailImageField, WagtailImageFieldFile

from courant.pictures.cleaning import CleanPicture, clean_picture
from courant.pictures.encoding import READABLE
from courant.pictures.inspection import BOMBS, check_weight
from courant.pictures.refusals import PictureRefused


def clean_file(file: File[Any], name: str) -> CleanPicture:
    """As `clean_picture`, of a file of any kind; one that is clean already passes as it is."""
    if isinstance(file, CleanPicture):
        return file
    check_weight(file.size)
    file.seek(0)
    return clean_picture(file.read(), name)


class SizedFile(WagtailImageFieldFile):
    """A stored file that tells its width and height from its header; Wagtail's decodes the whole picture."""

    def get_image_dimensions(self) -> tuple[int, int]:
        was_closed = self.closed
        self.open()
        try:
            with Image.open(self, formats=READABLE) as image:
                return image.size
        except (UnidentifiedImageError, *BOMBS) as error:
            raise PictureRefused("The file is not a picture that can be read.") from error
        finally:
            if was_closed:
                self.close()
            else:
                self.seek(0)


class PictureFile(SizedFile):
    """The stored original of a picture."""

    def save(self, name: str, content: File[Any], save: bool = True) -> None:
        cleaned = clean_file(content, name)
        super().save(cleaned.name or name, cleaned, save=False)
        self.instance.file_size, self.instance.file_hash = cleaned.size, cleaned.digest
        if save:
            self.instance.save()

    save.alters_data = True  # type: ignore[attr-defined]  # Django's mark: not callable from templates


class RenditionField(WagtailImageField):
    """Wagtail's image field with `SizedFile`."""

    attr_class = SizedFile


class PictureField(WagtailImageField):
    """Wagtail's image field with `PictureFile`."""

    attr_class = PictureFile
