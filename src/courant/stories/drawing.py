"""The mark of a paper that has no icon of its own: the first letter of its name on its colour."""

from __future__ import annotations

import io
from functools import lru_cache
from html import escape
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ARTICLES = ("the ", "der ", "die ", "das ", "le ", "la ", "el ")
ICO_SIZES = (16, 32, 48)
LETTER_SHARE = 0.78  # height of the letters' font, as a share of the icon
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def letter_of(name: str) -> str:
    """The letter a paper is known by: C of The Courant; empty if its name has none."""
    lowered = name.lower()
    article = next((article for article in ARTICLES if lowered.startswith(article)), "")
    for text in (name[len(article) :], name):
        if letter := next((character for character in text if character.isalnum()), ""):
            return letter.upper()[:1]
    return ""


def draw_svg(letter: str, ground: str, ink: str) -> str:
    """The mark as SVG; the browser finds a font for the letter, whatever its script."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" rx="12" fill="{escape(ground)}"/>'
        '<text x="32" y="48" text-anchor="middle" font-family="Georgia,\'Times New Roman\',serif" '
        f'font-weight="700" font-size="46" fill="{escape(ink)}">{escape(letter)}</text></svg>'
    )


@lru_cache(maxsize=64)
def draw_png(letter: str, ground: str, ink: str, size: int, font_file: Path) -> bytes:
    """The mark as PNG, `size` pixels wide and high, without transparency (iOS would paint it black)."""
    drawn = io.BytesIO()
    draw_mark(letter, ground, ink, size, font_file).save(drawn, "PNG", optimize=True)
    return drawn.getvalue()


@lru_cache(maxsize=8)
def draw_ico(letter: str, ground: str, ink: str, font_file: Path) -> bytes:
    """The mark as Windows icon in the three sizes that browsers ask for."""
    drawn = io.BytesIO()
    marks = [draw_mark(letter, ground, ink, size, font_file) for size in ICO_SIZES]
    sizes = [(size, size) for size in ICO_SIZES]
    marks[-1].save(drawn, "ICO", sizes=sizes, append_images=marks[:-1])
    return drawn.getvalue()


def draw_mark(letter: str, ground: str, ink: str, size: int, font_file: Path) -> Image.Image:
    mark = Image.new("RGB", (size, size), ground)
    canvas = ImageDraw.Draw(mark)
    font = font_of(font_file, round(size * LETTER_SHARE))
    left, top, right, bottom = font.getbbox(letter) if letter else (0, 0, 0, 0)
    if right <= left or bottom <= top:  # the font has no such letter
        draw_columns(canvas, ink, size)
        return mark
    at = ((size - right - left) / 2, (size - bottom - top) / 2)
    canvas.text(at, letter, font=font, fill=ink)
    return mark


def draw_columns(canvas: ImageDraw.ImageDraw, ink: str, size: int) -> None:
    """Lines of a newspaper's column, for a name in a script that the font lacks."""
    for line in range(4):
        top = size * (0.26 + 0.14 * line)
        right = size * (0.5 if line == 3 else 0.76)
        canvas.rectangle((size * 0.24, top, right, top + max(1, size * 0.07)), fill=ink)


@lru_cache(maxsize=16)
def font_of(font_file: Path, size: int) -> Font:
    """The paper's headline font; where Pillow cannot read it (FreeType without Brotli), its own."""
    try:
        return ImageFont.truetype(font_file, size)
    except OSError:
        return ImageFont.load_default(size)
