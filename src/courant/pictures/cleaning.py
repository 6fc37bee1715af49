"""What is kept of an upload: its pixels, upright, and its colour profile; not where, when or with what.

The file is written anew from its pixels, so that no block of metadata, comment or tail of the file survives,
known or not. JPEG is written with its own tables, which costs next to nothing of its quality.
"""

from __future__ import annotations

import os
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.utils.functional import cached_property
from PIL import Image, ImageOps, JpegImagePlugin
from wagtail.utils.file import hash_filelike

from courant.pictures.inspection import DAMAGED, decode, open_picture
from courant.pictures.refusals import PictureRefused
from courant.pictures.turns import drawing_boards

# GIF is kept as PNG, which holds the same pixels in fewer bytes; a moving picture becomes its first frame.
KEPT_AS = {"JPEG": "jpeg", "MPO": "jpeg", "PNG": "png", "GIF": "png", "WEBP": "webp", "AVIF": "avif"}
ENDINGS = {"jpeg": "jpg", "png": "png", "webp": "webp", "avif": "avif"}


class CleanPicture(ContentFile):
    """A file that has been through here: safe to store and to open."""

    @cached_property
    def digest(self) -> str:
        """Of the bytes that are stored, as Wagtail makes it for Picture.file_hash."""
        self.seek(0)
        return str(hash_filelike(self))


def clean_picture(content: bytes, name: str) -> CleanPicture:
    """The file without anything but the picture, its name's ending put right; PictureRefused says why not."""
    with drawing_boards, open_picture(content) as image:
        decode(image)
        kept = KEPT_AS[image.format or ""]
        output = BytesIO()
        options = save_options(image, kept, content)
        try:
            upright(image).save(output, format=kept.upper(), **options)
        except (OSError, ValueError) as error:
            raise PictureRefused(DAMAGED) from error
    stem = os.path.splitext(os.path.basename(name.replace("\\", "/")))[0].strip(". ") or "picture"
    return CleanPicture(output.getvalue(), name=f"{stem}.{ENDINGS[kept]}")


def upright(image: Image.Image) -> Image.Image:
    """The pixels turned as the camera was held, without any metadata."""
    try:
        turned = ImageOps.exif_transpose(image)
    except Exception:  # a broken EXIF block says nothing about the orientation
        turned = image
    transparency = turned.info.get("transparency")
    turned.info = {} if transparency is None else {"transparency": transparency}
    return turned


def save_options(image: Image.Image, kept: str, content: bytes) -> dict[str, Any]:
    """How to write the format with as little loss as it allows."""
    profile = image.info.get("icc_profile")
    options: dict[str, Any] = {"icc_profile": profile} if profile else {}
    if kept == "jpeg":
        sampling = JpegImagePlugin.get_sampling(image)
        tables = getattr(image, "quantization", None)
        options |= {"qtables": tables, "subsampling": max(sampling, 0)} if tables else {"quality": 92}
    elif kept == "webp":
        options |= {"lossless": True} if b"VP8L" in content else {"quality": 92}
    elif kept == "avif":
        options |= {"quality": 88, "speed": 8}
    return options
