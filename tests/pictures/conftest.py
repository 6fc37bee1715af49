"""Every test of pictures has a media folder of its own."""

from pathlib import Path

import pytest
from django.core.cache import caches
from pytest_django import Settings


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> Path:
    caches["renditions"].clear()
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media").mkdir()
    return tmp_path / "media"


@pytest.fixture
def full_disk(media: Path, settings: Settings) -> Path:
    """From here on nothing more can be stored whole."""
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "tests.pictures.samples.FullDisk"}}
    return media
