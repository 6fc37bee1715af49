"""What a real server puts up with: heads, slowness, clients that never read, and its own end."""

import signal
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.sync.client import connect

from courant.edge.connection import MOST_HEAD
from courant.edge.environment import close_environment
from tests.edge.lines import Line, Serving, request, serving
from tests.edge.papers import make_store, put_page

pytestmark = pytest.mark.anydb

QUICK = {"HEAD_SECONDS": 0.6, "UNREAD_SECONDS": 1.0}


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("paper") / "press"
    store = make_store(folder)
    for number in range(20):
        put_page(store, f"/numbered/{number}/")
    put_page(
        store, "/large/", bodies={"full.out": b"<title>/large/ full.out</title>" + b"x" * 200_000, "full.in": b"y"}
    )
    yield folder
    close_environment(folder)


@pytest.fixture(scope="module")
def server(paper: Path) -> Iterator[Serving]:
    with serving(paper) as running:
        yield running
        assert "Traceback" not in running.stop()


@pytest.fixture(scope="module")
def quick(paper: Path) -> Iterator[Serving]:
    """A server of little patience."""
    with serving(paper, bounds=QUICK, options={"timeout_keep_alive": 1}) as running:
        yield running
        assert "Traceback" not in running.stop()


# -- Heads ----------------------------------------------------------------------------------------------
def head_of(size: int) -> bytes:
    bare = request("/", X="")
    return request("/", X="x" * (size - len(bare)))


@pytest.mark.parametrize("piece", [1_000, 20_000, 100_000])
def test_a_head_has_its_bounds(server: Serving, piece: int) -> None:
    for size, status in ((MOST_HEAD, 200), (MOST_HEAD + 1, 431), (3 * MOST_HEAD, 431)):
        content = head_of(size)
        with server.line() as line:
            send_in_pieces(line, content, piece)
            heard = line.hear()
            assert heard.status == status
            if status == 431:
                assert heard["connection"] == "close"
                assert line.is_closed()
            else:
                assert line.ask("/numbered/1/").said == "/numbered/1/ full.out"


def send_in_pieces(line: Line, content: bytes, piece: int) -> None:
    try:
        for place in range(0, len(content), piece):
            line.send(content[place : place + piece])
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused already


@pytest.mark.parametrize(
    "content",
    [
        b"GET /" + b"a" * 60_000,
        b"GET / HTTP/1.1\r\nHost: paper.example\r\n" + b"X: y\r\n" * 12_000,
        b"GET / HTTP/1.1\r\nHost: paper.example\r\nX" + b"y" * 60_000,
        b"\r\n" * 40_000,
    ],
)
def test_a_head_without_end_is_refused_long_before(server: Serving, content: bytes) -> None:
    with server.line() as line:
        send_in_pieces(line, content, 5_000)
        with suppress(ConnectionResetError):  # the refusal was lost behind what we sent
            assert line.hear().status == 431
        assert line.is_closed()


@pytest.mark.parametrize(("begin", "more"), [(b"0\r\n", b"X-Trailer: y\r\n"), (b"1;", b"extension")])
def test_what_stands_beside_a_body_has_its_bounds(server: Serving, begin: bytes, more: bytes) -> None:
    """Trailers and extensions of chunks, of which nothing is kept."""
    content = begin + more * (600_000 // len(more))
    with server.line() as line:
        send_in_pieces(line, request("/echo/", method="POST", body=content, Transfer_Encoding="chunked"), 7_000)
        with suppress(ConnectionResetError):
            assert line.hear().status == 400
        assert line.is_closed()


def test_a_head_that_does_not_come_is_not_waited_for(quick: Serving) -> None:
    """Nor does a drop now and then lengthen the time."""
    began = time.monotonic()
    with quick.line() as line:
        for byte in b"GET / HTTP/1.1\r\nHost: paper.example\r\nX: aaaaaaaaaaaaaaaaaaa":
            try:
                line.send(bytes([byte]), pause=0.02)
            except (BrokenPipeError, ConnectionResetError):
                break
        assert line.hear().status == 408
        assert line.is_closed()
    assert 0.5 < time.monotonic() - began < 3.0


def test_who_says_nothing_is_not_waited_for(quick: Serving) -> None:
    began = time.monotonic()
    with quick.line() as line:
        assert line.is_closed()
    assert 0.5 < time.monotonic() - began < 2.5


@pytest.mark.parametrize("target", ["/", "/slow/1/"])
def test_a_connection_is_kept_for_a_while(quick: Serving, target: str) -> None:
    with quick.line() as line:
        for _ in range(3):
            assert line.ask(target).status == 200
            time.sleep(0.5)
        began = time.monotonic()
        assert line.is_closed()
        assert 0.2 < time.monotonic() - began < 2.0


def test_a_slow_application_is_waited_for(quick: Serving) -> None:
    with quick.line() as line:
        assert line.ask("/slow/2500/", number="1").said == "GET /slow/2500/ 1"


# -- Clients that do not read ---------------------------------------------------------------------------
def memory_of(server: Serving) -> int:
    """Resident bytes that are the process's own."""
    for line in Path(f"/proc/{server.process.pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1_024
    raise AssertionError


@pytest.mark.parametrize("target", ["/large/", "/numbered/1/", "/big/200000/", "/slow/1/"])
def test_who_asks_and_asks_and_never_reads_fills_no_memory(server: Serving, target: str) -> None:
    with server.line() as line:
        line.ask(target)
    before = memory_of(server)
    lines = [server.line() for _ in range(4)]
    asked = 0
    content = b"".join(request(target, number="1") for _ in range(500))
    for line in lines:
        line.socket.settimeout(0.5)
        try:
            for _ in range(400):
                line.socket.sendall(content)
                asked += 500
        except TimeoutError:
            pass
    grown = memory_of(server) - before
    with server.line() as other:
        assert other.ask("/").said == "/ full.out"
    assert grown < 24_000_000, f"{grown:,} bytes for {asked:,} requests"
    for line in lines:
        line.__exit__()


def test_who_reads_late_gets_everything_in_order(server: Serving) -> None:
    with server.line(patience=20) as line:
        targets = [f"/numbered/{number % 20}/" if number % 5 else "/large/" for number in range(300)]
        content = b"".join(map(request, targets))
        line.socket.settimeout(0.3)
        sent = 0
        try:
            while sent < len(content):
                sent += line.socket.send(content[sent:])
        except TimeoutError:
            pass
        line.socket.settimeout(20)
        for place, target in enumerate(targets):
            if place == 1:
                line.socket.sendall(content[sent:])
            assert line.hear().said == f"{target} full.out"


def test_an_answer_that_nobody_fetches_is_given_up(quick: Serving) -> None:
    with quick.line(patience=10) as line:
        line.send(request("/large/") * 60)
        time.sleep(4)
        assert heard_until_end(line) < 60


def heard_until_end(line: Line) -> int:
    heard = 0
    with suppress(EOFError, ConnectionResetError):
        while line.hear():
            heard += 1
    return heard


def test_who_reads_slowly_is_not_given_up(quick: Serving) -> None:
    line = socket.create_connection(("127.0.0.1", quick.port))
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 40_000)
    line.sendall(request("/big/3000000/"))
    heard, began = 0, time.monotonic()
    while heard < 3_000_000:
        got = len(line.recv(40_000))
        assert got, "given up"
        heard += got
        time.sleep(0.03)
    assert time.monotonic() - began > 2.0
    line.close()


# -- uvicorn's own rules --------------------------------------------------------------------------------
def test_what_is_asked_when_the_server_ends_is_answered(paper: Path) -> None:
    with serving(paper) as running:
        idle, busy = running.line(), running.line()
        idle.ask("/")
        busy.send(request("/slow/700/", number="1"))
        time.sleep(0.2)
        running.process.terminate()
        assert idle.is_closed()
        assert busy.hear().said == "GET /slow/700/ 1"
        assert busy.is_closed()
        assert running.process.wait(5) == -signal.SIGTERM
        idle.__exit__()
        busy.__exit__()


def test_answers_from_the_store_are_counted(paper: Path) -> None:
    with serving(paper, options={"limit_max_requests": 10, "log_level": "info"}) as running:
        with running.line() as line:
            for _ in range(9):
                line.ask("/")
            time.sleep(0.3)
            assert running.process.poll() is None
            line.ask("/")
        assert "Maximum request limit of 10 exceeded" in running.written()


def test_a_crowded_server_says_so(paper: Path) -> None:
    with serving(paper, options={"limit_concurrency": 3}) as running:
        lines = [running.line() for _ in range(2)]
        assert [line.ask("/").status for line in lines] == [200, 200]
        lines.append(running.line())
        assert lines[2].ask("/").status == 503
        for line in lines:
            line.__exit__()


def test_the_access_log_names_every_answer(paper: Path) -> None:
    options = {"access_log": True, "log_level": "info"}
    with serving(paper, options=options) as running:
        with running.line() as line:
            for _ in range(2):
                line.ask("/world/?utm_source=a")
                line.ask("/elsewhere/", method="POST", body=b"a")
                etag = line.ask("/world/", method="HEAD")["etag"]
                line.ask("/world/", If_None_Match=etag)
        log = running.stop()
    for said in (
        '"GET /world/?utm_source=a HTTP/1.1" 200',
        '"POST /elsewhere/ HTTP/1.1" 200',
        '"HEAD /world/ HTTP/1.1" 200',
        '"GET /world/ HTTP/1.1" 304',
    ):
        assert log.count(said) == 2, log


def test_under_a_path_of_its_own_the_application_answers(paper: Path) -> None:
    with serving(paper, options={"root_path": "/sub"}) as running, running.line() as line:
        assert line.ask("/world/", number="1").said == "GET /sub/world/ 1"


def test_an_application_may_speak_websocket(paper: Path) -> None:
    """The line is handed over whole, and looked after no more."""
    options = {"ws": "websockets-sansio", "timeout_keep_alive": 1}
    with serving(paper, options=options, bounds=QUICK) as running:
        with running.line() as line:
            line.ask("/")
        with connect(f"ws://127.0.0.1:{running.port}/world/") as socket:
            for word in ("a", "b"):
                socket.send(word)
                assert socket.recv(timeout=5) == 2 * word
                time.sleep(1.5)
        assert "Traceback" not in running.stop()
