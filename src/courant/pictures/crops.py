"""The arithmetic of crops: which part of a picture is printed, in which widths, how high. No pixels here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courant.pictures.kinds import Kind

if TYPE_CHECKING:
    from courant.pictures.models import Picture

Box = tuple[float, float, float, float]

# WebP cannot be higher than 16,383 pixels, and no page needs half of that.
MOST_HEIGHT = 8192
# A picture less than a tenth wider than the last regular width is not worth a file of its own.
WORTH_ANOTHER = 1.1


def crop_size(width: int, height: int, kind: Kind) -> tuple[float, float]:
    """Width and height of the largest part of a picture that has the kind's shape."""
    if kind.ratio is None:
        return width, height
    across, down = kind.ratio
    if width * down <= height * across:
        return width, width * down / across
    return height * across / down, height


def full_width(picture: Picture, kind: Kind) -> int:
    """The widest that a picture can be printed in a kind without inventing pixels; never 0."""
    width, height = crop_size(picture.width, picture.height, kind)
    return max(1, int(min(width, width * MOST_HEIGHT / height)))


def offered_widths(picture: Picture, kind: Kind) -> tuple[int, ...]:
    """The widths in which a picture is to be had, rising; a small picture ends with about its own width."""
    full = full_width(picture, kind)
    offered = tuple(width for width in kind.widths if width <= full)
    is_enough = len(offered) == len(kind.widths) or (offered and full < offered[-1] * WORTH_ANOTHER)
    return offered if is_enough else (*offered, full)


def height_for(picture: Picture, kind: Kind, width: int) -> int:
    """The height of a picture printed in a kind at this width, in whole pixels."""
    across, down = kind.ratio or (picture.width, picture.height)
    return max(1, round(width * down / across))


def crop_box(picture: Picture, kind: Kind) -> Box:
    """The part of the picture to print: left, upper, right, lower, around its focal point."""
    width, height = crop_size(picture.width, picture.height, kind)
    focal = picture.get_focal_point()
    if focal is None:
        left, top = (picture.width - width) / 2, (picture.height - height) / 2
    else:
        left = place(picture.width, width, focal.left, focal.right)
        top = place(picture.height, height, focal.top, focal.bottom)
    return left, top, left + width, top + height


def place(length: float, window: float, start: float, end: float) -> float:
    """Where a window begins on a line of this length, so that it shows the stretch from start to end.

    The stretch keeps its relative place; one longer than the window has its middle shown.
    """
    middle = (start + end) / 2
    begin = middle * (1 - window / length)
    begin = middle - window / 2 if end - start > window else min(max(begin, end - window), start)
    return min(max(begin, 0), length - window)
