"""Django's entry for this room."""

from django.apps import AppConfig


class ThemeConfig(AppConfig):
    name = "courant.theme"
    label = "theme"
