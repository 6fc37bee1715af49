"""Names told from other words."""

import pytest

from courant.exchange.page.bylines import is_handle, read_author, read_byline


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("By Jane Doe", [("Jane Doe", "")]),
        ("by jane doe", [("Jane Doe", "")]),
        ("BY JANE MCDONALD FOR DUNMOREONLINE", [("Jane McDonald", "for Dunmoreonline")]),
        ("By Jane Doe, John O’Brien and Anna van der Berg in Geneva",
         [("Jane Doe", ""), ("John O’Brien", ""), ("Anna van der Berg", "in Geneva")]),
        ("Jane Doe, in Beirut, and John Roe in Moscow", [("Jane Doe", "in Beirut"), ("John Roe", "in Moscow")]),
        ("Jane Doe, Diplomatic Editor", [("Jane Doe", "Diplomatic Editor")]),
        ("By Jane Doe Political Editor", [("Jane Doe", "Political Editor")]),
        ("Jane Doe, Washington DC", [("Jane Doe", "Washington DC")]),
        ("Jane Doe | @janedoe", [("Jane Doe", "")]),
        ("Jane Doe (now) and John Roe (earlier)", [("Jane Doe", "now"), ("John Roe", "earlier")]),
        ("Words by Jane Doe; photographs by John Roe", [("Jane Doe", ""), ("John Roe", "photographs")]),
        ("By JANE DOE and JOHN ROE Associated Press", [("Jane Doe", ""), ("John Roe", "Associated Press")]),
        ("By Staff and agencies", [("Staff and agencies", "")]),
        ("Sam Hall and Alex Ross, Press Association", [("Sam Hall", ""), ("Alex Ross", "Press Association")]),
        ("Par Anne Dupont (avec AFP)", [("Anne Dupont", "avec AFP")]),
        ("Von Anna Meier und Jörg Haßler", [("Anna Meier", ""), ("Jörg Haßler", "")]),
        ("מאת דנה כהן", [("דנה כהן", "")]),
        ("بقلم أحمد علي", [("أحمد علي", "")]),
    ],
)  # fmt: skip
def test_names_of_many_papers(line: str, expected: list[tuple[str, str]]) -> None:
    assert [(each.name, each.role) for each in read_byline(line, bare=True)] == expected


@pytest.mark.parametrize(
    "line",
    [
        "By Friday the talks had ended",
        "By then, it was over.",
        "by popular demand",
        "By registering, you agree",
        "What Happens Next",
        "Breaking News",
        "New York",
        "Washington, DC",
        "Geneva, Switzerland",
        "Diplomatic Editor",
        "White House",
        "Search Skerry News",
        "jane doe",
        "From the archive",
        "Text messages show it",
        "J",
        "",
    ],
)
def test_what_is_no_byline(line: str) -> None:
    assert read_byline(line, bare=True) == ()


def test_bare_names_count_only_where_they_are_asked_for() -> None:
    assert read_byline("Jane Doe") == ()
    assert [each.name for each in read_byline("Jane Doe", bare=True)] == ["Jane Doe"]


def test_a_declared_author_is_believed() -> None:
    assert [each.name for each in read_author("By Mara")] == ["Mara"]
    assert [each.name for each in read_author("The Harbour Desk")] == ["The Harbour Desk"]
    assert read_author("https://social.example/mara") == ()
    assert read_author("@mara") == ()


@pytest.mark.parametrize(
    ("line", "expected"), [("@janedoe", True), ("jane@doe.example", True), ("Ask @janedoe", False)]
)
def test_handles(line: str, expected: bool) -> None:
    assert is_handle(line) is expected
