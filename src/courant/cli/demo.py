"""`courant demo`: build the demo paper once and serve it."""

from __future__ import annotations

import time

import click

from courant.cli.main import start_django
from courant.cli.serve import refuse_taken_port, serve
from courant.cli.setup import alone, prepare_home


@click.command("demo")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--build-only", is_flag=True, help="Build the paper and stop.")
def command(host: str, port: int, build_only: bool) -> None:
    """Build the demo paper in COURANT_HOME, if it is not there yet, and serve it."""
    start_django()
    from django.conf import settings

    if settings.IS_PRODUCTION:
        raise click.ClickException("The demo has accounts that anyone knows: it is not for COURANT_ENV=production.")
    if not build_only:
        refuse_taken_port(host, port)
    with alone(say=click.echo):
        build_once()
    if not build_only:
        print_addresses(host, port)
        serve(host=host, port=port, workers=1, with_worker=True)


def build_once() -> None:
    """Tables and static files, then the paper in one transaction; what was built before is left alone."""
    from django.conf import settings
    from django.utils import timezone

    from courant.demo.build import build_demo, is_demo
    from courant.demo.texts import read_texts
    from courant.stories.models import FrontPage

    started = time.monotonic()
    click.echo(f"Data directory: {settings.COURANT_HOME}")
    prepare_home()
    if is_demo():
        return
    if FrontPage.objects.exists():
        raise click.ClickException(
            f"{settings.COURANT_HOME} holds another paper. Choose an empty directory: COURANT_HOME=./demo courant demo"
        )
    texts = read_texts()
    with click.progressbar(length=len(texts), label="Printing the demo paper") as bar:
        build_demo(now=timezone.now(), tick=lambda slug: bar.update(1))
    click.echo(f"Built in {time.monotonic() - started:.1f} s.")


def print_addresses(host: str, port: int) -> None:
    from courant.demo.accounts import ACCOUNTS
    from courant.demo.build import PAPER

    address = f"http://{host}:{port}"
    click.echo(f"\n{PAPER} is on {address}/\n")
    click.echo(f"  Front page     {address}/")
    click.echo(f"  A gated story  {address}/world/blinken-lavrov-geneva/")
    click.echo(f"  Newsroom       {address}/newsroom/\n")
    click.echo("  Demo accounts (address, password)")
    for account in ACCOUNTS:
        click.echo(f"  {account.state:<12} {account.email:<30} {account.password}")
    click.echo("\n  Mails go to files in the data directory (mail/). Stop with Ctrl+C.\n")
