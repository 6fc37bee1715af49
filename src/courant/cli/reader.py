"""`courant reader`: accounts from the command line."""

from __future__ import annotations

import json
import sys

import click

from courant.cli.main import refuse_without_tables, start_django

STATES = ["registered", "subscriber", "staff"]


@click.group("reader")
def command() -> None:
    """Accounts: readers, subscribers, staff."""


@command.command("add")
@click.argument("email")
@click.option("--name", help="Name, as shown to others.")
@click.option("--state", type=click.Choice(STATES), help="Default for a new account: registered.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--json", "as_json", is_flag=True, help="Print the account as one JSON object.")
def add(email: str, name: str | None, state: str | None, password_stdin: bool, as_json: bool) -> None:
    """Make a verified account, or update the one with this address; what is not given stays as it is."""
    start_django()
    refuse_without_tables()
    from django.core.exceptions import ValidationError
    from django.utils import timezone

    from courant.readers.actions.accounts import save_account

    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    if password_stdin and not password:
        raise click.ClickException("Standard input held no password.")
    try:
        reader, is_new = save_account(
            email=email, name=name, state=state, password=password, by=None, now=timezone.now()
        )
    except ValidationError as error:
        raise click.ClickException(" ".join(error.messages)) from error
    if as_json:
        told = {
            "id": reader.pk,
            "email": reader.email,
            "name": reader.name,
            "state": reader.state,
            "verified": True,
            "created": is_new,
            "has_password": reader.has_usable_password(),
        }
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo(f"{'Made' if is_new else 'Updated'} {reader.email} ({reader.state}).")
