"""The shapes and formats in which the paper prints pictures. A closed set: no other is made for a reader."""

from __future__ import annotations

from dataclasses import dataclass

FIT_WIDTHS = (320, 480, 640, 960, 1280, 1600)
PHOTO_FORMATS = ("avif", "webp", "jpeg")
CONTENT_TYPES = {
    "avif": "image/avif",
    "webp": "image/webp",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
}


@dataclass(frozen=True)
class Kind:
    """One shape: `ratio` as width to height, None for uncropped; the widths and formats it is made in.

    What is transparent is printed on white, as a drawing on nothing would vanish on a dark page, but in marks
    of the paper, which stand on a colour of the paper's choice.
    """

    name: str
    ratio: tuple[int, int] | None
    widths: tuple[int, ...] = FIT_WIDTHS
    formats: tuple[str, ...] = PHOTO_FORMATS
    is_transparent: bool = False


KINDS = {
    kind.name: kind
    for kind in (
        Kind("lead", (3, 2)),
        Kind("wide", (16, 9)),
        Kind("classic", (4, 3)),
        Kind("square", (1, 1)),
        Kind("natural", None),
        Kind("card", (1200, 630), widths=(1200,)),
        Kind("icon", (1, 1), widths=(32, 180, 192, 512), formats=("png",), is_transparent=True),
        Kind("logo", None, widths=(160, 320, 640), formats=("webp", "png"), is_transparent=True),
    )
}
