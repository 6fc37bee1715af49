"""Which pages of the tree readers may know of: their name and address, wherever another page mentions them."""

from __future__ import annotations

from wagtail.models import Page, PageViewRestriction


def private_paths() -> tuple[str, ...]:
    """Where in the tree the private pages stand; what is below them is private too."""
    return tuple(PageViewRestriction.objects.values_list("page__path", flat=True))


def is_known(page: Page | None, private: tuple[str, ...]) -> bool:
    """False for a draft and for a private page, by `private_paths`."""
    return page is not None and page.live and not page.path.startswith(private)
