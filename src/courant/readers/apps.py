"""Django's entry for this room."""

from django.apps import AppConfig


class ReadersConfig(AppConfig):
    name = "courant.readers"
    label = "readers"

    def ready(self) -> None:
        from courant.readers import receivers  # noqa: F401  (connecting is its whole purpose)
