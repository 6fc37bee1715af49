"""`courant doctor`: what is set, from where, and what is wrong with it."""

from __future__ import annotations

import json
import os
import smtplib
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import click

from courant.lib.configuration import SETTINGS, Configuration, load_configuration

SECRET = {"secret_key", "pass_keys"}
WITH_PASSWORD = {"database_url", "mail_url"}
MAIL_SECONDS = 5


@dataclass(frozen=True)
class Finding:
    """One check: its name, ok / warning / error, and a sentence."""

    check: str
    level: str
    message: str


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print settings and findings as one JSON object.")
def command(as_json: bool) -> None:
    """Show the settings in force and check the installation; exit code 1 if something is wrong."""
    configuration = load_configuration()
    findings = [Finding(key, "error", text) for key, text in configuration.problems.items()]
    findings += check_home(configuration)
    if not any(finding.level == "error" for finding in findings):
        findings += check_with_django(configuration)
    shown = {setting.key: show_value(setting.key, configuration[setting.key]) for setting in SETTINGS}
    if as_json:
        told = {
            "home": str(configuration.home),
            "file": str(configuration.file) if configuration.file else None,
            "settings": {key: {"value": shown[key], "source": configuration.sources[key]} for key in shown},
            "findings": [asdict(finding) for finding in findings],
        }
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        print_report(configuration, shown, findings)
    sys.exit(1 if any(finding.level == "error" for finding in findings) else 0)


def print_report(configuration: Configuration, shown: dict[str, str], findings: list[Finding]) -> None:
    click.echo(f"Data directory: {configuration.home}")
    click.echo(f"Settings file:  {configuration.file or 'none (courant.toml)'}\n")
    for setting in SETTINGS:
        click.echo(f"  {setting.key:<16} {shown[setting.key] or '(empty)'}   [{configuration.sources[setting.key]}]")
        click.echo(f"  {'':<16} {setting.meaning}")
    click.echo("")
    for finding in findings:
        mark = {"ok": "ok     ", "warning": "WARNING", "error": "ERROR  "}[finding.level]
        click.echo(f"{mark} {finding.check}: {finding.message}")


def show_value(key: str, value: Any) -> str:
    """The value for a person's eyes: secrets and passwords are never printed."""
    if key in SECRET:
        return "(set)" if value else ""
    text = ", ".join(value) if isinstance(value, list) else str(value)
    if key in WITH_PASSWORD and "@" in text:
        parts = urlsplit(text)
        return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:…@{parts.netloc.rpartition('@')[2]}"))
    return text


def check_home(configuration: Configuration) -> list[Finding]:
    home = configuration.home
    existing = next(path for path in [home, *home.parents] if path.exists())
    if not existing.is_dir():
        return [Finding("data directory", "error", f"{existing} is a file: COURANT_HOME must name a directory.")]
    if not os.access(existing, os.W_OK):
        return [Finding("data directory", "error", f"{existing} cannot be written to by this user.")]
    open_keys = [key for key in (home / "secret.key", home / "pass.key") if is_open(key)]
    if open_keys:
        return [Finding("secret key", "warning", f"{key} can be read by others: chmod 600 it.") for key in open_keys]
    return [Finding("data directory", "ok", f"{home} can be written to.")]


def is_open(key: Path) -> bool:
    """Whether others than the owner may read this key, or write it."""
    return key.exists() and bool(key.stat().st_mode & 0o077)


def check_with_django(configuration: Configuration) -> list[Finding]:
    from courant.cli.main import start_django

    try:
        start_django()
    except click.ClickException as error:
        return [Finding("start", "error", error.message)]
    checks = [
        check_database,
        check_tables,
        check_static,
        check_mail,
        check_passes,
        check_proxies,
        check_press,
        check_followers,
    ]
    return [finding for check in checks if (finding := check(configuration))]


def check_passes(configuration: Configuration) -> Finding:
    """Says what somebody needs who sets up an edge of their own; never a secret."""
    from courant.wall.rings import key_ring, public_keys

    try:
        ring = key_ring()
    except (OSError, ValueError) as error:
        return Finding("passes", "error", f"cannot be signed: {error}")
    names = ", ".join(key.kid for key in ring.keys)
    said = f"{ring.keys[0].algorithm} for {ring.audience}, keys {names} (the first signs)."
    shown = [f"Public key {key['kid']}: {key['x']} (Ed25519, base64url)." for key in public_keys(ring)]
    return Finding("passes", "ok", " ".join([said, *shown]))


def check_proxies(configuration: Configuration) -> Finding | None:
    """In production something stands in front, since nobody else speaks https."""
    if not configuration.is_production or configuration["trusted_proxies"]:
        return None
    return Finding(
        "proxies",
        "warning",
        "COURANT_TRUSTED_PROXIES is 0: behind a proxy all readers then seem to come from one "
        "address, share one set of limits, and institutions are not recognised.",
    )


def check_database(configuration: Configuration) -> Finding:
    from django.db import DatabaseError, connection

    try:
        connection.ensure_connection()
    except DatabaseError as error:
        return Finding("database", "error", f"cannot be reached: {str(error).strip().splitlines()[0]}")
    return Finding("database", "ok", f"{connection.vendor} answers.")


def check_tables(configuration: Configuration) -> Finding:
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    unreachable = Finding("tables", "error", "cannot be looked at while the database cannot be reached.")
    if connection.connection is None:  # it was asked for a moment ago
        return unreachable
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return unreachable
    if pending:
        return Finding("tables", "error", f"{len(pending)} migrations are not applied: run `courant setup`.")
    return Finding("tables", "ok", "up to date.")


def check_static(configuration: Configuration) -> Finding:
    from django.conf import settings

    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        return Finding("static files", "error", "are not collected: run `courant setup`.")
    return Finding("static files", "ok", "collected.")


def check_mail(configuration: Configuration) -> Finding:
    """Connects and says hello; sends nothing."""
    from django.conf import settings

    if "smtp" not in settings.EMAIL_BACKEND:
        return Finding("mail", "ok", f"goes to {configuration['mail_url']} (no mail server set).")
    kind = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
    try:
        with kind(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=MAIL_SECONDS) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
        return Finding("mail", "error", f"{where} does not answer ({error}): registration cannot send its codes.")
    return Finding("mail", "ok", f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} answers.")


def check_press(configuration: Configuration) -> Finding:
    """The store of pages can be opened, and is of this version."""
    from django.conf import settings

    from courant.press.edition import edition
    from courant.press.stores import local_store

    try:
        known = local_store().settings()
        counts = local_store().status()
        is_current = known is not None and known.edition == edition()
    except Exception as error:  # LMDB's errors have no name in common with those of files
        return Finding("stored pages", "error", f"{settings.PRESS_FOLDER} cannot be used: {error}")
    if configuration["press_share"] == "database" and not str(configuration["database_url"]).startswith("postgres"):
        return Finding("stored pages", "warning", "COURANT_PRESS_SHARE is database: SQLite has one machine only.")
    if known is not None and not is_current:
        return Finding("stored pages", "warning", "are of another version: they are printed anew at the next start.")
    return Finding("stored pages", "ok", f"{counts['pages']} pages, {counts['wanted']} wanted.")


def check_followers(configuration: Configuration) -> Finding | None:
    """Machines that have not heard of a change for a while; one that was taken away a day ago is no fault."""
    from time import time

    from django.db import DatabaseError

    from courant.press.status import followers

    try:
        known = followers(time())
    except DatabaseError:
        return None
    late = [f"{one['host']} ({one['seconds_ago']:.0f} s)" for one in known if 60 < one["seconds_ago"] < 86_400]
    if not known:
        return Finding("followers", "ok", "none yet: `courant serve` starts one on each machine.")
    if late:
        return Finding("followers", "warning", f"have not followed the changes lately: {', '.join(late)}.")
    return Finding("followers", "ok", f"{len(known)} follow the changes.")
