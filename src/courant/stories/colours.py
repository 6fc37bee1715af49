"""Arithmetic of colours, as WCAG 2.2 defines contrast. A colour is # and six hexadecimal digits."""

from __future__ import annotations

import re

HEX = re.compile(r"#[0-9a-fA-F]{6}")
WHITE, BLACK = "#ffffff", "#000000"
DARK_PAPER = "#141311"
READABLE = 4.5  # WCAG 1.4.3, text of ordinary size


def is_colour(text: str) -> bool:
    return HEX.fullmatch(text) is not None


def channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Relative luminance, from 0 (black) to 1 (white)."""
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1 to 21."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """The colour with this share (0 to 1) of another."""
    mixed = (round(a + (b - a) * share) for a, b in zip(channels(colour), channels(other), strict=True))
    return "#" + "".join(f"{value:02x}" for value in mixed)


def ink_on(ground: str) -> str:
    """White or black, whichever is read better on this ground."""
    return WHITE if contrast(WHITE, ground) >= contrast(BLACK, ground) else BLACK


def lightened_for_dark(colour: str, paper: str = DARK_PAPER) -> str:
    """The colour with just enough white in it to be read on dark paper."""
    for share in range(0, 100, 5):
        lighter = mix(colour, WHITE, share / 100)
        if contrast(lighter, paper) >= READABLE:
            return lighter
    return WHITE
