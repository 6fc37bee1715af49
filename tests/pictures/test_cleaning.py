"""What is kept of an upload."""

import io

import pytest
from PIL import Image, ImageChops

from courant.pictures.cleaning import clean_picture
from tests.pictures.samples import (
    SECRETS,
    XMP,
    chatty_png,
    drawing,
    exif,
    file_of,
    moving,
    opened,
    swapped_profile,
    telephone_jpeg,
)


def cleaned(content: bytes) -> bytes:
    return clean_picture(content, "a.jpg").read()


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of the pixels, 0 to 255."""
    histogram = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).convert("L").histogram()
    return sum(value * count for value, count in enumerate(histogram)) / sum(histogram)


def secrets_in(content: bytes) -> list[bytes]:
    return [secret for secret in SECRETS if secret in content]


@pytest.mark.parametrize(
    "content",
    [
        telephone_jpeg(),
        chatty_png(),
        file_of(drawing((900, 600)), "WEBP", exif=exif(), xmp=XMP),
        file_of(drawing((900, 600)), "WEBP", exif=exif(), xmp=XMP, lossless=True),
        file_of(drawing((900, 600)), "AVIF", exif=exif(), xmp=XMP),
        file_of(drawing((900, 600)), "GIF", comment=b"at home in Zollikon 47.3402"),
        file_of(drawing((900, 600)), "PNG") + b"behind the end: Zollikon",
    ],
    ids=["jpeg", "png", "webp", "lossless webp", "avif", "gif", "tail"],
)
def test_nothing_that_says_where_survives(content: bytes) -> None:
    assert secrets_in(content)
    kept = cleaned(content)
    assert secrets_in(kept) == []
    image = opened(kept)
    assert image.getexif() == {}
    assert {"exif", "xmp", "XML:com.adobe.xmp", "comment", "Comment", "photoshop"} & set(image.info) == set()
    assert difference(image, opened(content)) < 1.5


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_colour_profile_is_kept(format: str) -> None:
    profile = swapped_profile()  # it holds the time it was made at
    kept = cleaned(file_of(drawing((90, 60)), format, icc_profile=profile))
    assert opened(kept).info["icc_profile"] == profile


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_picture_is_turned_as_the_camera_was_held(orientation: int) -> None:
    upright = drawing((300, 200))
    turn_back = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    held = upright if turn_back is None else upright.transpose(turn_back)
    kept = opened(cleaned(file_of(held, "JPEG", quality=95, exif=exif(orientation))))
    assert kept.size == (300, 200)
    assert difference(kept, upright) < 2


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_broken_exif_block_is_no_reason_to_refuse() -> None:
    plain = file_of(drawing((90, 60)))
    segment = b"\xff\xe1\x00\x10Exif\0\0II*\0\xff\xff\xff\xff"
    assert opened(cleaned(plain[:2] + segment + plain[2:])).size == (90, 60)


@pytest.mark.parametrize("quality", [40, 75, 92])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_jpeg_loses_next_to_nothing(quality: int, subsampling: int) -> None:
    content = file_of(drawing((900, 600)), "JPEG", quality=quality, subsampling=subsampling)
    kept = cleaned(content)
    assert difference(opened(kept), opened(content)) < 0.6
    assert len(kept) < len(content) * 1.1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_png_loses_nothing(mode: str) -> None:
    image = Image.new("I;16", (90, 60), 40_000) if mode == "I;16" else drawing((90, 60)).convert(mode)
    kept = opened(cleaned(file_of(image, "PNG")))
    assert kept.mode == mode
    assert kept.tobytes() == image.tobytes()


def test_cmyk_and_grey_jpeg_are_kept_in_their_colours() -> None:
    for mode in ("CMYK", "L"):
        content = file_of(drawing((90, 60)).convert(mode))
        assert opened(cleaned(content)).mode == mode
        assert difference(opened(cleaned(content)), opened(content)) < 1


@pytest.mark.parametrize(("format", "kept_as"), [("GIF", "PNG"), ("WEBP", "WEBP"), ("PNG", "PNG")])
def test_a_moving_picture_becomes_its_first_frame(format: str, kept_as: str) -> None:
    kept = opened(cleaned(moving(format, 5)))
    assert (kept.format, kept.size, getattr(kept, "n_frames", 1)) == (kept_as, (40, 30), 1)
    assert kept.convert("RGB").getpixel((9, 9))[0] <= 2


def test_a_transparent_gif_stays_transparent() -> None:
    image = Image.new("P", (40, 30), 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    kept = opened(cleaned(file_of(image, "GIF", transparency=0)))
    assert kept.convert("RGBA").getpixel((9, 9))[3] == 0


def test_two_pictures_in_one_file_become_the_first() -> None:
    output = io.BytesIO()
    second = Image.new("RGB", (300, 200), "pink")
    drawing((300, 200)).save(output, "MPO", save_all=True, append_images=[second])
    kept = opened(cleaned(output.getvalue()))
    assert (kept.format, getattr(kept, "n_frames", 1)) == ("JPEG", 1)


def test_the_same_content_gives_the_same_bytes() -> None:
    for format in ("JPEG", "PNG", "WEBP", "AVIF", "GIF"):
        content = file_of(drawing((300, 200)), format)
        assert cleaned(content) == cleaned(content)
