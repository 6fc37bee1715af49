"""Pages of the demo over HTTP, against this server's smallest answer (/-/healthz).

Set-up time and size are printed too. CPU per request counts the server's processes, which is the honest figure on a
shared machine (`/proc`, so Linux only).
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REQUESTS = 150
CASES = {
    "/-/healthz (yardstick)": "/-/healthz",
    "front page, stranger": "/",
    "free story, stranger": "/world/geneva-talks-open/",
    "gated story, preview for a stranger": "/world/blinken-lavrov-geneva/",
    "section, stranger": "/world/",
    "search for one word": "/search/?q=harbour",
    "RSS feed": "/feeds/rss.xml",
}


def measure() -> None:
    with serving_demo() as (port, pid):
        report(port, pid)


@contextmanager
def serving_demo() -> Iterator[tuple[int, int]]:
    """Build the demo in a folder of its own and serve it: (port, process id)."""
    with tempfile.TemporaryDirectory(prefix="courant-bench-") as folder:
        environment = {**os.environ, "COURANT_HOME": folder}
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "courant.cli.main", "demo", "--build-only"],
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        print(f"set-up of the demo: {time.perf_counter() - started:.1f} s, {size / 1e6:.0f} MB in the data directory")
        port = free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", "courant.cli.main", "serve", "--port", str(port), "--no-work"],
            env=environment,
            start_new_session=True,
        )
        try:
            wait_for(port)
            yield port, server.pid
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait()


def report(port: int, pid: int) -> None:
    yardstick = None
    for name, path in CASES.items():
        wall, cpu = ask(port, pid, path)
        yardstick = yardstick or cpu
        print(f"{name:<40}{wall * 1e3:8.2f} ms {cpu * 1e3:8.2f} ms CPU {cpu / yardstick:6.1f} x")


def ask(port: int, pid: int, path: str) -> tuple[float, float]:
    """Seconds and CPU seconds for one request, over one kept connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(10):
        get(connection, path)
    before, started = cpu_seconds(pid), time.perf_counter()
    for _ in range(REQUESTS):
        get(connection, path)
    took = (time.perf_counter() - started) / REQUESTS
    return took, max((cpu_seconds(pid) - before) / REQUESTS, 1e-6)


def get(connection: http.client.HTTPConnection, path: str) -> None:
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200, (path, answer.status)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/-/healthz", timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")
