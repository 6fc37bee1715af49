"""Errors spend nothing (docs/rules/metering.md, "What spends")."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from courant.wall.visits import undo_visit


class ErrorsSpendNothing:
    """Gives an opening back when the answer that it was counted for became an error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not 200 <= response.status_code < 300:
            undo_visit(request)
        return response
