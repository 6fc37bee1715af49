"""What is let in as a picture."""

import io
import time
import zipfile
from contextlib import suppress

import pytest
from PIL import Image
from pytest_django import Settings

from courant.pictures.cleaning import clean_picture
from courant.pictures.inspection import open_picture
from courant.pictures.refusals import PictureRefused
from tests.pictures.samples import drawing, file_of, moving, png_header_only

TAKEN = "Taken are JPEG, PNG, WebP, AVIF and GIF."
DAMAGED = "The file is damaged or incomplete. Please export or download it again."


def refusal(content: bytes, name: str = "picture.jpg") -> str:
    with pytest.raises(PictureRefused) as refused:
        clean_picture(content, name)
    return str(refused.value)


def zipped() -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("a", "b")
    return output.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        (b"A headline and some words.", f"This is not a picture that can be read. {TAKEN}"),
        (b"\0" * 5000, f"This is not a picture that can be read. {TAKEN}"),
        (b"<!doctype html><script>alert(1)</script>", f"This is a text or web page, not a picture. {TAKEN}"),
        (b"%PDF-1.7\n%", f"Files of the type PDF are not taken. {TAKEN}"),
        (zipped(), f"Files of the type ZIP are not taken. {TAKEN}"),
        (file_of(drawing((9, 9)), "TIFF"), f"Files of the type TIF are not taken. {TAKEN}"),
        (file_of(drawing((9, 9)), "BMP"), f"Files of the type BMP are not taken. {TAKEN}"),
        (file_of(drawing((32, 32)), "ICO"), f"Files of the type ICO are not taken. {TAKEN}"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9", f"Files of the type PS are not taken. {TAKEN}"),
    ],
)
def test_the_content_is_judged_and_not_the_name(content: bytes, message: str) -> None:
    assert refusal(content) == message


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- logo -->\n<SVG viewBox="0 0 1 1"></SVG>',
    ],
)
def test_svg_is_refused_whatever_it_is_called(content: bytes) -> None:
    message = f"SVG drawings are not taken, since they can carry programs: export it as PNG. {TAKEN}"
    assert refusal(content, "logo.svg") == refusal(content, "logo.png") == message


def test_a_true_picture_with_a_wrong_name_is_taken_and_named_rightly() -> None:
    assert clean_picture(file_of(drawing((90, 60)), "PNG"), "photo.jpg").name == "photo.png"
    assert clean_picture(file_of(drawing((90, 60))), "run.exe").name == "run.jpg"
    assert clean_picture(file_of(drawing((90, 60))), "../../etc/passwd").name == "passwd.jpg"
    assert clean_picture(file_of(drawing((90, 60))), "C:\\My pictures\\.png").name == "png.jpg"
    assert clean_picture(file_of(drawing((90, 60))), "").name == "picture.jpg"


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_a_file_that_ends_early_is_refused(format: str, share: float) -> None:
    content = file_of(drawing((800, 533)), format)
    message = refusal(content[: int(len(content) * share)])
    assert message in (DAMAGED, f"This is not a picture that can be read. {TAKEN}")


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_a_file_with_a_broken_middle_never_breaks_the_program(format: str) -> None:
    content = file_of(drawing((300, 200)), format)
    for start in range(12, len(content) - 40, max(1, len(content) // 40)):
        broken = content[:start] + b"\xff\x00\xd8" * 8 + content[start + 24 :]
        with suppress(PictureRefused):
            clean_picture(broken, "broken")


def test_too_heavy_a_file_is_refused(settings: Settings) -> None:
    settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE = 2048
    assert refusal(file_of(drawing((900, 600)))).startswith("The file weighs ")
    assert refusal(b"x" * 5000) == "The file weighs 4.9\xa0KB; at most 2.0\xa0KB are taken."


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (2_000_000_000, 2), (30_000, 4_000)])
def test_a_bomb_is_known_by_its_header(width: int, height: int) -> None:
    started = time.process_time()
    message = refusal(png_header_only(width, height))
    assert time.process_time() - started < 0.5
    assert "too many" in message
    assert "at most 60 million are taken" in message


def test_a_bomb_that_is_a_whole_file_is_never_decoded() -> None:
    content = file_of(Image.new("1", (12_000, 9_000)), "PNG")
    assert len(content) < 30_000
    assert "too many pixels" in refusal(content)


def test_the_limit_itself_is_taken(settings: Settings) -> None:
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 90 * 60
    assert open_picture(file_of(drawing((90, 60)))).size == (90, 60)
    assert "91 × 60" in refusal(file_of(drawing((91, 60))))


@pytest.mark.parametrize("format", ["GIF", "WEBP"])
def test_absurdly_many_frames_are_refused(format: str, settings: Settings) -> None:
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40 * 30 * 20
    assert open_picture(moving(format, 20)).size == (40, 30)
    message = "The moving picture has 21 frames, which is too many; save one of them as a still."
    assert refusal(moving(format, 21)) == message


def test_a_text_bomb_in_a_png_is_refused() -> None:
    from PIL import PngImagePlugin

    texts = PngImagePlugin.PngInfo()
    for number in range(70):
        texts.add_text(f"Comment{number}", "a" * 1_000_000, zip=True)
    assert refusal(file_of(drawing((90, 60)), "PNG", pnginfo=texts)) == DAMAGED
