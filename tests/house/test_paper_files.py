"""The files that readers load: joined from their parts, and inside their weight."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import brotli
import pytest

ROOT = Path(__file__).parents[2]
THEME = ROOT / "src/courant/theme/static/theme"
JOINER = runpy.run_path(str(ROOT / "scripts/join_css.py"))
PRELOADED = ("source-serif-display", "source-serif-text", "public-sans")
pytestmark = pytest.mark.anydb


@pytest.mark.parametrize("path", JOINER["joined_files"](), ids=lambda path: path.name)
def test_what_is_delivered_is_the_join_of_its_parts(path: Path) -> None:
    assert path.read_text("utf-8") == JOINER["joined_files"]()[path], f"{path.name} is stale: run `make css`"


def test_no_part_is_forgotten() -> None:
    assert {path.stem for path in (THEME / "css").glob("*.css")} == set(JOINER["STYLES"])
    assert {path.stem for path in (THEME / "js").glob("*.js")} == {*JOINER["AT_ONCE"], *JOINER["WHEN_READ"]}


def test_styles_and_behaviours_keep_their_weight() -> None:
    """Brotli, bytes; PAGE.md gives a story page 14 kB of HTML, CSS and JavaScript, 2 kB of it JavaScript."""
    assert len(brotli.compress((THEME / "paper.css").read_bytes())) < 7_000
    assert len(brotli.compress((THEME / "paper.js").read_bytes())) < 1_200


def test_fonts_keep_their_weight() -> None:
    fonts = {path.stem: path.stat().st_size for path in (THEME / "fonts").glob("*.woff2")}
    assert sum(fonts[name] for name in PRELOADED) <= 56_000
    assert sum(fonts.values()) <= 90_000


def test_fonts_come_with_their_licences() -> None:
    for name in ("source-serif-4", "public-sans"):
        assert "SIL Open Font License" in (THEME / "fonts" / f"OFL-{name}.txt").read_text("utf-8")


def test_every_font_file_named_in_the_stylesheet_exists() -> None:
    named = re.findall(r'url\("([^"]+)"\)', (THEME / "paper.css").read_text("utf-8"))
    assert named
    assert [name for name in named if not (THEME / name).is_file()] == []


def test_nothing_is_fetched_from_elsewhere() -> None:
    for name in ("paper.css", "paper.js"):
        assert not re.search(r"https?://|//[a-z]", (THEME / name).read_text("utf-8"))
