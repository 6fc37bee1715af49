"""Addresses of the paper's pages, without a query for each."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from courant.lib.addresses import path_on_site


def address_of(page: Any) -> str:
    """The path of a page below its site's front page: /world/a-story/.

    Wagtail's own `page.url` asks the shared cache for every link; a list of sixty cards would ask sixty times.
    """
    return path_on_site(page.url_path)


def full_address(path: str, request: HttpRequest | None = None) -> str:
    """The address with scheme and host: the configured one, else the one that was asked."""
    if settings.SITE_URL:
        return f"{settings.SITE_URL}{path}"
    if request is not None:
        return request.build_absolute_uri(path)
    return f"{settings.WAGTAILADMIN_BASE_URL}{path}"
