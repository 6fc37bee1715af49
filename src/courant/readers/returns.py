"""The way back: where a reader was when the paper asked to register, kept through forms, mails and codes.

A return is a path of this site with its fragment, such as `/world/talks/#p4`. It travels in the field `next`,
signed by our own pages; a plain path is accepted too, when it is safe.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme

FIELD = "next"
LONGEST_PATH = 1_500
LONGEST_TOKEN = 3 * LONGEST_PATH
# Browsers read a backslash as a slash and drop tabs and line ends (WHATWG URL, "basic URL parser").
UNSAFE = re.compile(r"[\\\x00-\x20\x7f]")
# To be sent back into the very forms one came through would be a circle.
CIRCLES = (
    "/account/register/",
    "/account/confirm/",
    "/account/sign-in/",
    "/account/sign-out/",
    "/account/password/reset/",
)
_signer = Signer(salt="courant.readers.returns")


def is_safe_path(path: str) -> bool:
    """Whether a path leads to a page of this site and not back into sign-in."""
    if not path.startswith("/") or len(path) > LONGEST_PATH or UNSAFE.search(path):
        return False
    if not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return False
    return not urlsplit(path).path.startswith(CIRCLES)


def sign_next(path: str) -> str:
    """The token for a path; ValueError if the path is not safe to return to."""
    if not is_safe_path(path):
        raise ValueError(f"not a path of this site to return to: {path[:80]!r}")
    return _signer.sign_object(path, compress=True)


def read_next(token: str) -> str | None:
    """The path of a token, or None if it is forged, too long or no longer safe."""
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        path = _signer.unsign_object(token)
    except (BadSignature, ValueError):
        return None
    return path if isinstance(path, str) and is_safe_path(path) else None


def path_from(given: str) -> str | None:
    """The safe path in a `next`, whether signed or plain; None if there is none."""
    if given.startswith("/"):
        return given if is_safe_path(given) else None
    return read_next(given) if given else None


def carry_return(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give a view its `next` as a checked path, however it came, and no `next` at all when it is not safe."""

    @wraps(view)
    def carried(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        for name in ("GET", "POST"):
            given = getattr(request, name)
            if FIELD in given:
                checked = given.copy()
                path = path_from(checked.pop(FIELD)[-1])
                if path:
                    checked[FIELD] = path
                setattr(request, name, checked)
        return view(request, *args, **kwargs)

    return carried
