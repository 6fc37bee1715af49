"""Signed addresses of pictures."""

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from courant.pictures.addresses import read_address, rendition_address, rendition_url
from courant.pictures.models import Picture
from tests.pictures.samples import drawing, file_of, make_picture, set_focal_point

pytestmark = pytest.mark.django_db


def parts(url: str) -> tuple[str, str, str]:
    _, folder, signature, number, name = url.split("/")
    assert folder == "pictures"
    return signature, number, name


def test_an_address_names_picture_shape_width_and_format() -> None:
    picture = make_picture()
    signature, number, name = parts(rendition_url(picture, "lead", 640, "avif"))
    assert len(signature) == 22
    assert (number, name) == (str(picture.pk), "lead-640.avif")
    assert read_address(picture, signature, name) == "lead-640|format-avif"


@pytest.mark.parametrize(
    ("kind", "width", "format", "expected"),
    [
        ("wide", 1200, "jpeg", (1280, 720)),
        ("card", 1200, "jpeg", (1200, 630)),
        ("square", 1600, "webp", (1067, 1067)),
        ("icon", 192, "png", (192, 192)),
    ],
)
def test_the_next_width_up_or_the_largest_is_given(
    kind: str, width: int, format: str, expected: tuple[int, int]
) -> None:
    address = rendition_address(make_picture(), kind, width, format)
    assert (address.width, address.height) == expected


def test_an_unknown_kind_or_format_is_a_mistake_in_the_program() -> None:
    picture = make_picture()
    with pytest.raises(KeyError):
        rendition_url(picture, "poster", 640)
    with pytest.raises(KeyError):
        rendition_url(picture, "lead", 640, "png")


def test_no_query_is_needed(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    picture = Picture.objects.get(pk=make_picture().pk)
    with django_assert_num_queries(0):
        rendition_url(picture, "lead", 640)


def test_a_signature_holds_for_one_picture_and_one_shape() -> None:
    picture, other = make_picture(), make_picture(file_of(drawing((900, 600))))
    signature, _, name = parts(rendition_url(picture, "lead", 640))
    assert read_address(picture, signature, "lead-320.webp") == "lead-320|format-webp"
    assert read_address(other, signature, name) is None
    assert read_address(picture, signature, "natural-640.jpeg") is None
    assert read_address(picture, signature[:-1] + ("A" if signature[-1] != "A" else "B"), name) is None


@pytest.mark.parametrize(
    "name",
    [
        "lead-641.avif",
        "lead-2000.avif",
        "lead-0.avif",
        "lead-640.png",
        "lead-640.tiff",
        "lead-0640.avif",
        "lead-640",
        "lead.avif",
        "-",
        "",
        "lead-640.avif ",
        "lead-640.avif\n",
        "original.jpg",
        "max-99x99.jpeg",
        "lead-99999999999999999999.avif",
        "../lead-640.avif",
        "lead-640.avif.jpeg",
        "lead-٦٤٠.avif",
    ],
)
def test_what_is_not_offered_is_not_to_be_had(name: str) -> None:
    picture = make_picture()
    signature, _, _ = parts(rendition_url(picture, "lead", 640))
    assert read_address(picture, signature, name) is None


def test_a_replaced_file_changes_every_address() -> None:
    picture = make_picture()
    before = rendition_url(picture, "lead", 640)
    picture.file_hash = "0" * 40
    assert rendition_url(picture, "lead", 640) != before
    assert read_address(picture, parts(before)[0], "lead-640.jpeg") is None


def test_a_moved_focal_point_changes_every_address() -> None:
    picture = make_picture()
    before = rendition_url(picture, "lead", 640)
    set_focal_point(picture, 100, 100)
    assert rendition_url(picture, "lead", 640) != before
    assert read_address(picture, parts(before)[0], "lead-640.jpeg") is None


def test_words_change_no_address() -> None:
    picture = make_picture()
    before = rendition_url(picture, "lead", 640)
    picture.title, picture.description, picture.credit = "New", "New", "New"
    picture.save()
    assert rendition_url(Picture.objects.get(), "lead", 640) == before


def test_addresses_of_a_retired_key_are_good_until_it_is_dropped(settings: Settings) -> None:
    picture = make_picture()
    old_key = settings.SECRET_KEY
    signature, _, name = parts(rendition_url(picture, "lead", 640))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [old_key]
    assert read_address(picture, signature, name) == "lead-640|format-jpeg"
    settings.SECRET_KEY_FALLBACKS = []
    assert read_address(picture, signature, name) is None
