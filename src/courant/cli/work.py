"""`courant work`: the task worker, the press, and what happens by the clock."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time

import click

from courant.cli.main import refuse_without_tables, start_django

SECONDS_BETWEEN_ROUNDS = 30
SECONDS_WITHOUT_DATABASE = 5
log = logging.getLogger("courant.work")


@click.command("work")
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
@click.option("--beside", is_flag=True, hidden=True, help="End when standard input ends.")
def command(once: bool, beside: bool) -> None:
    """Run queued tasks, press pages, publish what is scheduled, tidy up. Any number may run beside each other."""
    start_django()
    refuse_without_tables()
    from django.db import DatabaseError

    if once:
        try:
            do_round()
            run_tasks(until_empty=True)
            press_once()
        except DatabaseError as error:
            raise click.ClickException(f"The database cannot be used: {error}") from error
        return
    if beside:
        threading.Thread(target=end_with_input, daemon=True, name="input").start()
    threading.Thread(target=keep_the_clock, daemon=True, name="clock").start()
    start_press()
    keep_working()


def start_press() -> None:
    """Threads of their own: neither waits for a task. On a host that serves nothing, the changes are followed here."""
    from courant.press.following import Follower
    from courant.press.pressing import Presser

    Follower().start()
    Presser().start()


def press_once() -> None:
    """What is wanted now, unless another worker of this host presses it already."""
    from courant.press.pressing import press_what_is_wanted

    press_what_is_wanted()


def run_tasks(*, until_empty: bool) -> None:
    from django.core.management import call_command

    for name in ("django_tasks", "django_tasks_db"):
        # The command sets the level itself, to two lines for every task: four for every story that is saved.
        logging.getLogger(name).addFilter(is_worth_a_line)
    call_command("db_worker", batch=until_empty, queue_name="*", startup_delay=False, verbosity=1)


def is_worth_a_line(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def keep_working() -> None:
    """Run tasks until told to stop; while the database is away, ask for it every few seconds."""
    from django.db import DatabaseError, connections

    while True:
        try:
            run_tasks(until_empty=False)
            sys.exit(0)
        except DatabaseError as error:
            log.error("The database cannot be used, trying again in %s s: %s", SECONDS_WITHOUT_DATABASE, error)
            connections.close_all()
            time.sleep(SECONDS_WITHOUT_DATABASE)


def end_with_input() -> None:
    """Not by way of sys.stdin, whose lock would be held while the interpreter ends."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def keep_the_clock() -> None:
    """A round every half minute; one that fails is logged and the next one tries again."""
    waiting = threading.Event()
    while True:
        try:
            do_round()
        except Exception:
            log.exception("A round of the clock failed; the next one is in %s s", SECONDS_BETWEEN_ROUNDS)
        waiting.wait(SECONDS_BETWEEN_ROUNDS)


def do_round() -> None:
    """Publish and withdraw what is due; forget ended sessions, the meter of past months, withdrawals of days ago."""
    from django.core.management import call_command
    from django.db import close_old_connections
    from django.utils import timezone

    from courant.press.actions import forget_old
    from courant.wall.actions import forget_ended_passes, forget_past_months
    from courant.wall.visits import paper_zone

    try:
        call_command("publish_scheduled", verbosity=0)
        call_command("clearsessions", verbosity=0)
        forget_past_months(now=timezone.now(), zone=paper_zone())
        forget_ended_passes(now=timezone.now())
        forget_old(now=timezone.now())
    finally:
        close_old_connections()
