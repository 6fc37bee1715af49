"""Settings of an installation: where they come from, what they may be, what is wrong with them.

Each setting is read from the environment first, then from ``courant.toml``, then from its default.
Nothing here imports Django, so that ``courant doctor`` can explain a configuration too broken to start.
"""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from courant.lib.keyfiles import keep_key
from courant.lib.readings import (
    SettingError,
    is_seed,
    read_algorithm,
    read_count,
    read_database,
    read_environment,
    read_hosts,
    read_language,
    read_mail,
    read_pass_keys,
    read_share,
    read_site_url,
    read_text,
    read_zone,
)


@dataclass(frozen=True)
class Setting:
    """One setting: its key in courant.toml, its environment variable, default, reader and meaning."""

    key: str
    variable: str
    default: str
    read: Callable[[str], Any]
    meaning: str


SETTINGS = (
    Setting(
        "environment",
        "COURANT_ENV",
        "local",
        read_environment,
        "local works on http and shows mails in the log; production insists on https.",
    ),
    Setting(
        "database_url",
        "DATABASE_URL",
        "",
        read_database,
        "Empty: SQLite in the data directory. Else postgresql://user:password@host/name.",
    ),
    Setting(
        "secret_key",
        "COURANT_SECRET_KEY",
        "",
        read_text,
        "Signs sessions and links. Empty: made once and kept in the data directory.",
    ),
    Setting(
        "hosts",
        "COURANT_HOSTS",
        "",
        read_hosts,
        "Host names this paper answers to, separated by commas. Local: localhost and 127.0.0.1.",
    ),
    Setting(
        "site_url",
        "COURANT_SITE_URL",
        "",
        read_site_url,
        "The paper's own address for links in mails and feeds, e.g. https://paper.example.",
    ),
    Setting(
        "paper_name",
        "COURANT_PAPER_NAME",
        "The Courant",
        read_text,
        "Name used when the paper is first set up; later the newsroom's settings rule.",
    ),
    Setting(
        "time_zone",
        "COURANT_TIME_ZONE",
        "Europe/London",
        read_zone,
        "The paper's time zone: dates of stories, the turn of the meter's month.",
    ),
    Setting("language", "COURANT_LANGUAGE", "en-gb", read_language, "The paper's language, e.g. en-gb."),
    Setting(
        "mail_url",
        "COURANT_MAIL_URL",
        "file:",
        read_mail,
        "Where mail goes: smtp://user:password@host:port (smtp+tls:// for STARTTLS, smtps:// for TLS); "
        "file: writes them to the data directory, console: to the log, none: drops them.",
    ),
    Setting(
        "mail_from",
        "COURANT_MAIL_FROM",
        "",
        read_text,
        "Sender of the paper's mails, e.g. The Courant <paper@paper.example>.",
    ),
    Setting(
        "trusted_proxies",
        "COURANT_TRUSTED_PROXIES",
        "0",
        read_count,
        "How many proxies of your own stand in front; only then is a forwarded address believed.",
    ),
    Setting(
        "press_share",
        "COURANT_PRESS_SHARE",
        "none",
        read_share,
        "How several machines share printed pages: none, each prints its own; database: one prints for all.",
    ),
    Setting(
        "shared_seconds",
        "COURANT_SHARED_SECONDS",
        "0",
        read_count,
        "How long a shared cache in front may answer strangers without asking; 0: it asks each time.",
    ),
    Setting(
        "pass_algorithm",
        "COURANT_PASS_ALGORITHM",
        "HS256",
        read_algorithm,
        "How readers' passes are signed: HS256, or EdDSA where an edge outside should only check them.",
    ),
    Setting(
        "pass_keys",
        "COURANT_PASS_KEYS",
        "",
        read_pass_keys,
        "ID:SECRET,ID:SECRET: the first signs passes, all check them. Empty: a key of the installation's own.",
    ),
)


@dataclass
class Configuration:
    """The values in force, where each came from, and what is wrong (key -> sentence)."""

    home: Path
    file: Path | None
    values: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    @property
    def is_production(self) -> bool:
        return bool(self.values["environment"] == "production")


def load_configuration(environ: Mapping[str, str] | None = None) -> Configuration:
    """Read every setting; a bad value falls back to its default and is named in ``problems``."""
    environ = os.environ if environ is None else environ
    home = Path(environ.get("COURANT_HOME") or "var").absolute()
    configuration = Configuration(home=home, file=find_file(environ, home))
    written = read_file(configuration)
    for setting in SETTINGS:
        raw, source = pick_value(setting, environ, written, configuration.file)
        try:
            configuration.values[setting.key] = setting.read(raw)
            configuration.sources[setting.key] = source
        except SettingError as error:
            configuration.problems[setting.key] = f"{source}: {setting.key} {error}"
            configuration.values[setting.key] = setting.read(setting.default)
            configuration.sources[setting.key] = "default, as the value given cannot be used"
    check_together(configuration)
    return configuration


def find_file(environ: Mapping[str, str], home: Path) -> Path | None:
    """The file that is named, there or not; else one in a usual place."""
    if named := environ.get("COURANT_CONFIG"):
        return Path(named)
    return next((path for path in (Path("courant.toml"), home / "courant.toml") if path.is_file()), None)


def read_file(configuration: Configuration) -> dict[str, str]:
    if configuration.file is None:
        return {}
    try:
        table = tomllib.loads(configuration.file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        configuration.problems["courant.toml"] = f"{configuration.file} cannot be read: {error}"
        return {}
    known = {setting.key for setting in SETTINGS}
    for key in sorted(set(table) - known):
        configuration.problems[key] = f"{configuration.file}: {key} is no setting of Courant"
    return {key: as_text(value) for key, value in table.items() if key in known}


def as_text(value: Any) -> str:
    return ",".join(str(item) for item in value) if isinstance(value, list) else str(value)


def pick_value(
    setting: Setting, environ: Mapping[str, str], written: dict[str, str], file: Path | None
) -> tuple[str, str]:
    if setting.variable in environ:
        return environ[setting.variable], f"environment variable {setting.variable}"
    if setting.key in written:
        return written[setting.key], str(file)
    return setting.default, "default"


def check_together(configuration: Configuration) -> None:
    """What is right for each value alone may still be wrong together, or for a paper that the world reads."""
    is_edge_key = configuration["pass_algorithm"] == "EdDSA"  # noqa: S105  # the name of a setting
    if is_edge_key and not all(is_seed(text) for _, text in configuration["pass_keys"]):
        configuration.problems["pass_keys"] = "For EdDSA, COURANT_PASS_KEYS must hold keys of 32 bytes in base64url."  # noqa: S105
    if not configuration.is_production:
        return
    if not configuration["hosts"]:
        configuration.problems["hosts"] = "In production, COURANT_HOSTS must name the paper's host."
    if not str(configuration["site_url"]).startswith("https://"):
        configuration.problems["site_url"] = "In production, COURANT_SITE_URL must begin with https://."
    host = urlsplit(str(configuration["site_url"])).hostname
    if host and configuration["hosts"] and not any(answers_to(name, host) for name in configuration["hosts"]):
        configuration.problems["site_url"] = f"COURANT_HOSTS does not name {host}, the host of COURANT_SITE_URL."
    if urlsplit(str(configuration["mail_url"])).scheme in ("file", "console", "none"):
        configuration.problems["mail_url"] = "In production, COURANT_MAIL_URL must name a mail server."


def answers_to(name: str, host: str) -> bool:
    """Whether a name of COURANT_HOSTS takes in a host; .paper.example does so with everything below it."""
    return host == name.lower() or (name.startswith(".") and (f".{host}").endswith(name.lower()))


def keep_secret_key(home: Path) -> str:
    """The key of this installation, made at first use, readable by its owner only."""
    return keep_key(home / "secret.key", lambda: secrets.token_urlsafe(50))
