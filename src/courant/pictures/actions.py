"""What is done with pictures: adding one, making a rendition, dropping renditions that no longer fit."""

from __future__ import annotations

from datetime import datetime
from typing import IO

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from wagtail.images.models import Filter

from courant.pictures.cleaning import clean_picture
from courant.pictures.inspection import check_weight
from courant.pictures.models import Picture, PictureRendition
from courant.pictures.refusals import PictureNotStored, PictureRefused


def add_picture(
    *,
    file: IO[bytes] | bytes,
    name: str,
    title: str,
    alt: str,
    caption: str,
    credit: str,
    rights: str = "",
    by: AbstractBaseUser | None,
    now: datetime,
) -> Picture:
    """Clean and keep a picture; the same content again returns the picture there is, unchanged.

    Raises PictureRefused for a file or words that cannot be taken, PictureNotStored when the disk is full.
    """
    content = file if isinstance(file, bytes) else read_within_limit(file)
    cleaned = clean_picture(content, name)
    picture = Picture(
        title=title,
        description=alt,
        caption=caption,
        credit=credit,
        rights=rights,
        uploaded_by_user=by,  # type: ignore[misc]  # this room lies below the readers' and cannot name them
        file=cleaned,
        file_size=cleaned.size,
        file_hash=cleaned.digest,
    )
    check_words(picture)
    return keep_once(picture, now)


def read_within_limit(file: IO[bytes]) -> bytes:
    """The file's bytes; a file of any length costs no more memory than the largest that is taken."""
    size = file.seek(0, 2)
    check_weight(size)
    file.seek(0)
    return file.read()


def check_words(picture: Picture) -> None:
    words = {"title", "description", "caption", "credit", "rights"}
    try:
        picture.clean_fields(exclude={field.name for field in Picture._meta.fields} - words)
    except ValidationError as error:
        problems = (
            f"{getattr(Picture._meta.get_field(field), 'verbose_name', field)}: {' '.join(messages)}"
            for field, messages in error.message_dict.items()
        )
        raise PictureRefused(" ".join(problems)) from error


@transaction.atomic
def keep_once(picture: Picture, now: datetime) -> Picture:
    """Store a picture unless its content is there; two at the same time store it once."""
    if connection.vendor == "postgresql":
        # SQLite's transactions wait for one another from their start; here the content is what to wait for.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [picture.file_hash])
    existing = Picture.objects.filter(file_hash=picture.file_hash).order_by("pk").first()
    if existing is not None:
        return existing
    try:
        picture.save()
    except OSError as error:
        raise PictureNotStored(error) from error
    Picture.objects.filter(pk=picture.pk).update(created_at=now)
    picture.created_at = now
    return picture


def make_rendition(*, picture: Picture, spec: str) -> bytes:
    """The bytes of a rendition, made and kept at first call. One whose file has gone is made anew.

    When the disk is full it is made and not kept. Raises OSError if the original has gone.
    """
    rendition: PictureRendition = picture.get_rendition(spec)
    try:
        return read_whole(rendition)
    except OSError:
        if rendition.pk:
            rendition.delete()
        return read_whole(picture.create_rendition(Filter(spec=spec)))


def read_whole(rendition: PictureRendition) -> bytes:
    with rendition.open_file() as file:
        return bytes(file.read())


def drop_misfits(*, picture: Picture) -> None:
    """Delete renditions of an earlier file or focal point; nobody has their addresses any more."""
    for rendition in picture.renditions.all():
        if rendition.focal_point_key != rendition.filter.get_cache_key(picture):
            rendition.delete()
