"""Pixels into files."""

import io
import time

import pytest
from PIL import Image

from courant.pictures.encoding import encode
from tests.pictures.samples import DEMO, SECRETS, drawing, file_of, opened, swapped_profile, telephone_jpeg

WHOLE = (0, 0, 1600, 1067)


def encoded(
    image: Image.Image, format: str, *, kind: str = "PNG", is_transparent: bool = False, **options: object
) -> Image.Image:
    source = io.BytesIO(file_of(image, kind, **options))
    content = encode(
        source,
        box=(0, 0, image.width, image.height),
        size=(60, 40),
        original_width=image.width,
        format=format,
        is_transparent=is_transparent,
    )
    return opened(content)


def is_near(pixel: object, colour: tuple[int, ...], by: int = 12) -> bool:
    return all(abs(one - other) <= by for one, other in zip(pixel, colour, strict=True))


@pytest.mark.parametrize(("format", "written"), [("avif", "AVIF"), ("webp", "WEBP"), ("jpeg", "JPEG")])
def test_formats(format: str, written: str) -> None:
    image = encoded(drawing((600, 400)), format)
    assert (image.format, image.size, image.mode) == (written, (60, 40), "RGB")
    assert is_near(image.getpixel((5, 5)), (254, 0, 0), 25)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_of_png_can_be_printed(mode: str) -> None:
    image = drawing((600, 400))
    image = Image.new("I;16", (600, 400), 65535) if mode == "I;16" else image.convert(mode)
    printed = encoded(image, "avif")
    assert printed.mode == "RGB"
    assert is_near(printed.getpixel((55, 35)), (255, 255, 255))


def test_sixteen_bits_are_scaled_and_not_cut() -> None:
    assert is_near(encoded(Image.new("I;16", (60, 40), 32768), "webp").getpixel((9, 9)), (128, 128, 128), 3)


@pytest.mark.parametrize("format", ["avif", "webp", "jpeg", "png"])
def test_what_is_transparent_is_printed_on_white(format: str) -> None:
    image = encoded(Image.new("RGBA", (60, 40), (0, 0, 0, 0)), format)
    assert is_near(image.getpixel((9, 9)), (255, 255, 255))


@pytest.mark.parametrize("format", ["webp", "png"])
def test_marks_of_the_paper_stay_transparent(format: str) -> None:
    image = encoded(Image.new("RGBA", (60, 40), (0, 0, 0, 0)), format, is_transparent=True)
    assert image.getpixel((9, 9))[3] == 0


def test_cmyk_becomes_rgb() -> None:
    image = encoded(Image.new("CMYK", (60, 40), (0, 255, 255, 0)), "webp", kind="JPEG", quality=95)
    assert image.mode == "RGB"
    assert is_near(image.getpixel((9, 9)), (255, 0, 0), 20)


def test_colours_are_converted_to_srgb_and_the_profile_dropped() -> None:
    image = encoded(drawing((600, 400)), "jpeg", kind="JPEG", icc_profile=swapped_profile())
    assert "icc_profile" not in image.info
    assert is_near(image.getpixel((5, 5)), (0, 254, 0), 25)
    assert is_near(image.getpixel((55, 5)), (254, 0, 0), 25)


def test_a_broken_profile_does_no_harm() -> None:
    image = encoded(drawing((600, 400)), "avif", kind="JPEG", icc_profile=b"no profile at all")
    assert is_near(image.getpixel((5, 5)), (254, 0, 0), 25)


@pytest.mark.parametrize("format", ["avif", "webp", "jpeg", "png"])
def test_no_metadata_gets_in_even_from_a_file_that_has_it(format: str) -> None:
    content = encode(
        io.BytesIO(telephone_jpeg()),
        box=(0, 0, 1200, 800),
        size=(640, 427),
        original_width=1200,
        format=format,
    )
    assert [secret for secret in SECRETS if secret in content] == []
    assert opened(content).getexif() == {}


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_box_is_cut_at_the_right_place_at_every_reduction(kind: str) -> None:
    source = file_of(drawing((4000, 3000)), kind)
    for width in (20, 200, 1000):
        content = encode(
            io.BytesIO(source),
            box=(2000, 0, 4000, 1200),
            size=(width, round(width * 0.6)),
            original_width=4000,
            format="webp",
        )
        image = opened(content)
        assert is_near(image.getpixel((width // 2, 2)), (0, 255, 0), 30)
        assert is_near(image.getpixel((width - 1, 2)), (0, 255, 0), 30)


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.jpg"))[:4], ids=lambda path: path.stem)
def test_a_lead_picture_is_light_and_quickly_made(path: object) -> None:
    source = path.read_bytes()
    started = time.process_time()
    content = encode(io.BytesIO(source), box=WHOLE, size=(640, 427), original_width=1600, format="avif")
    assert time.process_time() - started < 0.9
    assert 5_000 < len(content) < 50_000
