"""Django's entry for this room."""

from django.apps import AppConfig


class PressConfig(AppConfig):
    name = "courant.press"
    label = "press"

    def ready(self) -> None:
        from courant.press import receivers  # noqa: F401  # they sign themselves up
        from courant.press.whole import save_whole

        save_whole()
