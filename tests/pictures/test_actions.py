"""What is done with pictures."""

import io
import threading
from pathlib import Path

import pytest
from django.db import connections
from wagtail.models import Collection

from courant.pictures.actions import add_picture, make_rendition
from courant.pictures.models import Picture, PictureRendition
from courant.pictures.refusals import PictureNotStored, PictureRefused
from tests.factories import make_reader
from tests.pictures.samples import (
    NOW,
    drawing,
    file_of,
    files_below,
    make_picture,
    opened,
    telephone_jpeg,
)

pytestmark = pytest.mark.django_db


def test_add_picture_keeps_what_it_is_told() -> None:
    reader = make_reader()
    made = add_picture(
        file=io.BytesIO(telephone_jpeg((1200, 800), orientation=8)),
        name="IMG 1.JPG",
        title="Harbour",
        alt="Two cranes",
        caption="The harbour at dawn",
        credit="A. Moreau",
        rights="Until 2030",
        by=reader,
        now=NOW,
    )
    picture = Picture.objects.get()
    assert picture == made
    assert (picture.title, picture.alt, picture.caption) == ("Harbour", "Two cranes", "The harbour at dawn")
    assert (picture.credit, picture.rights) == ("A. Moreau", "Until 2030")
    assert (picture.uploaded_by_user, picture.created_at) == (reader, NOW)
    assert (picture.width, picture.height) == (800, 1200)
    assert picture.file_size == picture.file.size
    assert picture.file.name.endswith("-IMG_1.jpg")


def test_the_same_content_again_is_the_same_picture(media: Path) -> None:
    first = make_picture(telephone_jpeg())
    again = make_picture(telephone_jpeg(), name="other.jpg", title="Other", alt="Other", credit="Other")
    assert again.pk == first.pk
    assert Picture.objects.get().title == "Harbour"
    assert files_below(media) == [first.file.name]


@pytest.mark.django_db(transaction=True)
def test_the_same_content_at_the_same_time_is_kept_once(media: Path) -> None:
    if Collection.get_first_root_node() is None:  # a test that commits finds an emptied database
        Collection.add_root(name="Root")
    content, numbers, faults = file_of(drawing((600, 400))), [], []
    start = threading.Barrier(6)

    def add() -> None:
        try:
            start.wait()
            numbers.append(make_picture(content).pk)
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(numbers) == 6
    assert set(numbers) == {Picture.objects.get().pk}
    assert files_below(media) == [Picture.objects.get().file.name]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "The file is empty."), (b"words", "This is not a picture that"), (b"<svg/>", "SVG drawings")],
)
def test_add_picture_refuses_what_is_no_picture(media: Path, content: bytes, message: str) -> None:
    with pytest.raises(PictureRefused, match=message):
        add_picture(file=content, name="a.jpg", title="a", alt="", caption="", credit="", by=None, now=NOW)
    assert (Picture.objects.count(), files_below(media)) == (0, [])


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ({"alt": "a" * 256}, "alternative text: .*at most 255"),
        ({"title": "t" * 256}, "title: .*at most 255"),
        ({"caption": "c" * 10_000}, "caption: .*at most 500"),
        ({"title": ""}, "title: .*blank"),
    ],
)
def test_add_picture_refuses_words_that_do_not_fit(media: Path, field: dict[str, str], message: str) -> None:
    with pytest.raises(PictureRefused, match=message):
        make_picture(**field)
    assert (Picture.objects.count(), files_below(media)) == (0, [])


def test_add_picture_on_a_full_disk_says_so_and_keeps_nothing(full_disk: Path) -> None:
    with pytest.raises(PictureNotStored) as stopped:
        make_picture()
    assert str(stopped.value) == (
        "The picture could not be stored: the disk is full. Nothing was kept; try again later."
    )
    assert (Picture.objects.count(), files_below(full_disk)) == (0, [])


def test_a_rendition_is_made_once_and_found_again() -> None:
    picture = make_picture()
    first = make_rendition(picture=picture, spec="lead-320|format-avif")
    assert opened(first).size == (320, 213)
    assert make_rendition(picture=picture, spec="lead-320|format-avif") == first
    assert PictureRendition.objects.count() == 1


def test_a_rendition_whose_file_has_gone_is_made_anew(media: Path) -> None:
    picture = make_picture()
    first = make_rendition(picture=picture, spec="lead-320|format-avif")
    (media / PictureRendition.objects.get().file.name).unlink()
    assert make_rendition(picture=picture, spec="lead-320|format-avif") == first
    assert (media / PictureRendition.objects.get().file.name).read_bytes() == first


def test_an_original_that_has_gone_is_an_error(media: Path) -> None:
    picture = make_picture()
    (media / picture.file.name).unlink()
    with pytest.raises(OSError, match="No such file"):
        make_rendition(picture=Picture.objects.get(), spec="lead-320|format-avif")
    assert PictureRendition.objects.count() == 0
