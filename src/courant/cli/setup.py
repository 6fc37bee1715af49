"""`courant setup`: database, site, sections and default pages, safe to repeat."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

from courant.cli.main import start_django

SETUP_LOCK = 0x636F7572616E74  # "courant"; a number is all that PostgreSQL's locks have for a name


@click.command("setup")
@click.option("--section", "sections", multiple=True, metavar="NAME", help="Sections to make; default: News.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def command(sections: tuple[str, ...], quiet: bool) -> None:
    """Make the paper in COURANT_HOME: tables, site, sections, legal pages. Repeating it changes nothing made before."""
    start_django()
    say: Callable[[str], object] = (lambda text: None) if quiet else click.echo
    with alone(say=say):
        make_paper(sections=sections or ("News",), say=say)


@contextmanager
def alone(*, say: Callable[[str], object]) -> Iterator[None]:
    """Wait until nobody else sets up this data directory or this database; two at once would spoil both."""
    from django.conf import settings
    from django.db import connection

    try:
        settings.COURANT_HOME.mkdir(parents=True, exist_ok=True)
        lock = (settings.COURANT_HOME / "setup.lock").open("w")
    except OSError as error:
        raise click.ClickException(f"{settings.COURANT_HOME} cannot be written: {error}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is running here; waiting for it to end.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        with alone_in_database(connection.copy()):
            yield


@contextmanager
def alone_in_database(connection: Any) -> Iterator[None]:
    """On PostgreSQL set-ups of several machines wait for one another as well. Takes a connection of its own."""
    if connection.vendor != "postgresql":
        yield
        return
    from django.db import DatabaseError

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [SETUP_LOCK])
    except DatabaseError as error:
        raise click.ClickException(f"The database cannot be reached: {error}") from error
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [SETUP_LOCK])
        connection.close()


def make_paper(*, sections: tuple[str, ...], say: Callable[[str], object]) -> None:
    from django.conf import settings
    from django.utils import timezone

    from courant.readers.actions.legal import install_legal_documents
    from courant.stories.actions import set_up_paper

    prepare_home()
    say("Database and static files: ready")
    made = set_up_paper(name=settings.CONFIGURATION["paper_name"], section_names=sections)
    install_legal_documents(now=timezone.now())
    say(f"Paper: {'made' if made else 'was there, left as it is'}")
    say("Next: `courant reader add you@example.org --state staff`, then `courant serve`.")


def prepare_home() -> None:
    """Tables and static files of this version in the data directory; quick when they are there already."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import DatabaseError

    try:
        settings.COURANT_HOME.mkdir(parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        if is_static_stale():
            # Without a manifest the last try was cut off, perhaps in the middle of a file.
            is_whole = (settings.STATIC_ROOT / "staticfiles.json").is_file()
            call_command("collectstatic", interactive=False, verbosity=0, clear=not is_whole)
    except DatabaseError as error:
        raise click.ClickException(f"The database cannot be set up: {error}") from error
    except OSError as error:
        raise click.ClickException(f"{settings.COURANT_HOME} cannot be written: {error}") from error


def is_static_stale() -> bool:
    """Whether a file of the package is newer than what was collected, or nothing was."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    manifest = settings.STATIC_ROOT / "staticfiles.json"
    if not manifest.is_file():
        return True
    collected_at = manifest.stat().st_mtime
    files = ((storage, path) for finder in get_finders() for path, storage in finder.list([]))
    return any(storage.get_modified_time(path).timestamp() > collected_at for storage, path in files)
