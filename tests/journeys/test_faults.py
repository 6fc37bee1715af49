"""Bad input over real connections: every refusal is a page with a sentence, and the meter stays exact."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
from urllib.parse import urlencode, urlsplit

import pytest

from courant.demo.texts import read_texts
from tests.journeys.conftest import Paper
from tests.visitor import FORM, TOKEN, Visitor

pytestmark = pytest.mark.anydb
STORY = "/world/blinken-lavrov-geneva/"
PASSWORD = "a long walk home 2022"


@pytest.fixture
def visitor(paper: Paper) -> Visitor:
    return Visitor(paper.url)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:abc", "127.0.0.1@evil.example", "[::1", "a b", "x" * 5000])
def test_an_unknown_host_is_refused_with_a_page(visitor: Visitor, host: str) -> None:
    answer = visitor.ask("GET", STORY, Host=host)
    assert (answer.status, answer.title) == (400, "We could not read this request")


def test_forwarded_headers_change_nothing(visitor: Visitor) -> None:
    forwarded = {"X_Forwarded_Host": "evil.example", "X_Forwarded_For": "66.249.66.1", "X_Original_URL": "/newsroom/"}
    answer = visitor.ask("GET", STORY, **forwarded)
    assert answer.status == 200
    assert "evil.example" not in answer.page
    assert 'class="wall wall--registration"' in answer.page


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/%ff%fe/", 404), ("/world/%ff/", 404), ("/%00/", 400), ("/world/a%00b/", 400), ("/feeds/rss.xml%00", 400),
        ("/search/?q=%00", 200), ("/search/?q=%22", 200), ("/search/?q=%ff", 200), ("/search/?q=" + "a" * 10_000, 200),
        ("/search/?q=the&section=nowhere&period=x", 200), ("/search/?q=the&page=1e9", 404), ("/world/?page=1e9", 404),
        ("/world/?page=" + "9" * 5_000, 404), ("/world/?page=%00", 404), ("//evil.example/", 404), ("///", 404),
        ("/world//blinken-lavrov-geneva/", 404), ("/../../etc/passwd", 404), ("/static/..%2f..%2fsecret.key", 404),
        ("/secret.key", 404), ("/courant.sqlite3", 404), ("/media/", 404), ("/" + "a/" * 8_000, 404),
        ("/legal/terms-of-use/99999999999999999999/", 404), ("/sitemaps/stories-0000-00.xml", 404),
        ("/oembed/?url=http://[::1", 404), ("/feeds/x/rss.xml", 404), ("/account/nowhere/", 404),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_an_odd_address_has_a_page(visitor: Visitor, path: str, status: int) -> None:
    answer = visitor.ask("GET", path)
    assert answer.status == status
    assert answer.title
    assert "Traceback" not in answer.page


def test_a_head_of_more_than_32_kilobytes_is_refused_in_a_sentence(visitor: Visitor) -> None:
    answer = visitor.ask("GET", "/" + "a/" * 20_000)
    assert (answer.status, answer.page) == (431, "The head of the request is too long.")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "PROPFIND", "TRACE"])
def test_an_odd_method_is_refused_with_a_page(visitor: Visitor, method: str) -> None:
    for path in ("/", STORY, "/search/", "/feeds/rss.xml"):
        answer = visitor.ask(method, path)
        assert answer.status in (403, 405)
        assert answer.title in ("This form was open too long – The Meridian", "We could not read this request")


@pytest.mark.parametrize(
    "path",
    ["/account/register/", "/account/sign-in/", "/account/password/reset/", "/account/", "/", "/newsroom/images/add/"],
)
def test_fifty_megabytes_are_refused_with_a_page(visitor: Visitor, path: str) -> None:
    megabyte = b"x" * 1_000_000
    for headers in ({"Content_Length": "50000000"}, {"Transfer_Encoding": "chunked"}):
        answer = visitor.ask("POST", path, (megabyte for _ in range(50)), Content_Type=FORM, **headers)
        assert (answer.status, answer.title) == (413, "That is too much at once")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=" + "b" * 300, 400),
        (f"{FORM}; charset=utf-16", 400),
        (f"{FORM}; charset=hex", 400),
        ("application/json", 403),
        ("x" * 5_000, 403),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_form_in_no_form_is_refused_with_a_page(visitor: Visitor, kind: str, status: int) -> None:
    visitor.ask("GET", "/account/sign-in/")
    answer = visitor.ask("POST", "/account/sign-in/", b"email=a%40b.example", Content_Type=kind)
    assert answer.status == status
    assert answer.title


@pytest.mark.parametrize("path", ["/account/register/", "/account/sign-in/", "/account/password/reset/"])
@pytest.mark.parametrize("value", ["x" * 10_000, "a\x00b", "a@b.example\r\nBcc: c@d.example", "\udcff\udcfe@b.example"])
def test_a_field_that_cannot_be_is_named_in_the_form(visitor: Visitor, path: str, value: str) -> None:
    fields = {"email": value, "password": value, "name": value, "next": value}
    answer = visitor.send(path, **{name: value.encode("utf-8", "surrogateescape") for name in fields})  # type: ignore[arg-type]
    assert answer.status == 200
    assert answer.title.startswith("Error: ")


@pytest.mark.parametrize(
    "cookie",
    [
        "courant_session=\xff\xfe",
        'courant_session="\\000aaaaaaaaaaa"',
        "courant_session=" + "a" * 9_000,
        "messages=x",
        ";=;",
    ],
)
def test_an_odd_cookie_is_a_strangers(visitor: Visitor, cookie: str) -> None:
    assert visitor.ask("GET", STORY, Cookie=cookie).status == 200
    assert visitor.ask("GET", "/account/", Cookie=cookie).location == "/account/sign-in/?next=/account/"


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "javascript:x", "/x\r\nA: b"],
)
def test_no_return_leads_elsewhere(visitor: Visitor, target: str) -> None:
    """A `next` that is not a path of this site is as good as none, from every door."""
    for door in ("/account/sign-in/", "/account/register/", "/account/sign-out/", "/newsroom/login/", "/_util/login/"):
        answer = visitor.ask("GET", f"{door}?{urlencode({'next': target})}")
        assert answer.location.startswith("/account/sign-in/?next=") or answer.location in ("", "/")
        assert "evil.example" not in re.sub(r"\?next=[^\"]*", "", answer.page)


def test_a_session_is_never_one_that_was_handed_to_the_reader(visitor: Visitor) -> None:
    visitor.cookies["courant_session"] = fixed = "fixed" * 6 + "ab"
    answer = visitor.send("/account/sign-in/", email="reader@meridian.example", password="demo-reader-2022")
    assert (answer.status, answer.location) == (302, "/account/")
    assert visitor.cookies["courant_session"] != fixed
    session = next(cookie for cookie in answer.cookies if cookie.startswith("courant_session="))
    assert "HttpOnly" in session
    assert "SameSite=Lax" in session


def test_every_form_is_protected_against_other_sites(visitor: Visitor) -> None:
    for path in (
        "/account/register/",
        "/account/sign-in/",
        "/account/sign-out/",
        "/account/password/reset/",
        "/account/",
    ):
        token = TOKEN.search(visitor.ask("GET", "/account/sign-in/").page)
        assert token
        body = urlencode({"csrfmiddlewaretoken": token[1], "email": "a@b.example"}).encode()
        assert visitor.ask("POST", path, body, Content_Type=FORM, Origin="https://evil.example").status == 403
        assert visitor.ask("POST", path, b"email=a%40b.example", Content_Type=FORM).status == 403


def test_a_connection_that_speaks_no_http_gets_a_sentence(paper: Paper) -> None:
    parts = urlsplit(paper.url)
    for words in (
        b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\r\n\r\n",
    ):
        with socket.create_connection((str(parts.hostname), parts.port), timeout=10) as connection:
            connection.sendall(words)
            assert connection.recv(1000).startswith(b"HTTP/1.1 400 ")


def test_at_the_last_premium_story_two_hundred_requests_give_one(paper: Paper) -> None:
    add = [sys.executable, "-m", "courant.cli.main", "reader", "add", "meter@readers.example", "--password-stdin"]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environment["COURANT_HOME"] = str(paper.home)
    subprocess.run(add, input=f"{PASSWORD}\n", text=True, check=True, env=environment, capture_output=True)
    visitor = Visitor(paper.url)
    assert visitor.send("/account/sign-in/", email="meter@readers.example", password=PASSWORD).location == "/account/"
    stories = [f"/{text.fields['section']}/{text.slug}/" for text in read_texts() if text.fields["access"] == "premium"]
    for story in stories[:4]:
        assert 'class="wall' not in visitor.ask("GET", story).page
    rest, shown, together = stories[4:], [], threading.Barrier(200)

    def open_one(number: int) -> None:
        story = rest[number % len(rest)]
        together.wait()
        answer = Visitor(paper.url, dict(visitor.cookies)).ask("GET", story)
        shown.append((story, answer.status, "wall--meter" in answer.page))

    threads = [threading.Thread(target=open_one, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rest) >= 2
    assert [status for _, status, _ in shown] == [200] * 200
    assert len({story for story, _, is_walled in shown if not is_walled}) == 1
