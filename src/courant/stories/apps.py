"""Django's entry for this room."""

from django.apps import AppConfig


class StoriesConfig(AppConfig):
    """Signs the views up for their pages."""

    name = "courant.stories"
    label = "stories"

    def ready(self) -> None:
        from courant.stories import page_links, receivers, views  # noqa: F401  # they sign themselves up
