"""What follows from changes of pictures."""

from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from courant.pictures.models import Picture, PictureRendition
from tests.pictures.samples import files_below, make_picture, set_focal_point

SPECS = ("lead-320|format-avif", "natural-320|format-webp", "max-165x165")


def with_renditions() -> Picture:
    picture = make_picture()
    for spec in SPECS:
        picture.get_rendition(spec)
    return picture


@pytest.mark.django_db
def test_files_of_a_deleted_picture_and_its_renditions_go_after_commit(
    media: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    picture = with_renditions()
    assert len(files_below(media)) == 4
    with django_capture_on_commit_callbacks(execute=True):
        picture.delete()
        assert len(files_below(media)) == 4
    assert files_below(media) == []


@pytest.mark.django_db(transaction=True)
def test_a_deletion_that_is_taken_back_loses_no_file(media: Path) -> None:
    picture = with_renditions()
    with transaction.atomic():
        Picture.objects.get().delete()
        transaction.set_rollback(True)
    assert Picture.objects.get() == picture
    assert len(files_below(media)) == 4


@pytest.mark.django_db(transaction=True)
def test_a_moved_focal_point_drops_the_crops_that_no_longer_fit(media: Path) -> None:
    picture = with_renditions()
    set_focal_point(picture, 100, 100)
    assert PictureRendition.objects.get().filter_spec == "max-165x165"
    assert len(files_below(media)) == 2


@pytest.mark.django_db(transaction=True)
def test_new_words_drop_nothing(media: Path) -> None:
    picture = with_renditions()
    picture.caption = "Another"
    picture.save()
    assert PictureRendition.objects.count() == 3
    assert len(files_below(media)) == 4
