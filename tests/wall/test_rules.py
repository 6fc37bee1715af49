"""The laws of the wall and their tests know one another."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.anydb
HERE = Path(__file__).parent
RULES = HERE.parents[1] / "docs" / "rules"
QUOTED = re.compile(r'"""(access\.md|metering\.md): ([^"]+)\."""')


def headings(name: str) -> set[tuple[str, str]]:
    text = (RULES / name).read_text(encoding="utf-8")
    return {(name, heading) for heading in re.findall(r"^## (.+)$", text, re.MULTILINE)}


def test_every_heading_is_tested_and_every_quotation_stands() -> None:
    written = headings("access.md") | headings("metering.md")
    texts = [path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py")]
    assert {quotation for text in texts for quotation in QUOTED.findall(text)} == written
