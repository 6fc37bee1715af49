"""The `courant` command; see docs/cli.md."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from courant import __version__
from courant.lib.configuration import load_configuration

COMMANDS = {
    "demo": "courant.cli.demo",
    "doctor": "courant.cli.doctor",
    "import": "courant.cli.importing",
    "press": "courant.cli.press",
    "reader": "courant.cli.reader",
    "serve": "courant.cli.serve",
    "setup": "courant.cli.setup",
    "work": "courant.cli.work",
}


class Commands(click.Group):
    """Loads a command's module when it is asked for, so that `--help` and `doctor` need no working database."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: Any = import_module(COMMANDS[cmd_name]).command
        return command if isinstance(command, click.Command) else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="courant")
def main() -> None:
    """Courant, a newspaper in a box.

    The data directory is COURANT_HOME (default ./var). Settings come from environment variables or from
    courant.toml; `courant doctor` shows them and explains what is wrong.

    Exit codes: 0 done, 1 something failed and is named, 2 wrong use.
    """


def start_django() -> None:
    """Load Django with this installation's settings, or say in a sentence why that cannot be."""
    refuse_problems()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "courant.project.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except (ImproperlyConfigured, OSError) as error:
        raise click.ClickException(f"Courant cannot start: {str(error).rstrip('.')}. See `courant doctor`.") from error


def refuse_problems() -> None:
    """To go on with a setting that was not understood would be to go on with another one than was meant."""
    problems = load_configuration().problems
    if problems:
        raise click.ClickException("\n".join(["These settings cannot be used:", *problems.values()]))


def refuse_without_tables() -> None:
    """A command that needs the paper's tables says so, instead of showing a database error."""
    from django.db import DatabaseError, connection

    try:
        tables = connection.introspection.table_names()
    except DatabaseError as error:
        raise click.ClickException(f"The database cannot be reached: {error}") from error
    if "stories_storypage" not in tables:
        raise click.ClickException("There is no paper here yet. Run `courant setup` first (or `courant demo`).")


if __name__ == "__main__":
    sys.exit(main())
