"""The laws of the wall and their tests know one another."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.anydb
HERE = Path(__file__).parent
RULES = HERE.parents[1] / "docs" / "rules"
QUOTED = re.compile(r'"""(access\.md|metering\.md|pass\.md): ([^"]+)\."""')
# What is shown with a paper that is served has a file for each section, which its first line names.
NAMED = re.compile(r'^"""[^"]+docs/rules/(access\.md|metering\.md|pass\.md), "([^"]+)"\."""')


def headings(name: str) -> set[tuple[str, str]]:
    text = (RULES / name).read_text(encoding="utf-8")
    return {(name, heading) for heading in re.findall(r"^## (.+)$", text, re.MULTILINE)}


def test_every_heading_is_tested_and_every_quotation_stands() -> None:
    written = headings("access.md") | headings("metering.md") | headings("pass.md")
    files = [*HERE.glob("test_*.py"), HERE.parent / "readers" / "test_passes.py"]
    texts = [path.read_text(encoding="utf-8") for path in files]
    served = [path.read_text(encoding="utf-8") for path in (HERE.parent / "survival").glob("test_*.py")]
    quoted = {quotation for text in texts for quotation in QUOTED.findall(text)}
    assert quoted | {quotation for text in served for quotation in NAMED.findall(text)} == written
