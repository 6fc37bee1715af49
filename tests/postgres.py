"""A throw-away PostgreSQL for the tests, or the reason why there is none."""

import atexit
import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path


def start_cluster() -> tuple[str, str]:
    """(address, "") of a new cluster that ends with this process, or ("", reason)."""
    programs = find_programs()
    if programs is None:
        return "", "no PostgreSQL programs (initdb, pg_ctl) on this machine"
    owner = pick_owner()
    if owner is None:
        return "", "PostgreSQL does not run as root and there is no other user to run it as"
    folder = Path(tempfile.mkdtemp(prefix="courant-pg-"))
    if os.getuid() == 0:
        shutil.chown(folder, owner)
    port = free_port()
    data = folder / "data"
    run(
        owner,
        [
            f"{programs}/initdb",
            "-D",
            str(data),
            "-U",
            "courant",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ],
    )
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off "
        "-c full_page_writes=off -c synchronous_commit=off -c max_connections=300"
    )
    run(owner, [f"{programs}/pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start"])

    def stop() -> None:
        run(owner, [f"{programs}/pg_ctl", "-D", str(data), "-m", "immediate", "stop"], check=False)
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return f"postgresql://courant@127.0.0.1:{port}/postgres", ""


def find_programs() -> str | None:
    initdb = shutil.which("initdb")
    if initdb:
        return os.path.dirname(initdb)
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb")) + sorted(
        glob.glob("/opt/homebrew/opt/postgresql*/bin/initdb")
    )
    return os.path.dirname(found[-1]) if found else None


def pick_owner() -> str | None:
    """Whose the cluster will be: ours, or another's where we are root."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid()).pw_name
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    return None


def run(owner: str, command: list[str], check: bool = True) -> None:
    user = owner if os.getuid() == 0 else None
    subprocess.run(
        command,
        check=check,
        user=user,
        cwd="/",
        capture_output=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
    )


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
