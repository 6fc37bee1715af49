"""How the value of a setting is read from text, and what is said of one that cannot be used."""

from __future__ import annotations

import re
import zoneinfo
from base64 import urlsafe_b64decode
from urllib.parse import SplitResult, urlsplit

ENVIRONMENTS = ("local", "production")
SHARES = ("none", "database")
ALGORITHMS = ("HS256", "EdDSA")
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
SHORTEST_KEY = 32
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class SettingError(ValueError):
    """A value that cannot be used; the message says what would be right."""


def read_text(value: str) -> str:
    text = value.strip()
    if not text.isprintable():
        raise SettingError("must be one line of text, without line ends or other signs that cannot be seen")
    return text


def read_hosts(value: str) -> list[str]:
    hosts = [host.strip() for host in value.split(",") if host.strip()]
    for host in hosts:
        if host == "*" or (not host.startswith("[") and not set(host).isdisjoint("/: ")):
            raise SettingError(f"{host!r} is no host name: give names such as paper.example, without https:// or port")
    return hosts


def read_environment(value: str) -> str:
    if value not in ENVIRONMENTS:
        raise SettingError(f"must be one of {', '.join(ENVIRONMENTS)}, not {value!r}")
    return value


def read_zone(value: str) -> str:
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingError(f"{value!r} is no time zone: give a name such as Europe/London") from error
    return value


def read_language(value: str) -> str:
    if not LANGUAGE_TAG.fullmatch(value):
        raise SettingError(f"{value!r} is no language: give a tag such as en-gb or de")
    return value


def split_address(value: str) -> SplitResult:
    """The parts of an address. SettingError, which never repeats it: it may hold a password."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise SettingError(
            "is no address; signs such as / # [ in a name or password are written %2F %23 %5B"
        ) from error
    return parts


def read_site_url(value: str) -> str:
    parts = split_address(value.rstrip("/"))
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query):
        raise SettingError(f"{value!r} is no address of a site: give one such as https://paper.example")
    return value.rstrip("/")


def read_count(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise SettingError(f"must be a whole number from 0 up, not {value!r}")
    return int(value)


def read_database(value: str) -> str:
    parts = split_address(value)
    is_server = parts.scheme in ("postgres", "postgresql") and bool(parts.path.strip("/"))
    if value and not is_server and not value.startswith("sqlite:///"):
        raise SettingError("must be sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME")
    return value


def read_mail(value: str) -> str:
    if split_address(value).scheme not in ("console", "file", "smtp", "smtps", "smtp+tls", "none"):
        raise SettingError("must begin with smtp://, smtp+tls://, smtps://, file:, console: or none:")
    return value


def read_share(value: str) -> str:
    if value not in SHARES:
        raise SettingError(f"must be one of {', '.join(SHARES)}, not {value!r}")
    return value


def read_algorithm(value: str) -> str:
    if value not in ALGORITHMS:
        raise SettingError(f"must be one of {', '.join(ALGORITHMS)}, not {value!r}")
    return value


def read_pass_keys(value: str) -> list[tuple[str, str]]:
    """Ids with their secrets, in order. SettingError, which never repeats a secret."""
    keys = [(kid.strip(), secret.strip()) for kid, _, secret in (key.partition(":") for key in value.split(","))]
    keys = [] if keys == [("", "")] else keys
    for kid, secret in keys:
        if not KEY_ID.fullmatch(kid) or not (secret.isascii() and secret.isprintable()) or len(secret) < SHORTEST_KEY:
            raise SettingError(
                f"must be ID:SECRET,ID:SECRET with ids of letters and digits, and secrets of {SHORTEST_KEY} characters "
                "or more, such as `openssl rand -hex 32` prints"
            )
    if len({kid for kid, _ in keys}) < len(keys):
        raise SettingError("names one id twice")
    return keys


def is_seed(text: str) -> bool:
    """Whether a text is 32 bytes in base64url, without padding: the private key of Ed25519."""
    try:
        return len(urlsafe_b64decode(text + "=")) == 32 and len(text) == 43
    except ValueError:
        return False
