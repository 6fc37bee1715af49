"""The paper's pictures and their renditions."""

from __future__ import annotations

import logging
from io import BytesIO
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, models, transaction
from django.db.models.fields.files import FieldFile
from django.utils.crypto import get_random_string
from wagtail.images.models import (
    AbstractImage,
    AbstractRendition,
    Filter,
    get_rendition_storage,
    get_rendition_upload_to,
    get_upload_to,
)
from wagtail.search import index

from courant.pictures.addresses import newsroom_url, read_printed_spec
from courant.pictures.crops import crop_box, height_for
from courant.pictures.encoding import encode
from courant.pictures.fields import PictureField, RenditionField
from courant.pictures.turns import drawing_boards, turns

logger = logging.getLogger(__name__)


class KeptWhole(models.Model):
    """A row and its file come together or not at all; the file has a name that nobody can guess."""

    class Meta:
        abstract = True

    _new_file = ""

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Django's; if the disk is full or the row is refused, what was written of the file is removed."""
        file: FieldFile = self.file  # type: ignore[attr-defined]  # each model brings its own
        try:
            if file and not file._committed:  # type: ignore[attr-defined]
                # Before the columns are read, since what is known of the file changes as it is cleaned.
                file.save(str(file.name), file.file, save=False)
            super().save(*args, **kwargs)
        except BaseException:
            self.discard_new_file()
            raise
        self._new_file = ""

    def name_new_file(self, path: str) -> str:
        """Remember where a new file is going to be written."""
        self._new_file = path
        return path

    def discard_new_file(self) -> None:
        """Remove a file that was written for a row that will not be."""
        if self._new_file:
            self._meta.get_field("file").storage.delete(self._new_file)  # type: ignore[union-attr]
            self._new_file = ""


class Picture(KeptWhole, AbstractImage):  # type: ignore[django-manager-missing]  # untyped in Wagtail
    """A picture with what the law and readers who cannot see it ask for: credit, rights, alternative text."""

    file = PictureField("file", upload_to=get_upload_to, width_field="width", height_field="height")
    description = models.CharField(
        "alternative text",
        max_length=255,
        blank=True,
        default="",
        help_text="What the picture shows, for readers who cannot see it. A story needs it to be published.",
    )
    caption = models.CharField(max_length=500, blank=True, help_text="What the picture shows, as printed below it.")
    credit = models.CharField(max_length=200, blank=True, help_text="Who made it: Name/Agency.")
    rights = models.CharField(max_length=300, blank=True, help_text="What the paper may do with it, and until when.")

    admin_form_fields = (
        "title",
        "file",
        "description",
        "caption",
        "credit",
        "rights",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )
    search_fields = [*AbstractImage.search_fields, index.SearchField("caption"), index.SearchField("credit")]

    class Meta(AbstractImage.Meta):
        verbose_name = "picture"

    def __str__(self) -> str:
        return str(self.title)

    @property
    def alt(self) -> str:
        """Alternative text; Wagtail calls the field description."""
        return self.description

    @property
    def default_alt_text(self) -> str:
        """What Wagtail offers where none is written: never the title, which is mostly a file's name."""
        return self.description

    def get_upload_to(self, filename: str) -> str:
        """A name nobody can guess: a picture after the cut must not be had by it (access.md)."""
        return self.name_new_file(str(super().get_upload_to(f"{get_random_string(16)}-{filename}")))

    def _set_image_file_metadata(self) -> None:
        """Nothing is left to do for Wagtail's forms: the file told its size and digest when it was stored."""

    def create_rendition(self, filter: Filter) -> PictureRendition:
        """Made once, however many ask at a time: threads wait, another process's copy is thrown away.

        When there is no room for it, it is not kept: its row has no number, its file is in memory.
        """
        key = filter.get_cache_key(self)
        with turns.turn(f"{self.pk}/{filter.spec}/{key}"):
            wanted = self.renditions.filter(filter_spec=filter.spec, focal_point_key=key)
            if found := wanted.first():
                return found
            file = self.generate_rendition_file(filter)
            made = PictureRendition(image=self, filter_spec=filter.spec, focal_point_key=key, file=file)
            try:
                with transaction.atomic():
                    made.save()
            except IntegrityError:
                made.file.storage.delete(made.file.name)
                if found := wanted.first():
                    return found
                raise  # the picture itself was deleted meanwhile
            except OSError as error:
                logger.warning("Rendition %s of picture %s is not kept: %s", filter.spec, self.pk, error)
            return made

    def generate_rendition_file(self, filter: Filter, *, source: File[Any] | None = None) -> File[Any]:
        """The file of a rendition, not yet stored."""
        if filter.spec == "original":
            # Wagtail would encode the whole picture once more, to show what is there already.
            with self.open_file() as original:
                return File(BytesIO(original.read()), name=self.filename)
        printed = read_printed_spec(filter.spec)
        with drawing_boards:
            if printed is None:
                # Wagtail leaves its temporary file open.
                with super().generate_rendition_file(filter, source=source) as made:
                    made.seek(0)
                    return File(BytesIO(made.read()), name=made.name)
            kind, width, format = printed
            with self.open_file() as original:
                content = encode(
                    source or original,
                    box=crop_box(self, kind),
                    size=(width, height_for(self, kind, width)),
                    original_width=self.width,
                    format=format,
                    is_transparent=kind.is_transparent,
                )
        return File(BytesIO(content), name=f"{kind.name}-{width}.{format}")


class PictureRendition(KeptWhole, AbstractRendition):
    """A picture in one size and format; the only form that leaves the server."""

    file = RenditionField(
        upload_to=get_rendition_upload_to,
        storage=get_rendition_storage,
        width_field="width",
        height_field="height",
    )
    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="picture_rendition_once")
        ]

    def __str__(self) -> str:
        return f"{self.image_id} {self.filter_spec}"

    @property
    def url(self) -> str:
        """Signed: what the newsroom shows comes from the same door as what readers see."""
        return newsroom_url(self)

    def get_upload_to(self, filename: str) -> str:
        return self.name_new_file(str(super().get_upload_to(f"{get_random_string(16)}-{filename}")))
