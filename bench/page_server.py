"""`make bench-wall`: gated reading against a static file, in one run on one machine.

wrk and the servers are held to different cores. Each case is measured in turn with the yardstick, nginx sending the
same bytes from a file; CPU time is that of all processes of the server, over the requests it answered. Medians.

python -m bench.page_server [--seconds 5] [--rounds 3] [--stories 1000] [--readers 1000] [--stored 100000] [--only WORD …]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.cases import ANY, Case, check, make_cases
from bench.load import Cores, memory_of
from bench.servers import ROOT, environment_of, page_server
from tests.deploy.proxies import find

RESULTS = Path(__file__).parent / "results" / "wall.json"
# More first openings than one core can count in a second; the list must not run out.
OPENINGS_A_SECOND = 40_000
PER_MONTH = 5


def main(words: list[str]) -> int:
    options = read_options(words)
    if shutil.which("wrk") is None:
        print("not measured: wrk is not installed (tests/provide.sh installs it where it can)")
        return 1
    with tempfile.TemporaryDirectory(prefix="courant-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        told = measure(options, folder)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(told, indent=2) + "\n")
    print(f"\nWritten to {RESULTS.relative_to(ROOT)}")
    return 0


def read_options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.page_server", description="Gated reading, measured.")
    parser.add_argument("--seconds", type=int, default=5, help="length of one run")
    parser.add_argument("--rounds", type=int, default=3, help="how often each case is measured")
    parser.add_argument("--stories", type=int, default=1000)
    parser.add_argument("--readers", type=int, default=1000)
    parser.add_argument(
        "--stored", type=int, default=100_000, help="pages in the store for the memory; 0: not measured"
    )
    parser.add_argument("--only", nargs="*", default=[], metavar="WORD", help="cases whose name has one of these")
    return parser.parse_args(words)


def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Build the paper, measure every case, say it in a table and return it."""
    cores, home = Cores.of_this_machine(), folder / "paper"
    openers = max(50, options.seconds * OPENINGS_A_SECOND // PER_MONTH)
    make_paper(home, folder, options, openers)
    memory: dict[str, dict[str, float]] = {}
    with ExitStack() as stack:
        server = stack.enter_context(page_server(home, cores.server))
        memory["at the start"] = memory_of(server.roots[0])
        cases = make_cases(stack, server, home, folder, cores)
        chosen = [case for case in cases if not options.only or any(word in case.name for word in options.only)]
        for case in chosen:
            check(case)
        print_head()
        for case in chosen:
            take_turns(case, options, cores)
            print_case(case)
        memory["after all of it"] = memory_of(server.roots[0])
    cold_us = None
    if options.stored:
        found, cold_us = with_many_pages(home, folder, options, cores)
        memory |= found
    print_memory(memory)
    return {
        "machine": machine(),
        "options": vars(options),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cases": {case.name: case.told() for case in chosen},
        "cold_cpu_us": cold_us,
        "memory_mb": memory,
    }


# -- The paper ----------------------------------------------------------------------------------------------
def make_paper(home: Path, folder: Path, options: argparse.Namespace, openers: int) -> None:
    home.mkdir(mode=0o755)
    run(home, "-m", "courant.cli.main", "setup", "--quiet")
    run(home, "-m", "bench.make_paper", *map(str, (folder, options.stories, options.readers, openers)))


def run(home: Path, *words: str) -> None:
    subprocess.run([sys.executable, *words], env=environment_of(home), cwd=ROOT, check=True)


# -- Measuring ----------------------------------------------------------------------------------------------
def take_turns(case: Case, options: argparse.Namespace, cores: Cores) -> None:
    """Yardstick, case, yardstick, case: each ratio is to the yardstick of just before."""
    assert case.yardstick
    warm = case.run(1, cores)
    if case.after:
        case.after(warm)
    for _ in range(options.rounds):
        yardstick = case.yardstick.run(options.seconds, cores)
        run = case.run(options.seconds, cores)
        if case.after:
            case.after(run)
        case.runs.append(run)
        case.ratios.append(run.cpu_us / yardstick.cpu_us)


def with_many_pages(
    home: Path, folder: Path, options: argparse.Namespace, cores: Cores
) -> tuple[dict[str, dict[str, float]], float]:
    """The memory of one worker whose store holds many pages, before and after strangers read at random in them; and
    the CPU microseconds of such a request, which mostly is the first for its page."""
    listing = folder / "many.txt"
    store = json.loads((folder / "cases.json").read_text())["store"]
    run(home, "-m", "bench.fill_store", store, str(options.stored), str(listing))
    stored, found = f"{options.stored:,} stored pages", {}
    with page_server(home, cores.server) as server:
        found[f"{stored}, at the start"] = memory_of(server.roots[0])
        seen = Case(stored, server, list_file=listing, shows=ANY).run(max(options.seconds, 3), cores)
        print(f"{'strangers at random in ' + stored:<46}{seen.cpu_us:8.1f} us (mostly a page's first reader)")
        found[f"{stored}, read at random"] = memory_of(server.roots[0])
    return found, round(seen.cpu_us, 2)


# -- Saying it ----------------------------------------------------------------------------------------------
def print_head() -> None:
    print(f"\n{'':<46}{'CPU/request':>11} {'ratio':>9} {'requests/s':>11} {'p99':>9}")


def print_case(case: Case) -> None:
    told = case.told()
    print(
        f"{case.name:<46}{told['cpu_us']:8.1f} us {told['ratio']:7.2f} x "
        f"{told['requests_per_second']:11,} {told['p99_ms']:6.1f} ms",
        flush=True,
    )


def print_memory(memory: dict[str, dict[str, float]]) -> None:
    print("\nMemory of the one worker (its own + files that are shared)")
    for name, found in memory.items():
        print(f"{name:<46}{found['own']:6.0f} MB + {found['files']:5.0f} MB")


def machine() -> dict[str, Any]:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "programs": [version_of("nginx", "-v"), version_of("haproxy", "-v"), version_of("wrk", "-v")],
    }


def version_of(program: str, *words: str) -> str:
    """The first line that a program says of itself."""
    found = find(program)
    if found is None:
        return f"{program}: not installed"
    done = subprocess.run([found, *words], capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip().partition("\n")[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
