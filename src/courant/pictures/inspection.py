"""What is let in as a picture: judged by its content, never its name, and by the header before any pixel."""

from __future__ import annotations

import re
from io import BytesIO

import filetype  # type: ignore[import-untyped]  # it ships no types
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from PIL import Image, UnidentifiedImageError

from courant.pictures.encoding import READABLE
from courant.pictures.refusals import PictureRefused

ACCEPTED = "JPEG, PNG, WebP, AVIF and GIF"
TAKEN = f"Taken are {ACCEPTED}."
STARTS_WITH_TAG = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<")
# Pillow warns at its limit and refuses at twice that; a warning may have been made an error.
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
DAMAGED = "The file is damaged or incomplete. Please export or download it again."


def check_weight(size: int) -> None:
    """Refuse an empty file and one heavier than the setting WAGTAILIMAGES_MAX_UPLOAD_SIZE (bytes)."""
    if size == 0:
        raise PictureRefused("The file is empty.")
    most = settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE
    if size > most:
        weight, limit = filesizeformat(size), filesizeformat(most)
        raise PictureRefused(f"The file weighs {weight}; at most {limit} are taken.")


def open_picture(content: bytes) -> Image.Image:
    """The picture, header read and nothing decoded; refuses other types and too many pixels or frames."""
    check_weight(len(content))
    try:
        image = Image.open(BytesIO(content), formats=READABLE)
        frames = 1 if image.format == "MPO" else int(getattr(image, "n_frames", 1))
    except UnidentifiedImageError:
        raise PictureRefused(describe_wrong_type(content)) from None
    except BOMBS:
        raise PictureRefused(f"The picture has too many pixels; {most_pixels()}") from None
    except Exception as error:  # decoders raise what they like at broken headers
        raise PictureRefused(DAMAGED) from error
    check_pixels(image, frames)
    return image


def check_pixels(image: Image.Image, frames: int) -> None:
    """Refuse more pixels, all frames together, than the setting WAGTAILIMAGES_MAX_IMAGE_PIXELS."""
    pixels = image.width * image.height
    if pixels > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
        raise PictureRefused(
            f"The picture has {image.width:,} × {image.height:,} pixels, which is too many; {most_pixels()}"
        )
    if pixels * frames > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
        raise PictureRefused(
            f"The moving picture has {frames:,} frames, which is too many; save one of them as a still."
        )


def decode(image: Image.Image) -> None:
    """Read every pixel of the first frame; refuses a file that ends early or cannot be understood."""
    try:
        image.seek(0)
        image.load()
    except Exception as error:  # as above
        raise PictureRefused(DAMAGED) from error


def most_pixels() -> str:
    millions = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS / 1_000_000
    return f"at most {millions:,.0f} million are taken. Make it smaller."


def describe_wrong_type(content: bytes) -> str:
    """A sentence that says what the file is, as far as can be seen, and what would be right."""
    if STARTS_WITH_TAG.match(content):
        if b"<svg" in content[:4096].lower():
            return f"SVG drawings are not taken, since they can carry programs: export it as PNG. {TAKEN}"
        return f"This is a text or web page, not a picture. {TAKEN}"
    kind = filetype.guess(content)
    if kind is None:
        return f"This is not a picture that can be read. {TAKEN}"
    if kind.extension in ("jpg", "png", "webp", "avif", "gif"):
        return DAMAGED
    return f"Files of the type {kind.extension.upper()} are not taken. {TAKEN}"
