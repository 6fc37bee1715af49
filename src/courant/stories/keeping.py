"""How long others may keep an answer that is the same for everyone."""

from __future__ import annotations

from typing import TypeVar

from django.http import HttpResponse

Answer = TypeVar("Answer", bound=HttpResponse)


def kept_for(seconds: int, response: Answer) -> Answer:
    """Anyone may keep it so long without asking."""
    response["Cache-Control"] = f"public, max-age={seconds}"
    return response


def asked_each_time(response: Answer) -> Answer:
    """Anyone may keep it but asks each time: what it tells of may be withdrawn.

    Django's conditional middleware adds the ETag and answers 304.
    """
    response["Cache-Control"] = "public, no-cache"
    return response


def shown_anywhere(response: Answer) -> Answer:
    """Programs in pages of other sites may read it, as feed readers in a browser do."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
