"""A browser made of curl, which speaks TLS and HTTP/2 and can come from any address of this machine."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

HOST = "paper.example"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CURL = shutil.which("curl")


@dataclass(frozen=True)
class Answer:
    status: int
    version: str
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for header, value in self.headers if header == name]

    def get(self, name: str) -> str:
        """A header that comes once; empty if it does not come."""
        values = self.all(name)
        assert len(values) < 2, (name, values)
        return values[0] if values else ""

    @property
    def page(self) -> str:
        plain = gzip.decompress(self.body) if self.get("content-encoding") == "gzip" else self.body
        return plain.decode()


@dataclass
class Browser:
    """Keeps the cookies it is given. `address` is the one it connects from."""

    port: int
    certificate: Path
    http2: bool = False
    address: str = "127.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, method: str = "GET", body: str = "", **headers: str) -> Answer:
        """Ask over TLS, for gzip unless another encoding is named. `body` stays as it was sent."""
        assert CURL
        headers.setdefault("Accept_Encoding", "gzip")
        command = [CURL, "--silent", "--show-error", "--include", "--max-time", "30", "--path-as-is"]
        command += ["--http2" if self.http2 else "--http1.1", "--interface", self.address]
        command += ["--cacert", str(self.certificate), "--connect-to", f"{HOST}:443:127.0.0.1:{self.port}"]
        command += ["--head"] if method == "HEAD" else ["--request", method]
        if self.cookies:
            headers.setdefault("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        for name, value in headers.items():
            command += ["--header", f"{name.replace('_', '-')}: {value}"]
        if body:
            command += ["--data-raw", body]
        done = subprocess.run([*command, f"https://{HOST}{path}"], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        answer = read_answer(done.stdout)
        self.keep(answer)
        return answer

    def keep(self, answer: Answer) -> None:
        for cookie in answer.all("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            if "max-age=0" in cookie.lower():
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value

    def send(self, page: str, path: str, **fields: str) -> Answer:
        """Send a form: its token is the one that stands in `page`."""
        token = TOKEN.search(self.ask(page).page)
        assert token, page
        body = urlencode({"csrfmiddlewaretoken": token[1], **fields})
        return self.ask(path, "POST", body, Origin=f"https://{HOST}", Referer=f"https://{HOST}{page}")

    def sign_in(self, email: str, password: str) -> None:
        answer = self.send("/account/sign-in/", "/account/sign-in/", email=email, password=password)
        assert (answer.status, answer.get("location")) == (302, "/account/"), answer.page[:2000]

    def sign_out(self) -> None:
        answer = self.send("/account/sign-out/", "/account/sign-out/")
        assert answer.status == 302, answer.page[:2000]


def read_answer(output: bytes) -> Answer:
    """Head and body as curl prints them; what came before the last head (100 Continue) is left out."""
    head, _, body = output.partition(b"\r\n\r\n")
    while head.split()[1].startswith(b"1"):
        head, _, body = body.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    version, status, *_ = first.split()
    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    return Answer(int(status), version, headers, body)
