"""Rows and files of pictures and their renditions."""

import threading
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connections
from pytest_django import Settings
from wagtail.images.models import Filter

from courant.pictures.addresses import addresses_of
from courant.pictures.encoding import AVIF_SPEED
from courant.pictures.kinds import KINDS
from courant.pictures.models import Picture, PictureRendition
from courant.pictures.refusals import PictureRefused
from tests.pictures.samples import (
    SECRETS,
    content_of,
    drawing,
    file_of,
    files_below,
    make_picture,
    opened,
    set_focal_point,
    telephone_jpeg,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("size", [(641, 428), (333, 777), (1, 1), (50, 3)])
def test_renditions_have_exactly_the_size_that_was_announced(size: tuple[int, int]) -> None:
    picture = make_picture(file_of(drawing(size), "PNG"))
    for kind in KINDS.values():
        for format, addresses in addresses_of(picture, kind).items():
            for address in {addresses[0], addresses[-1]}:
                made = picture.get_rendition(f"{kind.name}-{address.width}|format-{format}")
                assert (made.width, made.height) == (address.width, address.height)
                assert opened(content_of(made)).size == (address.width, address.height)


def test_a_crop_shows_the_focal_point() -> None:
    picture = make_picture(file_of(drawing((1600, 400)), "PNG"))
    set_focal_point(picture, 1500, 50)
    right = opened(content_of(picture.get_rendition("square-320|format-jpeg")))
    assert right.getpixel((300, 20))[1] > 200  # green is above at the right
    set_focal_point(picture, 100, 50)
    left = opened(content_of(picture.get_rendition("square-320|format-jpeg")))
    assert left.getpixel((20, 20))[0] > 200  # red is above at the left


def test_whoever_assigns_a_file_gets_it_cleaned_and_measured_upright() -> None:
    upload = ContentFile(telephone_jpeg((1200, 800), orientation=6), name="phone.png")
    created = Picture.objects.create(title="By code", file=upload)
    picture = Picture.objects.get()
    assert (picture.width, picture.height) == (created.width, created.height) == (800, 1200)
    assert picture.file.name.endswith("-phone.jpg")
    content = content_of(picture)
    assert [secret for secret in SECRETS if secret in content] == []
    assert (picture.file_size, len(picture.file_hash)) == (len(content), 40)


def test_an_assigned_file_that_is_no_picture_leaves_nothing_behind(media: Path) -> None:
    with pytest.raises(PictureRefused):
        Picture.objects.create(title="By code", file=ContentFile(b"<svg/>", name="phone.png"))
    assert files_below(media) == []
    assert Picture.objects.count() == 0


def test_names_cannot_be_guessed_and_fit(media: Path) -> None:
    picture = make_picture(name="Ein sehr langer Näme " + "x" * 300 + ".jpg")
    folder, name = picture.file.name.split("/")
    assert folder == "original_images"
    assert len(name.split("-")[0]) == 16
    assert name.isascii()
    assert name.endswith(".jpg")
    assert len(picture.file.name) < 100
    made = picture.get_rendition("lead-320|format-webp")
    assert made.file.name.endswith("-lead-320.webp")
    assert files_below(media) == sorted([picture.file.name, made.file.name])


def test_disk_full_leaves_no_row_and_no_file(full_disk: Path) -> None:
    with pytest.raises(OSError, match="No space left"):
        Picture.objects.create(title="By code", file=ContentFile(file_of(drawing()), name="a.jpg"))
    assert files_below(full_disk) == []
    assert Picture.objects.count() == 0


def test_a_row_that_is_refused_leaves_no_file(media: Path) -> None:
    picture = make_picture()
    twin = Picture(pk=picture.pk, title="Twin", file=ContentFile(file_of(drawing((90, 60))), name="b.jpg"))
    with pytest.raises(IntegrityError):
        twin.save(force_insert=True)
    assert files_below(media) == [picture.file.name]


def test_saving_words_again_keeps_the_file(media: Path) -> None:
    picture = make_picture()
    picture.title = "New"
    picture.save()
    with pytest.raises(IntegrityError):
        picture.save(force_insert=True)
    assert files_below(media) == [picture.file.name]


def test_the_original_is_shown_in_the_newsroom_as_it_is_stored() -> None:
    picture = make_picture()
    assert content_of(picture.get_rendition("original")) == content_of(picture)


def test_wagtails_own_filters_work_beside_ours() -> None:
    made = make_picture().get_rendition("max-165x165")
    assert (made.width, made.height) == (165, 110)
    assert made.url.startswith("/pictures/")
    assert made.url.endswith("/max-165x165.jpg")


def test_the_title_is_never_an_alternative_text() -> None:
    assert Picture(title="IMG_0001", collection_id=1).default_alt_text == ""


@pytest.mark.django_db(transaction=True)
def test_threads_that_ask_for_the_same_rendition_make_it_once(media: Path) -> None:
    picture = make_picture()
    start = threading.Barrier(8)
    names, faults = [], []

    def ask() -> None:
        try:
            mine = Picture.objects.get(pk=picture.pk)
            start.wait()
            names.append(mine.get_rendition("lead-640|format-avif").file.name)
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(names) == 8
    assert PictureRendition.objects.count() == len(set(names)) == 1
    assert files_below(media) == sorted([names[0], picture.file.name])


class ElsewhereFirst(Picture):
    """A picture whose rendition another process stores while this one still draws it."""

    class Meta:
        proxy = True
        app_label = "pictures"

    def generate_rendition_file(self, filter: Filter, **options: object) -> object:
        file = super().generate_rendition_file(filter, **options)
        PictureRendition.objects.create(
            image_id=self.pk,
            filter_spec=filter.spec,
            focal_point_key=filter.get_cache_key(self),
            file=ContentFile(file.read(), name="elsewhere.avif"),
        )
        file.seek(0)
        return file


@pytest.mark.django_db(transaction=True)
def test_the_copy_of_another_process_wins_and_ours_is_removed(media: Path) -> None:
    picture = make_picture()
    made = ElsewhereFirst.objects.get(pk=picture.pk).get_rendition("lead-320|format-avif")
    assert PictureRendition.objects.get() == made
    assert made.file.name.endswith("-elsewhere.avif")
    assert files_below(media) == sorted([picture.file.name, made.file.name])


def test_avif_is_made_at_the_speed_that_pages_need(settings: Settings) -> None:
    assert AVIF_SPEED == 8
    assert opened(content_of(make_picture().get_rendition("wide-1280|format-avif"))).format == "AVIF"
