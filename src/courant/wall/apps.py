"""Django's entry for this room."""

from django.apps import AppConfig


class WallConfig(AppConfig):
    name = "courant.wall"
    label = "wall"

    def ready(self) -> None:
        from courant.wall import receivers  # noqa: F401  # they sign themselves up
