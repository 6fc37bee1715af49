"""The arithmetic of crops."""

import pytest

from courant.pictures.crops import crop_box, full_width, height_for, offered_widths, place
from courant.pictures.kinds import KINDS
from courant.pictures.models import Picture


def picture(width: int, height: int, focal: tuple[int, int, int, int] | None = None) -> Picture:
    x, y, across, down = focal or (None, None, None, None)
    return Picture(
        width=width,
        height=height,
        collection_id=1,
        focal_point_x=x,
        focal_point_y=y,
        focal_point_width=across,
        focal_point_height=down,
    )


@pytest.mark.parametrize(
    ("size", "kind", "widths"),
    [
        ((2400, 1600), "lead", (320, 480, 640, 960, 1280, 1600)),
        ((1600, 1067), "lead", (320, 480, 640, 960, 1280, 1600)),
        ((1600, 1067), "square", (320, 480, 640, 960, 1067)),
        ((1600, 1050), "square", (320, 480, 640, 960)),  # less than a tenth more is not worth a file
        ((1600, 1200), "square", (320, 480, 640, 960, 1200)),
        ((800, 600), "natural", (320, 480, 640, 800)),
        ((300, 400), "lead", (300,)),
        ((1, 1), "wide", (1,)),
        ((3000, 2000), "card", (1200,)),
        ((800, 800), "card", (800,)),
        ((512, 512), "icon", (32, 180, 192, 512)),
        ((500, 40_000), "natural", (102,)),
    ],
)
def test_offered_widths_never_exceed_the_original(size: tuple[int, int], kind: str, widths: tuple[int, ...]) -> None:
    assert offered_widths(picture(*size), KINDS[kind]) == widths


@pytest.mark.parametrize(
    ("kind", "width", "height"),
    [
        ("lead", 640, 427),
        ("wide", 1280, 720),
        ("classic", 640, 480),
        ("square", 480, 480),
        ("natural", 320, 213),
        ("card", 1200, 630),
    ],
)
def test_height_follows_the_shape(kind: str, width: int, height: int) -> None:
    assert height_for(picture(2400, 1600), KINDS[kind], width) == height


@pytest.mark.parametrize("size", [(1, 1), (2, 999), (999, 2), (333, 777), (1600, 1067), (4031, 3023)])
@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_crop_lies_within_the_picture(size: tuple[int, int], kind: object) -> None:
    for focal in (None, (0, 0, 1, 1), (size[0], size[1], 50, 50), (size[0] // 2, 0, 9000, 9000)):
        subject = picture(*size, focal)
        left, top, right, bottom = crop_box(subject, kind)
        assert 0 <= left < right <= size[0] + 1e-9
        assert 0 <= top < bottom <= size[1] + 1e-9
        assert height_for(subject, kind, full_width(subject, kind)) <= max(1, size[1])


def test_without_a_focal_point_the_middle_is_printed() -> None:
    assert crop_box(picture(1600, 1000), KINDS["square"]) == (300, 0, 1300, 1000)


def test_the_focal_point_keeps_its_place_and_is_shown_whole() -> None:
    at_left = crop_box(picture(1600, 1000, (100, 500, 200, 200)), KINDS["square"])
    at_right = crop_box(picture(1600, 1000, (1550, 500, 100, 100)), KINDS["square"])
    assert at_left == (0, 0, 1000, 1000)
    assert at_right == (600, 0, 1600, 1000)


@pytest.mark.parametrize(
    ("start", "end", "begin"),
    [(45, 55, 30), (0, 10, 0), (90, 100, 60), (10, 30, 10), (20, 80, 30), (-20, 5, 0)],
)
def test_place_of_a_window_of_forty_in_a_hundred(start: float, end: float, begin: float) -> None:
    assert place(100, 40, start, end) == begin
