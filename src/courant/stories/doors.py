"""Who answers for a page: Wagtail asks the model, the model asks here, and the views have signed up here.

So models stay free of requests, and views of queries that belong to models.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

Door = Callable[..., HttpResponse]
_doors: dict[str, Door] = {}


def answers(model_label: str) -> Callable[[Door], Door]:
    """Sign a view up for a page model, named as `StoryPage`."""

    def sign_up(door: Door) -> Door:
        _doors[model_label] = door
        return door

    return sign_up


class Served:
    """Mixed into a page model whose view stands in views."""

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _doors[type(self).__name__](request, self, *args, **kwargs)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        request.is_preview = True  # type: ignore[attr-defined]  # Wagtail's own name for it
        request.preview_mode = mode_name  # type: ignore[attr-defined]
        if mode_name == "stranger":
            request.user = AnonymousUser()  # so that the head of the page is a stranger's as well
        return _doors[type(self).__name__](request, self)
