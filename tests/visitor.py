"""A client over real connections, for tests that no browser would obey."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

FORM = "application/x-www-form-urlencoded"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@dataclass(frozen=True)
class Answer:
    status: int
    title: str
    page: str
    location: str
    cookies: list[str]


@dataclass
class Visitor:
    """A browser without any politeness: sends what it is told, keeps its cookies."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: bytes | Iterable[bytes] = b"", **headers: str) -> Answer:
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            headers.setdefault("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        try:
            connection.request(method, path, body or None, headers, encode_chunked="Transfer-Encoding" in headers)
            response = connection.getresponse()
            page = response.read().decode("utf-8", "replace")
        finally:
            connection.close()
        cookies = response.headers.get_all("Set-Cookie") or []
        for cookie in cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        title = TITLE.search(page)
        return Answer(response.status, title[1] if title else "", page, response.headers.get("Location", ""), cookies)

    def send(self, path: str, **fields: str) -> Answer:
        token = TOKEN.search(self.ask("GET", path).page)
        assert token
        return self.ask(
            "POST", path, urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode(), Content_Type=FORM
        )

    def sign_in(self, email: str, password: str) -> None:
        answer = self.send("/account/sign-in/", email=email, password=password)
        assert (answer.status, answer.location) == (302, "/account/"), answer.title
