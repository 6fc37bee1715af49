"""Cuts the theme's four font files out of the upstream variable fonts. Needs fonttools and brotli.

    python scripts/make_fonts.py SourceSerif4Variable-Roman.ttf SourceSerif4Variable-Italic.ttf "PublicSans[wght].ttf"

Sources: npm `source-serif` (VAR/), PyPI `fontpkg-public-sans` (files/). Source is a reserved font name, so the
licence asks for another one in a changed font: the files call themselves Courant Serif and Courant Sans.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FONTS = Path(__file__).parent.parent / "src" / "courant" / "theme" / "static" / "theme" / "fonts"
ASCII = {chr(code) for code in range(0x20, 0x7F)}
LATIN_1 = {chr(code) for code in range(0xA0, 0x100)} - set("¤¦¨¬\xad¯´¸µ¶¹ªº¼¾")
PUNCTUATION = set("‐‑–—‘’‚“”„†•…′″‹›€™←→−\u2009\u202f")
LATIN_A = set("ĀāĂăĄąĆćČčĎďĐđĒēĖėĘęĚěĞğĢģĪīĮįİıĶķĹĺĻļĽľŁłŃńŅņŇňŌōŐőŒœŔŕŘřŚśŞşŠšŢţŤťŪūŮůŰűŲųŸŹźŻżŽžȘșȚț")
SERIF = ASCII | LATIN_1 | PUNCTUATION | LATIN_A
SANS_LATIN_A = set("ĄąĆćČčĎďĐđĘęĚěĞğİıŁłŃńŇňŐőŒœŘřŚśŞşŠšŤťŮůŰűŹźŻżŽžȘșȚț")
SANS = (ASCII | LATIN_1 | PUNCTUATION | SANS_LATIN_A) - set("ÞþÐð′″†¢¥®±")


def cut(source: str, name: str, family: str, axes: dict[str, object], letters: set[str], features: list[str]) -> None:
    font = TTFont(source)
    options = subset.Options()
    options.layout_features, options.hinting, options.glyph_names = features, False, False
    options.name_IDs, options.name_languages = [0, 1, 2, 4, 6], [0x409]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[ord(letter) for letter in letters])
    subsetter.subset(font)
    font = instantiateVariableFont(font, axes, optimize=True)
    if "fvar" not in font:
        for table in ("STAT", "MVAR"):
            if table in font:
                del font[table]
    names = {1: family, 4: family, 6: family.replace(" ", "")}
    for record in list(font["name"].names):
        if record.nameID in names:
            record.string = names[record.nameID]
        elif record.nameID not in (0, 2):
            font["name"].removeNames(nameID=record.nameID)
    font["post"].formatType = 3.0
    font.flavor = "woff2"
    font.save(FONTS / f"{name}.woff2")
    sys.stdout.write(f"{name}: {(FONTS / f'{name}.woff2').stat().st_size:,} bytes\n")


def main(roman: str, italic: str, sans: str) -> None:
    text, display = {"opsz": 16, "wght": 400}, {"opsz": 32, "wght": 600}
    cut(roman, "source-serif-text", "Courant Serif Text", text, SERIF, ["kern", "liga"])
    cut(roman, "source-serif-display", "Courant Serif Display", display, SERIF, ["kern", "liga"])
    cut(italic, "source-serif-italic", "Courant Serif Italic", text, SERIF, ["kern", "liga"])
    cut(sans, "public-sans", "Courant Sans", {"wght": (400, 400, 700)}, SANS, ["kern"])


if __name__ == "__main__":
    main(*sys.argv[1:4])
