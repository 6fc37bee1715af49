"""Load by wrk on one core, the server on another; CPU time is what the kernel says the server's processes used."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("requests.lua")
CONNECTIONS = 16
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cores:
    """The core that servers are held to, and the one of wrk; on a machine with one core both are the same."""

    server: int
    client: int

    @classmethod
    def of_this_machine(cls) -> Cores:
        known = sorted(os.sched_getaffinity(0))
        return cls(known[0], known[-1])


def pinned(core: int, command: Sequence[str]) -> list[str]:
    taskset = shutil.which("taskset")
    return [taskset, "-c", str(core), *command] if taskset else list(command)


@dataclass(frozen=True)
class Run:
    """One run: requests answered, seconds it took, CPU microseconds of all server processes for each."""

    requests: int
    seconds: float
    cpu_us: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


class LoadError(Exception):
    """wrk saw something else than answers of the kind that was to be measured."""


def load(
    url: str,
    pids: Iterable[int],
    *,
    seconds: int,
    cores: Cores,
    headers: Mapping[str, str],
    list_file: Path | None = None,
) -> Run:
    """Ask `url` from 16 connections; with a list, its lines `TARGET<tab>COOKIE` in their order, over and over.

    LoadError if any answer is not 200.
    """
    wrk = shutil.which("wrk")
    if wrk is None:
        raise LoadError("wrk is not installed")
    command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s", str(SCRIPT)]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    command += [url, "--", str(list_file or "")]
    known = list(pids)
    before = cpu_seconds(known)
    done = subprocess.run(pinned(cores.client, command), capture_output=True, text=True, check=False)
    used = cpu_seconds(known) - before
    told = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not told:
        raise LoadError(f"wrk failed: {done.stdout}{done.stderr}")
    found = json.loads(told[-1])
    if found["faults"] or not found["requests"]:
        raise LoadError(f"{url}: {found['requests']} answers, faults: {found['faults']}")
    return Run(found["requests"], found["seconds"], used / found["requests"] * 1e6, found["p99_ms"])


def wait_until_idle(pids: Iterable[int]) -> None:
    """Let a slow server finish what it was still asked, at most ten seconds: it is nobody else's work."""
    known, until = list(pids), time.monotonic() + 10
    while time.monotonic() < until:
        before = cpu_seconds(known)
        time.sleep(0.2)
        if cpu_seconds(known) - before < 0.02:
            return


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time of these processes, all their threads."""
    return sum(map(process_seconds, pids))


def process_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def family_of(pid: int) -> list[int]:
    """The process and all below it."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(folder.name)] = int(fields[1])
    family = [pid]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return family


def memory_of(pid: int) -> dict[str, float]:
    """MB of memory of a process: all that it holds (`rss`), its own (`own`), and files that it shares (`files`)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    values = {line.partition(":")[0]: line.split()[1] for line in lines if line.startswith("Rss") or "VmRSS" in line}
    return {
        "rss": int(values["VmRSS"]) / 1024,
        "own": int(values["RssAnon"]) / 1024,
        "files": (int(values["RssFile"]) + int(values["RssShmem"])) / 1024,
    }
