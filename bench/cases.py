"""What `bench.page_server` measures: each case with its yardstick, and the proof that it is what its name says."""

from __future__ import annotations

import gzip
import http.client
import json
import sqlite3
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from bench.load import Cores, LoadError, Run, load, wait_until_idle
from bench.servers import HEADERS, Served, behind, django_alone, static_files

FULL, PREVIEW, ANY = "full", "preview", "any"


@dataclass
class Case:
    """What is asked of whom; `shows` is what the answer must be for the figure to mean what it says."""

    name: str
    server: Served
    target: str = "/"
    cookie: str = ""
    encoding: str = "gzip"
    list_file: Path | None = None
    shows: str = FULL
    # Seconds of a run at the least: what takes a second for 16 answers is not seen in one.
    shortest: int = 1
    yardstick: Case | None = None
    after: Callable[[Run], None] | None = None
    runs: list[Run] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)

    def headers(self) -> dict[str, str]:
        said = dict(HEADERS)
        if self.encoding:
            said["Accept-Encoding"] = self.encoding
        if self.cookie:
            said["Cookie"] = self.cookie
        return said

    def run(self, seconds: int, cores: Cores) -> Run:
        pids = self.server.processes()
        run = load(
            self.server.url + self.target,
            pids,
            seconds=max(seconds, self.shortest),
            cores=cores,
            headers=self.headers(),
            list_file=self.list_file,
        )
        wait_until_idle(pids)
        return run

    def told(self) -> dict[str, Any]:
        return {
            "cpu_us": round(median(run.cpu_us for run in self.runs), 2),
            "ratio": round(median(self.ratios), 3),
            "ratios": [round(ratio, 3) for ratio in self.ratios],
            "requests_per_second": round(median(run.per_second for run in self.runs)),
            "p99_ms": round(median(run.p99_ms for run in self.runs), 2),
        }


def make_cases(stack: ExitStack, server: Served, home: Path, folder: Path, cores: Cores) -> list[Case]:
    known = json.loads((folder / "cases.json").read_text())
    at, cookie = known["addresses"], known["cookie"]
    files, files_tls = stack.enter_context(static_files(folder / "files", folder, cores.server))
    alone = stack.enter_context(django_alone(home, cores.server))
    file = f"{at['registered']}index.html"
    plain = Case("nginx, a file, plain", files, file, encoding="")
    packed = Case("nginx, a file, gzip", files, file)
    secure = Case("nginx, a file, gzip, TLS", files_tls, file)
    plain.yardstick, packed.yardstick, secure.yardstick = plain, packed, packed
    cases = [
        plain,
        packed,
        Case("nginx, all stories as files", files, list_file=folder / "files.txt", shows=ANY),
        Case("stranger, free story, plain", server, at["free"], encoding="", yardstick=plain),
        Case("stranger, free story", server, at["free"]),
        Case("stranger, preview", server, at["registered"], shows=PREVIEW),
        Case("reader with a pass, gated story", server, at["registered"], cookie),
        Case("readers and stories mixed", server, list_file=folder / "mix.txt", shows=ANY),
        Case("strangers and stories mixed", server, list_file=folder / "strangers.txt", shows=ANY),
        first_openings(server, home, folder),
        Case("Django alone, stranger, free story", alone, at["free"], shortest=4),
        Case("Django alone, stranger, preview", alone, at["registered"], shows=PREVIEW, shortest=4),
        Case("Django alone, reader, gated story", alone, at["registered"], known["session"], shortest=4),
        secure,
    ]
    for name in ("nginx", "haproxy"):
        front = stack.enter_context(behind(name, server, home, folder / name, cores.server))
        cases += [
            Case(f"{name} in front, TLS, stranger, free story", front, at["free"]),
            Case(f"{name} in front, TLS, reader, gated story", front, at["registered"], cookie),
            Case(f"{name} in front, TLS, readers mixed", front, list_file=folder / "mix.txt", shows=ANY),
        ]
    for case in cases:
        case.yardstick = case.yardstick or packed
    return cases


def first_openings(server: Served, home: Path, folder: Path) -> Case:
    """Every request one written row: afterwards the rows are counted, and taken away for the next round."""
    listed = folder / "openings.txt"
    lines = sum(1 for _ in listed.open())

    def after(run: Run) -> None:
        with sqlite3.connect(home / "courant.sqlite3", timeout=30) as database:
            rows = database.execute("SELECT count(*) FROM wall_opening").fetchone()[0]
            for table in ("wall_opening", "wall_metermonth"):
                database.execute(f"DELETE FROM {table}")
        database.close()
        if run.requests > lines or not run.requests <= rows <= run.requests + 32:
            raise LoadError(f"{run.requests} first openings, but {rows} rows of {lines} that could be")

    return Case("first openings, each a written row", server, list_file=listed, shows=ANY, after=after)


def check(case: Case) -> None:
    """One request by hand, so that it is certain what is measured."""
    if case.list_file is not None:
        return
    parts = urlsplit(case.server.url)
    if parts.scheme == "https":
        # The certificate was made a moment ago and signs itself.
        context = ssl._create_unverified_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(parts.netloc, timeout=20, context=context)
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    connection.request("GET", case.target, headers=case.headers())
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise LoadError(f"{case.name}: {answer.status}")
    if answer.headers.get("Content-Encoding", "") != case.encoding:
        raise LoadError(f"{case.name}: sent as {answer.headers.get('Content-Encoding')}")
    text = gzip.decompress(body) if case.encoding == "gzip" else body
    # A story of 900 words has about 6,000 signs of text; its preview a fifth of them.
    paragraphs = text.count(b"<p id=")
    if (case.shows == FULL and paragraphs < 15) or (case.shows == PREVIEW and paragraphs > 10):
        raise LoadError(f"{case.name}: {paragraphs} paragraphs")
