"""The proxies of deploy/, started from the examples themselves with nothing but places and ports put in."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.deploy.browser import CURL, Browser
from tests.postgres import free_port

DEPLOY = Path(__file__).parents[2] / "deploy"
LIBRARY = "127.0.0.9"
"""An address of this machine that is an institution's."""


@dataclass(frozen=True)
class Place:
    """What the examples leave to the installation: folders, ports, certificate, the paper behind them."""

    folder: Path
    backend: int
    home: Path
    certificate: Path
    key: Path
    pass_secret: str
    pass_audience: str
    https: int = field(default_factory=free_port)
    http: int = field(default_factory=free_port)
    inside: int = field(default_factory=free_port)
    processes: list[int] = field(default_factory=list)

    @property
    def bundle(self) -> Path:
        """Chain and key in one file, as HAProxy wants them."""
        path = self.folder / "bundle.pem"
        path.write_text(self.certificate.read_text() + self.key.read_text())
        return path

    def browser(self, **values: object) -> Browser:
        return Browser(self.https, self.certificate, **values)  # type: ignore[arg-type]


def missing(name: str) -> str:
    """What is not installed of what this proxy needs; empty if nothing is missing."""
    needed = {"nginx": ["nginx"], "haproxy": ["haproxy"], "varnish": ["varnishd", "haproxy"]}[name]
    lacking = [program for program in [*needed, "openssl"] if find(program) is None]
    return ", ".join(lacking + ([] if CURL else ["curl"]))


def find(program: str) -> str | None:
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def filled_in(example: str, **values: str) -> str:
    """The example with each of these words replaced. A word that does not stand in it is an error: then the example
    says something else than what is tested."""
    text = (DEPLOY / example).read_text()
    for word, value in values.items():
        assert word in text, f"{example} does not say {word!r}"
        text = text.replace(word, value)
    return text


@contextmanager
def proxy(name: str, place: Place) -> Iterator[Place]:
    """The proxy answers within the block."""
    start = {"nginx": nginx, "haproxy": haproxy, "varnish": varnish}[name]
    with start(place):
        wait_for(place)
        yield place


@contextmanager
def nginx(place: Place) -> Iterator[None]:
    cache = place.folder / "cache"
    cache.mkdir()
    example = filled_in(
        "nginx/courant.conf",
        **{
            "127.0.0.1:8000": f"127.0.0.1:{place.backend}",
            "/var/cache/nginx/courant": str(cache),
            "# 192.0.2.0/24   1;": f"{LIBRARY}/32 1;",
            "    listen [::]:80;\n": "",
            "    listen [::]:443 ssl http2;\n": "",
            "listen 80;": f"listen 127.0.0.1:{place.http};",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{place.https} ssl http2;",
            "/etc/ssl/paper.example/fullchain.pem": str(place.certificate),
            "/etc/ssl/paper.example/privkey.pem": str(place.key),
            "/srv/courant": str(place.home),
        },
    )
    (place.folder / "courant.conf").write_text(example)
    (place.folder / "nginx.conf").write_text(
        ("user root;\n" if os.getuid() == 0 else "")
        + f"pid {place.folder}/nginx.pid;\nerror_log {place.folder}/error.log;\ndaemon off;\n"
        "worker_processes 1;\nevents { worker_connections 1024; }\n"
        f"http {{ access_log off; include {mime_types()}; include {place.folder}/courant.conf; }}\n"
    )
    with running(place, "nginx", "-e", f"{place.folder}/error.log", "-c", f"{place.folder}/nginx.conf"):
        yield


def mime_types() -> str:
    known = ("/etc/nginx/mime.types", "/usr/local/etc/nginx/mime.types", "/opt/homebrew/etc/nginx/mime.types")
    return next(path for path in known if Path(path).is_file())


@contextmanager
def haproxy(place: Place) -> Iterator[None]:
    (place.folder / "institutions.lst").write_text(f"# A library\n{LIBRARY}/32\n")
    example = filled_in(
        "haproxy/haproxy.cfg",
        **{
            **THIS_USER,
            "    chroot /var/lib/haproxy\n": "",
            "bind :80": f"bind 127.0.0.1:{place.http}",
            "bind :443": f"bind 127.0.0.1:{place.https}",
            "/etc/haproxy/paper.example.pem": str(place.bundle),
            "/etc/haproxy/institutions.lst": str(place.folder / "institutions.lst"),
            "127.0.0.1:8000": f"127.0.0.1:{place.backend}",
        },
    )
    (place.folder / "haproxy.cfg").write_text(example)
    secrets = {"COURANT_PASS_SECRET": place.pass_secret, "COURANT_PASS_AUDIENCE": place.pass_audience}
    with running(place, "haproxy", "-db", "-f", str(place.folder / "haproxy.cfg"), environment=secrets):
        yield


# Run by whoever runs the tests, within what a shell may open.
THIS_USER = {
    "    user haproxy\n": "",
    "    group haproxy\n": "",
    "    log /dev/log local0\n": "",
    "    log global\n": "",
    "maxconn 20000": "maxconn 500",
}


@contextmanager
def varnish(place: Place) -> Iterator[None]:
    tls = place.folder / "tls.sock"
    cache = filled_in(
        "varnish/courant.vcl",
        **{'"192.0.2.255";': f'"{LIBRARY}";', '.port = "8000";': f'.port = "{place.backend}";'},
    )
    (place.folder / "courant.vcl").write_text(cache)
    front = filled_in(
        "varnish/tls.cfg",
        **{
            **THIS_USER,
            "bind :443": f"bind 127.0.0.1:{place.https}",
            "/etc/haproxy/paper.example.pem": str(place.bundle),
            "/run/varnish/tls.sock": str(tls),
        },
    )
    (place.folder / "tls.cfg").write_text(front)
    with ExitStack() as started:
        words = ["-F", "-j", "none", "-n", str(place.folder / "varnish"), "-f", str(place.folder / "courant.vcl")]
        words += ["-s", "malloc,64M", "-p", "feature=+http2", "-p", "http_gzip_support=off"]
        words += ["-a", f"plain=127.0.0.1:{place.http}", "-a", f"tls={tls},PROXY,mode=666"]
        words += ["-a", f"inside=127.0.0.1:{place.inside}"]
        started.enter_context(running(place, "varnishd", *words))
        started.enter_context(running(place, "haproxy", "-db", "-f", str(place.folder / "tls.cfg")))
        yield


@contextmanager
def running(place: Place, program: str, *words: str, environment: dict[str, str] | None = None) -> Iterator[None]:
    path = find(program)
    assert path
    with (place.folder / f"{program}.log").open("ab") as log:
        process = subprocess.Popen(
            [path, *words], stdout=log, stderr=log, env={**os.environ, **(environment or {})}, start_new_session=True
        )
    place.processes.append(process.pid)
    try:
        yield
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(place: Place) -> None:
    until, browser, said = time.monotonic() + 30, place.browser(), ""
    while time.monotonic() < until:
        try:
            answer = browser.ask("/-/healthz")
            if answer.status == 200:
                return
            said = str(answer.status)
        except AssertionError as error:
            said = str(error)
        time.sleep(0.1)
    logs = "".join(path.read_text()[-3000:] for path in place.folder.glob("*.log"))
    raise AssertionError(f"the proxy does not answer: {said}\n{logs}")


def new_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for paper.example that signs itself, and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=paper.example"
    )
    subprocess.run(
        [*command.split(), "-addext", "subjectAltName=DNS:paper.example", "-out", certificate, "-keyout", key],
        check=True,
        capture_output=True,
    )
    return certificate, key
