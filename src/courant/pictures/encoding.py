"""Pixels into files: one crop of a picture in one size and format, without metadata, in sRGB.

Qualities were chosen so that a lead picture 640 pixels wide weighs 15 to 35 kB as AVIF. From 960 pixels up
a picture is mostly shown on dense screens, which hide what a lower quality loses.
"""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from typing import IO, Any

from PIL import Image, ImageCms

from courant.pictures.crops import Box

READABLE = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
WHITE = (255, 255, 255)

# Width up to which the quality holds, then AVIF, WebP, JPEG quality.
QUALITIES = (
    (640, {"avif": 55, "webp": 72, "jpeg": 74}),
    (960, {"avif": 50, "webp": 68, "jpeg": 70}),
    (None, {"avif": 45, "webp": 62, "jpeg": 64}),
)
# AVIF at speed 8 takes a quarter of the time of the default 6 and weighs about 4 % more.
AVIF_SPEED = 8


def encode(
    source: IO[bytes],
    *,
    box: Box,
    size: tuple[int, int],
    original_width: int,
    format: str,
    is_transparent: bool = False,
) -> bytes:
    """The part of a picture within the box (in pixels of the original) as a file of this size and format."""
    with Image.open(source, formats=READABLE) as image:
        # JPEG decodes straight to a half, quarter or eighth; twice the size wanted keeps the scaling clean.
        shrink = max(1.0, (box[2] - box[0]) / (size[0] * 2))
        image.draft(None, (int(image.width / shrink), int(image.height / shrink)))
        scale = image.width / original_width
        scaled = tuple(edge * scale for edge in box)
        right, lower = min(scaled[2], image.width), min(scaled[3], image.height)
        pixels = as_rgb(image).resize(
            size, Image.Resampling.LANCZOS, box=(scaled[0], scaled[1], right, lower), reducing_gap=2.0
        )
        pixels = as_srgb(pixels, image.info.get("icc_profile"))
    return save(pixels if is_transparent else on_white(pixels), format)


def save(pixels: Image.Image, format: str) -> bytes:
    """The pixels as a file in a format of `kinds`; nothing else gets into it."""
    pixels.info = {}
    output = BytesIO()
    pixels.save(output, format=format.upper(), **options_for(format, pixels.width))
    return output.getvalue()


def options_for(format: str, width: int) -> dict[str, Any]:
    if format == "png":
        return {"optimize": True}
    quality = next(qualities[format] for most, qualities in QUALITIES if most is None or width <= most)
    if format == "avif":
        return {"quality": quality, "speed": AVIF_SPEED}
    if format == "webp":
        return {"quality": quality, "method": 4}
    return {"quality": quality, "optimize": True, "progressive": True}


def as_rgb(image: Image.Image) -> Image.Image:
    """In a mode that scales cleanly; CMYK stays, since its profile is needed to understand it."""
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode.startswith("I;16"):
        # Pillow cuts sixteen bits off at 255 instead of scaling them.
        return image.convert("I").point(lambda value: value / 256, "L").convert("RGB")
    return image if image.mode in ("RGB", "CMYK") else image.convert("RGB")


def as_srgb(pixels: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as a browser shows them without a profile; one that cannot be read is left out of account."""
    mode = "RGBA" if pixels.mode == "RGBA" else "RGB"
    converted = None
    if profile:
        srgb = ImageCms.createProfile("sRGB")
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(pixels, own, srgb, outputMode=mode)
    return converted or pixels.convert(mode)


def on_white(pixels: Image.Image) -> Image.Image:
    """The pixels with paper behind them."""
    if pixels.mode != "RGBA":
        return pixels
    paper = Image.new("RGBA", pixels.size, (*WHITE, 255))
    return Image.alpha_composite(paper, pixels).convert("RGB")
