"""What was typed at registration, kept in the session until the address is proven in the same browser."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

KEY = "courant_typed"


def keep_typed(request: HttpRequest, values: dict[str, Any]) -> None:
    """Keep name and password for this address; the password only as its hash."""
    password = values.get("password")
    request.session[KEY] = {
        "email": values["email"],
        "name": values.get("name", ""),
        "password_hash": make_password(password) if password else "",
    }


def take_typed(request: HttpRequest, email: str) -> dict[str, str]:
    """The name and password hash typed here for this address, once; empty if it was typed elsewhere."""
    typed = request.session.pop(KEY, None) or {}
    if typed.get("email") != email:
        return {}
    return {"name": typed["name"], "password_hash": typed["password_hash"]}


def forget_typed(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
