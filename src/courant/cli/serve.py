"""`courant serve`: the web server, with a task worker beside it."""

from __future__ import annotations

import os
import socket
from contextlib import nullcontext

import click

from courant.cli.beside import WorkerBeside
from courant.cli.main import refuse_without_tables, start_django


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--no-work", is_flag=True, help="Start no task worker; run `courant work` elsewhere.")
def command(host: str, port: int, workers: int, no_work: bool) -> None:
    """Serve what is in COURANT_HOME. Production settings when COURANT_ENV=production."""
    start_django()
    refuse_without_tables()
    refuse_demo_in_production()
    serve(host=host, port=port, workers=workers, with_worker=not no_work)


def refuse_demo_in_production() -> None:
    """Anyone can read the passwords of the demo's accounts, an editor's among them."""
    from django.conf import settings

    from courant.demo.build import is_demo

    if settings.IS_PRODUCTION and is_demo():
        raise click.ClickException(
            "This is the demo paper, with accounts that anyone knows: it is not for COURANT_ENV=production. "
            "Choose an empty COURANT_HOME (and database) and run `courant setup`."
        )


def refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"{host}:{port} cannot be used ({error.strerror}). Choose another: --port 8001 (make demo PORT=8001)."
            ) from error


def address_of_server(host: str, port: int) -> str:
    """Where a browser on this machine reaches the server."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # nothing is bound here
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def serve(*, host: str, port: int, workers: int, with_worker: bool) -> None:
    """Run until stopped; the worker ends with the server."""
    import uvicorn

    from courant.edge.protocol import PageProtocol
    from courant.press.stores import note_served_at

    refuse_taken_port(host, port)
    note_served_at(address_of_server(host, port))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "courant.project.settings")
    with WorkerBeside() if with_worker else nullcontext():
        uvicorn.run(
            "courant.project.asgi:application",
            host=host,
            port=port,
            workers=workers,
            # Stored pages are answered before ASGI begins; everything else goes its ordinary way.
            http=PageProtocol,
            log_level="warning",
            # Forwarded addresses are counted by the wall itself (COURANT_TRUSTED_PROXIES).
            proxy_headers=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=10,
        )
