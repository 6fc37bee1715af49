"""The servers that `bench.page_server` measures, each held to one core, all with the same paper behind them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.load import family_of
from tests.deploy.browser import HOST
from tests.deploy.paper import AUDIENCE, PASS_SECRET, DeployedPaper
from tests.deploy.proxies import Place, find, mime_types, new_certificate, proxy
from tests.postgres import free_port

ROOT = Path(__file__).parents[1]


@dataclass
class Served:
    """A server that answers: where, and the processes whose CPU time is its."""

    url: str
    roots: list[int]

    def processes(self) -> list[int]:
        return sorted({pid for root in self.roots for pid in family_of(root)})


@contextmanager
def held_to(core: int) -> Iterator[None]:
    """What is started within runs on this core alone, and sees no other."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def started(core: int, command: list[str], port: int, environment: dict[str, str], log: Path) -> Iterator[int]:
    """A server of our own, from when it takes connections."""
    with held_to(core), log.open("ab") as file:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=file, stderr=file, start_new_session=True)
    try:
        until = time.monotonic() + 60
        while not takes_connections(port):
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"{command[:4]} does not start:\n{log.read_text()[-3000:]}")
            time.sleep(0.1)
        yield process.pid
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def takes_connections(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def environment_of(home: Path) -> dict[str, str]:
    """Production, one proxy trusted, a second for shared caches: as the examples of deploy/ have it."""
    return DeployedPaper(home).environment


@contextmanager
def page_server(home: Path, core: int) -> Iterator[Served]:
    """`courant serve`: one process, Django and the page server in it."""
    port = free_port()
    command = [sys.executable, "-m", "courant.cli.main", "serve", "--port", str(port), "--no-work"]
    with started(core, command, port, environment_of(home), home / "serve.log") as pid:
        yield Served(f"http://127.0.0.1:{port}", [pid])


@contextmanager
def django_alone(home: Path, core: int) -> Iterator[Served]:
    """The same paper and settings, every page made anew by Django."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "bench.django_alone:application", "--port", str(port)]
    command += ["--log-level", "warning", "--no-proxy-headers", "--no-server-header", "--lifespan", "off"]
    with started(core, command, port, environment_of(home), home / "django.log") as pid:
        yield Served(f"http://127.0.0.1:{port}", [pid])


@contextmanager
def static_files(files: Path, folder: Path, core: int) -> Iterator[tuple[Served, Served]]:
    """nginx with one worker and the same bytes as files, plain and compressed beforehand: (http, https)."""
    plain, secure = free_port(), free_port()
    certificate, key = new_certificate(folder)
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "static.conf").write_text(
        f"""{user} daemon off; worker_processes 1; pid {folder}/static.pid; error_log {folder}/static.log;
events {{ worker_connections 1024; }}
http {{
    include {mime_types()}; access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
    gzip_static on; root {files};
    server {{ listen 127.0.0.1:{plain}; }}
    server {{
        listen 127.0.0.1:{secure} ssl;
        ssl_certificate {certificate}; ssl_certificate_key {key}; ssl_protocols TLSv1.2 TLSv1.3;
    }}
}}
"""
    )
    nginx = find("nginx")
    if nginx is None:
        raise SystemExit("nginx is not installed: it is the yardstick")
    command = [nginx, "-e", f"{folder}/static.log", "-c", f"{folder}/static.conf"]
    with started(core, command, plain, dict(os.environ), folder / "nginx.log") as pid:
        yield Served(f"http://127.0.0.1:{plain}", [pid]), Served(f"https://127.0.0.1:{secure}", [pid])


@contextmanager
def behind(name: str, server: Served, home: Path, folder: Path, core: int) -> Iterator[Served]:
    """The example of deploy/ in front of the page server, both on the one core, both counted."""
    folder.mkdir()
    certificate, key = new_certificate(folder)
    port = int(server.url.rpartition(":")[2])
    place = Place(folder, port, home, certificate, key, PASS_SECRET, AUDIENCE)
    with ExitStack() as stack:
        with held_to(core):
            stack.enter_context(proxy(name, place))
        yield Served(f"https://127.0.0.1:{place.https}", [*place.processes, *server.roots])


HEADERS = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
