"""A real uvicorn with the page protocol, before an application that may be slow: every request gets its own answer."""

import json
import socket
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from courant.edge.environment import close_environment
from courant.edge.store import Store
from courant.wall.enums import ReaderState
from tests.edge.lines import Line, Serving, request, serving
from tests.edge.papers import current_cookie, make_meter, make_store, put_page

pytestmark = pytest.mark.anydb

SUBSCRIBERS = "/subscribers/4/"


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("paper") / "press"
    store = make_store(folder)
    for number in range(50):
        put_page(store, f"/numbered/{number}/")
    put_page(
        store, "/large/", bodies={"full.out": b"<title>/large/ full.out</title>" + b"x" * 200_000, "full.in": b"y"}
    )
    yield folder
    close_environment(folder)


@pytest.fixture(scope="module")
def server(paper: Path) -> Iterator[Serving]:
    meter = make_meter(paper.parent / "meter.sqlite3", ["reader-1", "reader-5"])
    with serving(paper, meter=meter) as running:
        yield running
        assert running.stop().count("Exception") <= 1, "only /broken/ may break"


@pytest.fixture
def line(server: Serving) -> Iterator[Line]:
    with server.line() as opened:
        yield opened


# -- Plain requests -------------------------------------------------------------------------------------
def test_stored_pages_and_others_share_a_connection(line: Line) -> None:
    for _ in range(3):
        assert line.ask("/").said == "/ full.out"
        assert line.ask("/elsewhere/?a=b", number="1").said == "GET /elsewhere/?a=b 1"
        assert line.ask(SUBSCRIBERS).said == f"{SUBSCRIBERS} preview-subscription.out"
        assert line.ask(SUBSCRIBERS, cookie=current_cookie()).said == f"{SUBSCRIBERS} full.in"
        assert line.ask("/", method="POST", body=b"a", number="2").said == "POST / 2"


def test_an_answer_has_uvicorns_own_headers(line: Line) -> None:
    stored, other = line.ask("/"), line.ask("/elsewhere/")
    for heard in (stored, other):
        assert heard["server"] == "uvicorn"
        assert heard["date"].endswith(" GMT")
        assert heard.get("connection") is None


def test_head_and_304_have_no_body(line: Line) -> None:
    for _ in range(2):
        whole = line.ask("/")
        bare = line.ask("/", method="HEAD")
        assert bare["content-length"] == whole["content-length"] == str(len(whole.body))
        unchanged = line.ask("/", If_None_Match=whole["etag"])
        assert (unchanged.status, unchanged.get("content-length")) == (304, None)
    assert line.ask("/elsewhere/", number="7").said == "GET /elsewhere/ 7"


def test_a_range_is_not_answered_by_a_part(line: Line) -> None:
    assert line.ask("/", Range="bytes=0-3").status == 200


def test_encodings(line: Line) -> None:
    for encoding in ("gzip", "br", "zstd"):
        heard = line.ask("/", Accept_Encoding=encoding)
        assert (heard["content-encoding"], heard.said) == (encoding, "/ full.out")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("//", "GET // 1"),
        ("//world/", "GET //world/ 1"),
        ("//evil.example/", "GET //evil.example/ 1"),
        ("/?q=1", "GET /?q=1 1"),
        ("/%2f", "GET /%2f 1"),
        ("/%00", "GET /%00 1"),
        ("/%77orld/", "GET /%77orld/ 1"),
        ("/./", "GET /./ 1"),
        ("/world/?page=2&page=3", "GET /world/?page=2&page=3 1"),
        # The application's own door hears these without what stands around the path.
        ("http://paper.example/world/", "/world/ full.out"),
        ("/world/#a", "/world/ full.out"),
        ("/world/?utm_source=a", "/world/ full.out"),
    ],
)
def test_targets_that_are_no_address_go_to_the_application(line: Line, target: str, said: str) -> None:
    assert line.ask(target, number="1").said == said
    assert line.ask("/").said == "/ full.out"


def test_pages_come_and_go_without_a_restart(line: Line, paper: Path) -> None:
    store = Store(paper)
    for text in (b"<title>one</title>", b"<title>two</title>"):
        put_page(store, "/new/", keys=["new"], bodies={"full.out": text, "full.in": b"in"})
        assert line.ask("/new/").body == text
    store.withdraw(["new"])
    assert line.ask("/new/", number="1").said == "GET /new/ 1"


def test_an_ended_pass_is_dead_on_an_open_connection(line: Line, paper: Path) -> None:
    cookie = current_cookie(session="ending")
    assert line.ask(SUBSCRIBERS, cookie=cookie).said == f"{SUBSCRIBERS} full.in"
    Store(paper).end_passes(session="ending", ended_at=time.time())
    assert line.ask(SUBSCRIBERS, cookie=cookie).said == f"{SUBSCRIBERS} preview-subscription.out"


# -- Many at once ---------------------------------------------------------------------------------------
def test_pipelined_requests_are_answered_in_order(line: Line) -> None:
    asked = []
    for number in range(40):
        target = f"/numbered/{number}/" if number % 3 else f"/slow/{number % 7}/"
        asked.append(request(target, number=str(number)))
    line.send(b"".join(asked))
    for number in range(40):
        expected = f"/numbered/{number}/ full.out" if number % 3 else f"GET /slow/{number % 7}/ {number}"
        assert line.hear().said == expected


@pytest.mark.parametrize("size", [1, 7, 50, 1_000])
def test_requests_may_be_cut_anywhere(line: Line, size: int) -> None:
    body = b"a\r\n\r\nGET / HTTP/1.1\r\n\r\n"
    content = (
        request("/")
        + request("/echo/", method="POST", body=body, number="1")
        + request("/numbered/3/")
        + request("/slow/5/", number="2")
        + request("/numbered/4/", cookie=current_cookie())
        + request("/early/", method="POST", body=body, number="3")
        + request("/numbered/5/")
    )
    for place in range(0, len(content), size):
        line.send(content[place : place + size])
    assert line.hear().said == "/ full.out"
    echoed = line.hear()
    assert (echoed.said, json.loads(echoed.text)["body"]) == ("POST /echo/ 1", sha256(body).hexdigest())
    said = [line.hear().said for _ in range(5)]
    assert said == [
        "/numbered/3/ full.out",
        "GET /slow/5/ 2",
        "/numbered/4/ full.in",
        "POST /early/ 3",
        "/numbered/5/ full.out",
    ]


def test_a_fast_answer_waits_for_the_slow_one_before_it(line: Line) -> None:
    began = time.monotonic()
    line.send(request("/slow/200/", number="1"))
    time.sleep(0.05)
    line.send(request("/numbered/1/"))
    time.sleep(0.02)
    line.send(request("/numbered/2/"))
    assert [line.hear().said for _ in range(3)] == [
        "GET /slow/200/ 1",
        "/numbered/1/ full.out",
        "/numbered/2/ full.out",
    ]
    assert time.monotonic() - began >= 0.2


def test_an_answer_in_chunks_is_not_broken_into(line: Line) -> None:
    line.send(request("/stream/", number="1") + request("/"))
    assert [line.hear().said, line.hear().said] == ["GET /stream/ 1", "/ full.out"]


# -- Bodies ---------------------------------------------------------------------------------------------
INNER = request(SUBSCRIBERS, number="inner")


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
@pytest.mark.parametrize("target", ["/", "/echo/", "/early/"])
def test_what_looks_like_a_request_in_a_body_is_none(line: Line, method: str, target: str) -> None:
    line.send(request(target, method=method, body=INNER, number="outer"), request("/numbered/9/"))
    heard = line.hear(method)
    assert heard.status == 200
    if method != "HEAD":
        assert heard.said == f"{method} {target} outer"
    assert line.hear().said == "/numbered/9/ full.out"


@pytest.mark.parametrize("target", ["/", "/echo/"])
def test_a_body_in_chunks_is_none_either(line: Line, target: str) -> None:
    chunks = b"%x\r\n%s\r\n3;ext=1\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n" % (len(INNER), INNER)
    line.send(request(target, method="GET", body=chunks, Transfer_Encoding="chunked", number="outer"))
    line.send(request("/numbered/9/"))
    heard = line.hear()
    told = json.loads(heard.text)
    assert heard.said == f"GET {target} outer"
    assert "x-trailer" not in told["names"]
    assert told["body"] == (sha256(INNER + b"abc").hexdigest() if target == "/echo/" else "")
    assert line.hear().said == "/numbered/9/ full.out"


def test_a_body_that_is_still_to_come_is_waited_for(line: Line) -> None:
    whole = request("/", body=INNER, number="1")
    line.send(whole[: -len(INNER)])
    assert line.hear().said == "GET / 1"
    line.send(INNER[:40], pause=0.05)
    line.send(INNER[40:] + request("/numbered/9/"))
    assert line.hear().said == "/numbered/9/ full.out"


def test_who_waits_for_leave_to_send_a_body_gets_it(line: Line) -> None:
    whole = request("/echo/", method="POST", body=INNER, Expect="100-continue", number="1")
    line.send(whole[: -len(INNER)])
    assert line.file.readline() == b"HTTP/1.1 100 Continue\r\n"
    assert line.file.readline() == b"\r\n"
    line.send(INNER + request("/"))
    assert [line.hear().said, line.hear().said] == ["POST /echo/ 1", "/ full.out"]


def test_a_request_that_breaks_off_behind_a_slow_one_does_not_cut_its_answer(server: Serving) -> None:
    first = request("/slow/100/", method="POST", body=b"abc", number="1")
    second = request("/echo/", method="POST", body=b"", Transfer_Encoding="chunked")
    with server.line() as line:
        line.send(first[:-3], pause=0.02)
        line.send(b"abc" + second + b"zzz\r\n")
        assert line.hear().said == "POST /slow/100/ 1"
        assert line.is_closed()
    with server.line() as line:
        line.send(first + second)
        assert line.hear().said == "POST /slow/100/ 1"
        line.send(b"zzz\r\n")
        # It had begun before it broke off.
        assert line.hear().status == 400
        assert line.is_closed()


@pytest.mark.parametrize("known", [SUBSCRIBERS, "/world/"])
@pytest.mark.parametrize(
    "start",
    [
        "GET /world/?utm_source=a\r\nX: y",
        "GET /world/?utm_source=a HTTP/1.0\r\nX: y",
        "GET /world/ HTTP/1.0\r\nX: y",
        "GET /world/\r\nX: y",
        "GET /world/\r\n\r\nGET /world/",
        "GET /world/ /world/",
        "GET  /world/",
        "GET /world/ ",
        "GET \t/world/",
        "\r\nGET /world/",
        "HEAD /world/",
        "POST /world/",
    ],
)
def test_headers_that_are_known_make_no_request_readable(server: Serving, start: str, known: str) -> None:
    """What comes with the same headers as before is heard as the parser hears it, not by its looks."""
    with server.line() as line:
        for _ in range(2):
            assert line.ask(known).said.startswith(known)
    content = start.encode() + request(known).removeprefix(f"GET {known}".encode())
    asked = [content, content.replace(b"Host:", b"X-Other: 1\r\nHost:")]
    heard = []
    for one in asked:
        with server.line() as line:
            line.send(one)
            line.socket.shutdown(socket.SHUT_WR)
            heard.append(line.file.read().partition(b"date: ")[0])
    assert heard[0] == heard[1]


@pytest.mark.parametrize(
    "content",
    [
        request("/", Content_Length="5", Transfer_Encoding="chunked") + b"0\r\n\r\n" + INNER,
        request("/", Transfer_Encoding="chunked", Content_Length="5") + b"0\r\n\r\n" + INNER,
        request("/", Content_Length="5", CONTENT_LENGTH="50") + INNER,
        request("/", Content_Length="5", CONTENT_LENGTH="5") + INNER,
        request("/", Content_Length="5, 5") + INNER,
        request("/", Content_Length="+5") + INNER,
        request("/", Content_Length="-5") + INNER,
        request("/", Content_Length="0x5") + INNER,
        request("/", Transfer_Encoding="gzip") + INNER,
        request("/", Transfer_Encoding="chunked, gzip") + INNER,
        request("/", Transfer_Encoding="xchunked") + INNER,
        request("/", **{"Transfer-Encoding ": "chunked"}) + b"0\r\n\r\n" + INNER,
        request("/", Transfer_Encoding="\x0bchunked") + b"0\r\n\r\n" + INNER,
        request("/", method="POST", Transfer_Encoding="chunked") + b"x\r\n" + INNER,
        request("/", method="POST", Transfer_Encoding="chunked") + b"5\nhello\n0\n\n" + INNER,
        request("/", method="POST", Transfer_Encoding="chunked") + b"ffffffffffffffffff\r\n" + INNER,
        request("/", X="a\x00b") + INNER,
        request("/", X="a\r\n folded: b") + INNER,
        request("/", X="a\rContent-Length: 9") + INNER,
        request("/", X="a\nContent-Length: 9") + INNER,
        request("/a\x00b") + INNER,
        request("/a b") + INNER,
        request("/w\xf6rld/") + INNER,
        request("/", method="get") + INNER,
        request("/", method="G ET") + INNER,
        request("/", version="HTTP/1.2") + INNER,
        request("/", version="HTTP/3") + INNER,
        b"GET / HTTP/1.1\nHost: paper.example\n\n" + INNER,
        b"GET / HTTP/1.1\r\nHost: paper.example\r\n\n" + INNER,
        b"GET / HTTP/1.1\r\n Host: paper.example\r\n\r\n" + INNER,
        b"GET / HTTP/1.1\r\nHost paper.example\r\n\r\n" + INNER,
        b"GET / HTTP/1.1\r\n: paper.example\r\n\r\n" + INNER,
        b"\x16\x03\x01\x02\x00\x01\x00" + INNER,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + INNER,
    ],
)
def test_what_can_be_read_two_ways_ends_the_connection(server: Serving, content: bytes) -> None:
    """At most the request itself is answered; what stands behind it never."""
    with server.line() as line:
        line.send(content)
        heard = []
        try:
            while True:
                heard.append(line.hear())
        except (EOFError, ConnectionResetError):
            pass
    assert len(heard) <= 1
    for one in heard:
        assert SUBSCRIBERS not in one.text
        assert "inner" not in one.text
        assert one["connection"] == "close"


def test_garbage_behind_a_slow_request_is_no_answer_to_it(line: Line) -> None:
    line.send(request("/slow/100/", number="1") + b"\x00\x00\x00\r\n\r\n" + request("/"))
    assert line.hear().said == "GET /slow/100/ 1"
    assert line.hear().status == 400
    assert line.is_closed()


@pytest.mark.parametrize("garbage", [b"\x00\x00\x00\r\n\r\n", b"CONNECT paper.example:443 HTTP/1.1\r\n\r\n"])
def test_garbage_in_a_body_behind_an_answer_does_not_cut_it(line: Line, garbage: bytes) -> None:
    body = request("/slow/100/", method="POST", body=b"abc", number="1")
    line.send(body + garbage)
    heard = line.hear()
    assert (heard.said, heard["connection"]) == ("POST /slow/100/ 1", "close")
    assert line.is_closed()


def test_duplicated_headers(line: Line) -> None:
    asked = request("/", HOST="paper.example", number="1")
    line.send(asked)
    assert line.hear().said == "GET / 1"
    assert line.ask("/", Accept_Encoding="gzip", ACCEPT_ENCODING="br").get("content-encoding") == "br"
    assert line.ask(SUBSCRIBERS, cookie=b"a=b", COOKIE=current_cookie().decode()).said == f"{SUBSCRIBERS} full.in"
    assert line.ask("/", Content_Length="0").said == "/ full.out"


# -- The last request of a connection -------------------------------------------------------------------
@pytest.mark.parametrize(
    "given",
    [
        {"Connection": "close"},
        {"Connection": "Close, X-A"},
        {"version": "HTTP/1.0"},
        {"version": "HTTP/1.0", "Connection": "keep-alive"},
        {"version": "HTTP/1.0", "Connection": "close"},
        {"version": "HTTP/2.0"},
    ],
)
@pytest.mark.parametrize("target", ["/", "/slow/20/"])
def test_after_the_last_request_nothing_is_answered(server: Serving, given: dict[str, str], target: str) -> None:
    for _ in range(2):
        with server.line() as line:
            line.send(request(target, number="1", **given) + INNER)
            heard = line.hear()
            assert heard.said == ("/ full.out" if target == "/" else f"GET {target} 1")
            assert heard["connection"] == "close"
            assert line.is_closed()


def test_a_request_that_would_change_the_protocol_is_the_last(server: Serving) -> None:
    """The parser cannot say where its body ends: what follows must not be taken for a request."""
    upgrade = {"Connection": "Upgrade", "Upgrade": "h2c"}
    for content in (
        request("/", number="1", **upgrade) + INNER,
        request("/", number="1", method="POST", body=INNER, **upgrade),
        request("/slow/30/", number="1", method="POST", body=INNER, **upgrade),
    ):
        with server.line() as line:
            line.send(content, pause=0.02)
            heard = line.hear()
            assert heard.said.endswith(" 1")
            assert heard["connection"] == "close"
            assert line.is_closed()
    with server.line() as line:
        whole = request("/slow/30/", number="1", method="POST", body=INNER, **upgrade)
        line.send(whole[: -len(INNER)], whole[-len(INNER) :], pause=0.01)
        assert line.hear().said.endswith(" 1")
        assert line.is_closed()


def test_who_sends_the_end_at_once_is_answered_from_the_store(server: Serving) -> None:
    for target in ("/", "/large/"):
        with server.line() as line:
            line.send(request(target) + request("/numbered/1/"))
            line.socket.shutdown(socket.SHUT_WR)
            assert line.hear().said == f"{target} full.out"


def test_who_goes_away_harms_nobody(server: Serving) -> None:
    cookie = current_cookie(ReaderState.REGISTERED, "reader-5")
    for content in (
        request("/slow/50/"),
        request("/premium/3/", cookie=cookie),
        request("/slow/50/") + request("/") * 20,
        request("/", method="POST", body=b"x" * 100)[:-50],
        b"GET / HT",
        request("/large/") * 50,
    ):
        for _ in range(5):
            line = server.line()
            line.send(content)
            line.socket.close()
            line.file.close()
    with server.line() as line:
        assert line.ask("/").said == "/ full.out"
        assert line.ask("/slow/1/", number="1").said == "GET /slow/1/ 1"


def test_what_breaks_in_the_application_is_a_500(line: Line) -> None:
    assert line.ask("/broken/").status == 500
    assert line.is_closed()
