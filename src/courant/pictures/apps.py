"""Django's entry for this room."""

from django.apps import AppConfig
from django.conf import settings


class PicturesConfig(AppConfig):
    name = "courant.pictures"
    label = "pictures"

    def ready(self) -> None:
        from PIL import Image

        from courant.pictures import receivers  # noqa: F401

        # One limit for all: what the newsroom may upload is what Pillow may open.
        Image.MAX_IMAGE_PIXELS = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS
