"""`courant press`: print the whole paper beforehand, and look at what is stored."""

from __future__ import annotations

import json
import sys
from collections import Counter
from time import time
from typing import Any

import click

from courant.cli.main import refuse_without_tables, start_django

MOST_NAMED = 20


@click.group("press")
def command() -> None:
    """Stored pages: what readers are answered with while Django rests."""


@command.command("rebuild")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as one JSON object.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
def rebuild(as_json: bool, quiet: bool) -> None:
    """Print every public page anew; the old ones are served until then. Exit code 1 if any page failed."""
    start_django()
    refuse_without_tables()
    began = time()
    addresses = known_addresses()
    failed: dict[str, str] = {}
    counts: Counter[str] = Counter()
    hidden = quiet or as_json or not sys.stderr.isatty()
    with click.progressbar(addresses, label="Printing", file=sys.stderr, hidden=hidden) as bar:
        for address in bar:
            outcome, error = press_one(address)
            counts[outcome] += 1
            if error:
                failed[address] = error
    told = {"addresses": len(addresses), **dict(counts), "errors": failed, "seconds": round(time() - began, 1)}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        print_rebuilt(told, counts, failed)
    sys.exit(1 if failed else 0)


def known_addresses() -> list[str]:
    """Every public address, and what is stored besides: a page that is no longer public is found out so."""
    from django.db import DatabaseError

    from courant.edge.listing import stored_addresses
    from courant.press.actions import refresh_settings
    from courant.press.edition import settle_edition
    from courant.press.following import catch_up
    from courant.press.queries import public_addresses
    from courant.press.stores import local_store

    try:
        settle_edition()
        # Whoever follows the changes begins with an empty store where it does not know from when on.
        catch_up()
        refresh_settings(local_store())
        return list(dict.fromkeys([*public_addresses(), *stored_addresses(local_store().folder)]))
    except DatabaseError as error:
        raise click.ClickException(f"The database cannot be used: {error}") from error
    except OSError as error:
        raise click.ClickException(f"The store of pages cannot be written: {error}") from error


def press_one(address: str) -> tuple[str, str]:
    """(outcome, what went wrong); a page that is withdrawn while it is printed is printed once more."""
    from django.utils import timezone

    from courant.press.actions import press
    from courant.press.enums import Outcome
    from courant.press.stores import local_store

    outcome = Outcome.OVERTAKEN
    try:
        for _ in range(3):
            if outcome == Outcome.OVERTAKEN:
                outcome = press(address=address, store=local_store(), now=timezone.now(), takes_shared=False)
    except Exception as error:
        return Outcome.FAILED, f"{type(error).__name__}: {error}"
    return outcome, "cannot be stored, see the log" if outcome == Outcome.FAILED else ""


def print_rebuilt(told: dict[str, Any], counts: Counter[str], failed: dict[str, str]) -> None:
    for address, error in list(failed.items())[:MOST_NAMED]:
        click.echo(f"FAILED  {address}: {error}", err=True)
    if len(failed) > MOST_NAMED:
        click.echo(f"FAILED  and {len(failed) - MOST_NAMED} more", err=True)
    click.echo(f"{counts['pressed']} pages printed in {told['seconds']} s, {len(failed)} failed.")


@command.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def status(as_json: bool) -> None:
    """Pages and variants stored, bytes, wanted pages, edition, and how far each host follows the changes."""
    start_django()
    refuse_without_tables()
    from django.db import DatabaseError

    from courant.press.status import press_status

    try:
        told = press_status(time())
    except DatabaseError as error:
        raise click.ClickException(f"The database cannot be used: {error}") from error
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"Folder     {told['folder']}")
    click.echo(f"Pages      {told['pages']} in {told['variants']} variants, {told['stale']} of them past their time")
    click.echo(f"Bytes      {told['bytes']:,} ({told['bytes_on_disk']:,} on the disk)")
    click.echo(f"Wanted     {told['wanted']}")
    other = "" if told["is_current"] else " (of another version: emptied at the next start)"
    click.echo(f"Edition    {told['edition'] or 'none'}{other}")
    for follower in told["followers"]:
        where = " (this host)" if follower["is_here"] else ""
        click.echo(
            f"Follower   {follower['host']}{where}: looked {follower['seconds_ago']} s ago, "
            f"last change in force after {follower['lag']} s"
        )
    if not told["followers"]:
        click.echo("Follower   none yet: `courant serve` starts one")
