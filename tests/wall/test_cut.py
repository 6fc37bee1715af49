"""The cut, on bodies of letters: p a counted paragraph, f a figure that is not counted, | the wall marker."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from courant.wall.cut import cut, without_wall

pytestmark = pytest.mark.anydb
bodies = some.text("pf", max_size=30)
counts = some.integers(-3, 20)


def is_wall(block: str) -> bool:
    return block == "|"


def is_counted(block: str) -> bool:
    return block == "p"


def preview(body: str, count: int) -> str:
    return "".join(cut(body, is_wall=is_wall, is_counted=is_counted, count=count))


@pytest.mark.parametrize(
    ("body", "count", "expected"),
    [
        ("pp|pp", 3, "pp"),
        ("fp|p", 0, "fp"),
        ("ppppp|p", 1, "ppppp"),
        ("|pppp", 3, ""),
        ("pppp|", 3, "pppp"),
        ("p|p|p", 3, "p"),
        ("|", 3, ""),
    ],
)
def test_the_marker_rules_where_there_is_one(body: str, count: int, expected: str) -> None:
    """access.md: The cut."""
    assert preview(body, count) == expected


@pytest.mark.parametrize(
    ("body", "count", "expected"),
    [
        ("pppp", 3, "ppp"),
        ("fpfpfpfp", 3, "fpfpfp"),
        ("ppppppp", 3, "ppp"),
        ("pppfff", 2, "pp"),
        ("ppp", 3, "p"),
        ("pp", 3, "p"),
        ("p", 3, ""),
        ("ffpff", 3, ""),
        ("fff", 3, ""),
        ("", 3, ""),
        ("fppp", 0, ""),
        ("fppp", -1, ""),
        ("pppppp", 50, "ppp"),
        ("fpfpffpp", 9, "fpfp"),
    ],
)
def test_the_number_rules_where_there_is_no_marker(body: str, count: int, expected: str) -> None:
    """access.md: The cut."""
    assert preview(body, count) == expected


@given(bodies, counts)
def test_a_body_without_marker_is_never_given_away(body: str, count: int) -> None:
    """access.md: The cut."""
    shown = preview(body, count)
    total = body.count("p")
    assert body.startswith(shown)
    assert shown.count("p") <= max(0, count)
    assert shown == "" or shown.count("p") < total
    if total <= count:
        assert shown.count("p") == total // 2
    if "p" in body:
        assert shown != body


@given(bodies, bodies, counts)
def test_nothing_behind_the_marker_is_shown(before: str, behind: str, count: int) -> None:
    """access.md: The cut."""
    assert preview(f"{before}|{behind}", count) == before


@given(some.text("pf|", max_size=30))
def test_the_marker_itself_is_never_sent(body: str) -> None:
    """access.md: The cut."""
    assert "|" not in preview(body, 3)
    assert "".join(without_wall(body, is_wall=is_wall)) == body.replace("|", "")


def test_the_body_is_left_as_it_was() -> None:
    body = list("pp|p")
    cut(body, is_wall=is_wall, is_counted=is_counted, count=1)
    without_wall(body, is_wall=is_wall)
    assert body == list("pp|p")


def test_any_iterable_will_do() -> None:
    assert cut(iter("pppp"), is_wall=is_wall, is_counted=is_counted, count=1) == ["p"]
