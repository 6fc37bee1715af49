"""Valid and broken requests on many connections: `python -m tests.edge.fuzz SECONDS [SEED]`.

Every valid request must get its own right answer, in its turn, whatever stands behind it or in bodies; and on the
connection of a stranger withheld text never comes, whatever is sent.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from random import Random

from courant.edge.store import Store
from courant.wall.enums import Access, ReaderState
from tests.edge.lines import Heard, request, serving
from tests.edge.papers import cookies, make_meter, make_store, opened_of, pass_of, put_page, put_story

WITHHELD = re.compile(rb"WITHHELD /(registered|premium|subscribers)/")
STORIES = 30
READERS = 400
CONNECTIONS = 24
PATIENCE = 20.0
Check = Callable[[Heard], bool]


@dataclass
class Asked:
    """A valid request, how it is to be heard, and what is right."""

    content: bytes
    method: str
    check: Check
    is_last: bool = False


@dataclass
class Tally:
    connections: int = 0
    valid: int = 0
    broken: int = 0
    # Answers that the end of a connection overtook, which it may where something broken was sent.
    lost: int = 0
    wrong: list[str] = field(default_factory=list)


class Fuzz:
    """`wrong` in the tally says what was answered wrongly, with the seed of the connection."""

    def __init__(self, port: int, seed: int) -> None:
        self.port, self.seed = port, seed
        self.numbers = count(1)
        self.tally = Tally()
        now, day = datetime.now(UTC), timedelta(days=1)
        self.subscriber = cookies(passes=pass_of("reader-0", ReaderState.SUBSCRIBER, now=now, lifetime=day))
        self.registered = [
            cookies(
                passes=pass_of(f"reader-{n}", now=now, lifetime=day),
                opened=opened_of(f"reader-{n}", [1_001, 1_002], now=now),
            )
            for n in range(1, READERS)
        ]

    # -- What is asked ----------------------------------------------------------------------------------
    def valid(self, random: Random, cookie: bytes) -> Asked:
        kind = random.choice(["stored"] * 4 + ["unchanged", "head", "application", "echo", "chunked", "body", "churn"])
        number = str(next(self.numbers))
        more = (
            {"Accept_Encoding": random.choice(["gzip", "br, gzip", "zstd", "identity"])}
            if random.random() < 0.5
            else {}
        )
        if random.random() < 0.1:
            more["Referer"] = "https://paper.example/" + "x" * random.randint(0, 3_000)
        if kind in ("application", "echo", "chunked", "body"):
            return self.ordinary(random, kind, number, cookie)
        address, variants = self.stored(random, cookie)
        if kind == "churn":
            address, variants = f"/churn/{random.randint(0, 9)}/", ("full.in" if cookie else "full.out",)
        said = {f"{address} {variant}" for variant in variants}
        right = {*said, f"GET {address} {number}"} if kind == "churn" else said
        if kind == "head":
            content = request(address, method="HEAD", cookie=cookie, number=number, **more)
            return Asked(content, "HEAD", lambda heard: heard.status == 200 and heard.body == b"")
        if kind == "unchanged" and not address.startswith("/premium/"):
            content = request(address, cookie=cookie, number=number, If_None_Match="*", **more)
            return Asked(content, "GET", lambda heard: heard.status == 304 and not heard.body)
        content = request(address, cookie=cookie, number=number, **more)
        return Asked(content, "GET", lambda heard: heard.status == 200 and heard.said in right)

    def stored(self, random: Random, cookie: bytes) -> tuple[str, tuple[str, ...]]:
        """An address, and the variants that may rightly come."""
        access = random.choice(list(Access))
        number = random.randint(1_000, 1_000 + STORIES - 1)
        address = f"/{access}/{number}/"
        if not cookie:
            return address, {
                Access.FREE: ("full.out",),
                Access.SUBSCRIBERS: ("preview-subscription.out",),
            }.get(access, ("preview-registration.out",))
        if cookie == self.subscriber or access in (Access.FREE, Access.REGISTERED):
            return address, ("full.in",)
        if access == Access.SUBSCRIBERS:
            return address, ("preview-subscription.in",)
        return address, ("full.in",) if number in (1_001, 1_002) else ("full.in", "preview-meter.in")

    def ordinary(self, random: Random, kind: str, number: str, cookie: bytes) -> Asked:
        """A request for the application, perhaps with a body that looks like requests with a pass."""
        body = request(f"/subscribers/{random.randint(1_000, 1_005)}/", cookie=self.subscriber) * random.randint(0, 3)
        if random.random() < 0.2:
            body += random.randbytes(random.choice([10, 1_000, 100_000]))
        heard_body = sha256(body).hexdigest() if body else ""
        if kind == "application":
            target = random.choice(["/elsewhere/", "/slow/3/", "/slow/15/", "/stream/", f"/free/1001/?q={number}"])
            content, method, heard_body = request(target, number=number, cookie=cookie), "GET", ""
        elif kind == "body":
            method, target, heard_body = random.choice(["GET", "POST"]), "/free/1001/", ""
            content = request(target, method=method, number=number, cookie=cookie, body=body + b"x")
        elif kind == "echo":
            method, target = random.choice(["POST", "PUT"]), "/echo/"
            content = request(target, method=method, number=number, cookie=cookie, body=body)
        else:
            method, target = "POST", "/echo/"
            chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in pieces(random, body) if part)
            chunked = chunks + b"0\r\n" + random.choice([b"", b"X-Trailer: 1\r\n"]) + b"\r\n"
            content = request(
                target, method=method, number=number, cookie=cookie, body=chunked, Transfer_Encoding="chunked"
            )
        said = f"{method} {target} {number}"

        def check(heard: Heard) -> bool:
            return heard.status == 200 and heard.said == said and json.loads(heard.text)["body"] == heard_body

        return Asked(content, method, check)

    def broken(self, random: Random, cookie: bytes) -> bytes:
        """A request that was valid, until it was bent."""
        target = random.choice(["/registered/1001/", "/premium/1001/", "/subscribers/1001/", "/free/1001/", "/echo/"])
        inner = request(f"/subscribers/{random.randint(1_000, 1_005)}/")
        content = request(target, method=random.choice(["GET", "POST", "HEAD"]), cookie=cookie, body=inner)
        if random.random() < 0.5:
            content = request(target, cookie=cookie)
        for _ in range(random.randint(1, 4)):
            content = random.choice(BENDINGS)(random, content)
        return content + random.choice([b"", inner, inner * 3])

    # -- A connection -----------------------------------------------------------------------------------
    async def connection(self, seed: int) -> None:
        random = Random(seed)
        cookie = random.choice([b"", b"", self.subscriber, random.choice(self.registered)])
        asked = [self.valid(random, cookie) for _ in range(random.randint(1, 12))]
        if random.random() < 0.15:
            bare = request(
                "/free/1001/", cookie=cookie, **random.choice([{"Connection": "close"}, {"version": "HTTP/1.0"}])
            )
            asked.append(Asked(bare, "GET", lambda heard: heard["connection"] == "close", is_last=True))
        tail = self.broken(random, cookie) if random.random() < 0.6 else b""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        is_late = random.random() < 0.5
        content = b"".join(one.content for one in asked) + (b"" if is_late else tail)
        sending = asyncio.create_task(send(writer, random, content))
        try:
            if random.random() < 0.05:
                return  # a client that goes away
            for place, one in enumerate(asked):
                self.tally.valid += 1
                heard = await asyncio.wait_for(hear(reader, one.method), PATIENCE)
                self.judge(heard, one, cookie, f"seed {seed}, request {place}: {one.content[:120]!r}")
            self.tally.broken += bool(tail)
            if tail and is_late:
                await sending
                sending = asyncio.create_task(send(writer, random, tail))
            rest = await everything(reader, 0.3 if tail or asked[-1].is_last else 0.0)
            if not cookie and WITHHELD.search(rest):
                self.tally.wrong.append(f"seed {seed}: withheld text after {tail!r}")
            if asked[-1].is_last and rest:
                self.tally.wrong.append(f"seed {seed}: an answer behind the last: {rest[:200]!r}")
        except (EOFError, ConnectionError) as error:
            if tail and not is_late:
                self.tally.lost += 1
            else:
                self.tally.wrong.append(f"seed {seed}: {error!r} with {[one.content[:80] for one in asked]}")
        except (TimeoutError, ValueError, LookupError) as error:
            self.tally.wrong.append(f"seed {seed}: {error!r} with {[one.content[:80] for one in asked]}")
        finally:
            sending.cancel()
            writer.close()

    def judge(self, heard: Heard, one: Asked, cookie: bytes, where: str) -> None:
        try:
            is_right = one.check(heard)
        except Exception as error:  # what cannot be decoded or read is an answer to something else
            self.tally.wrong.append(
                f"{where} was answered {heard.status} {heard.headers} and cannot be read: {error!r}"
            )
            return
        if not is_right:
            self.tally.wrong.append(f"{where} was answered {heard.status} {heard.headers} {heard.text[:200]}")
        if heard.body and not cookie and WITHHELD.search(heard.text.encode("latin-1")):
            self.tally.wrong.append(f"{where}: withheld text for a stranger")

    async def run(self, seconds: float) -> Tally:
        ends, seeds = time.monotonic() + seconds, count(self.seed * 1_000_000)

        async def work() -> None:
            while time.monotonic() < ends and len(self.tally.wrong) < 10:
                self.tally.connections += 1
                await self.connection(next(seeds))

        await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
        return self.tally


# -- The wire -------------------------------------------------------------------------------------------
def pieces(random: Random, content: bytes) -> list[bytes]:
    """The content cut at random places."""
    cuts = sorted(random.randint(0, len(content)) for _ in range(random.choice([0, 0, 1, 3, 20])))
    return [content[start:end] for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True)]


async def send(writer: asyncio.StreamWriter, random: Random, content: bytes) -> None:
    try:
        for piece in pieces(random, content):
            writer.write(piece)
            await writer.drain()
            if random.random() < 0.3:
                await asyncio.sleep(random.random() / 200)
    except ConnectionError:
        pass


async def hear(reader: asyncio.StreamReader, method: str) -> Heard:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = [line.partition(": ") for line in head[1:-2]]
    heard = Heard(int(head[0].split(" ")[1]), [(name.lower(), value) for name, _, value in pairs], b"")
    if method == "HEAD" or heard.status == 304:
        return heard
    if heard.get("transfer-encoding") == "chunked":
        while size := int(await reader.readline(), 16):
            heard.body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
    else:
        heard.body = await reader.readexactly(int(heard["content-length"]))
    return heard


async def everything(reader: asyncio.StreamReader, seconds: float) -> bytes:
    """What still comes within some time, or until the end."""
    got = b""
    try:
        async with asyncio.timeout(seconds):
            while piece := await reader.read(65_536):
                got += piece
    except (TimeoutError, ConnectionError):
        pass
    return got


# -- Ways to bend a request -----------------------------------------------------------------------------
HEADERS = [
    b"Content-Length: 5",
    b"Content-Length: 0",
    b"Content-Length: 18446744073709551615",
    b"Content-Length : 5",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: identity",
    b"Transfer-Encoding:\x0bchunked",
    b"Connection: Upgrade\r\nUpgrade: websocket",
    b"Connection: Upgrade\r\nUpgrade: h2c",
    b"Connection: close",
    b"Connection: keep-alive, content-length",
    b"Expect: 100-continue",
    b"Expect: something",
    b"Host: another.example",
    b"X: " + b"y" * 40_000,
    b" folded: yes",
    b"Nul: \x00",
    b"X-Forwarded-For: 192.0.2.1",
    b"If-None-Match: *",
    b"Range: bytes=0-5",
    b"Cookie: courant_pass=eyJhbGciOiJub25lIn0.e30.",
    b"Accept-Encoding: gzip;q=\xff",
]


def flip(random: Random, content: bytes) -> bytes:
    place = random.randrange(len(content) or 1)
    return content[:place] + bytes([random.randrange(256)]) + content[place + 1 :]


def cut_out(random: Random, content: bytes) -> bytes:
    start = random.randint(0, len(content))
    return content[:start] + content[start + random.randint(0, 30) :]


def repeat(random: Random, content: bytes) -> bytes:
    start = random.randint(0, len(content))
    return content[:start] + content[start : start + random.randint(0, 40)] * 2 + content[start + 40 :]


def insert(random: Random, content: bytes) -> bytes:
    place = random.randint(0, len(content))
    return content[:place] + random.randbytes(random.randint(1, 5)) + content[place:]


def add_header(random: Random, content: bytes) -> bytes:
    line, end, rest = content.partition(b"\r\n")
    return line + end + random.choice(HEADERS) + end + rest


def change_ends(random: Random, content: bytes) -> bytes:
    return content.replace(
        b"\r\n", random.choice([b"\n", b"\r", b"\r\r\n", b"\n\r", b"\r\n "]), random.choice([1, 2, -1])
    )


def change_line(random: Random, content: bytes) -> bytes:
    _, end, rest = content.partition(b"\r\n")
    lines = [
        b"GET http://paper.example/subscribers/1001/ HTTP/1.1",
        b"GET //subscribers/1001/ HTTP/1.1",
        b"GET /subscribers/1001/ HTTP/1.0",
        b"GET /subscribers/1001/",
        b"GET /subscribers/1001/ HTTP/2.0",
        b"GET /subscribers/1001/ HTTP/1.1 HTTP/1.1",
        b"GET\t/subscribers/1001/\tHTTP/1.1",
        b"CONNECT paper.example:443 HTTP/1.1",
        b"OPTIONS * HTTP/1.1",
        b"PRI * HTTP/2.0",
        b"GET /%73ubscribers/1001/?page=1&utm_source=a HTTP/1.1",
        b"GET /" + b"a" * 40_000 + b" HTTP/1.1",
    ]
    return random.choice(lines) + end + rest


def shorten(random: Random, content: bytes) -> bytes:
    return content[: random.randint(0, len(content))]


BENDINGS = [flip, flip, cut_out, repeat, insert, add_header, add_header, change_ends, change_line, shorten]


def churn(folder: Path, ends: float) -> None:
    """Withdraw and press pages, end passes and write wishes, as a newsroom at work does."""
    store, random = Store(folder), Random(1)
    while time.monotonic() < ends:
        number = random.randint(0, 9)
        if random.random() < 0.5:
            store.withdraw([f"churn/{number}"])
        else:
            put_page(store, f"/churn/{number}/", keys=[f"churn/{number}"])
        store.end_passes(session=f"nobody-{number}", ended_at=time.time())
        time.sleep(0.02)


def fuzz(seconds: float, seed: int, protocol: str = "courant.edge.protocol:PageProtocol") -> tuple[Tally, str]:
    """The tally, and the server's log."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "press"
        store = make_store(folder)
        for number in range(1_000, 1_000 + STORIES):
            for access in Access:
                put_story(store, number, access, words=random_words(number))
        meter = make_meter(Path(name) / "meter.sqlite3", [f"reader-{number}" for number in range(READERS)])
        with serving(folder, meter=meter, options={"http": protocol}) as server:

            async def both() -> Tally:
                working = asyncio.create_task(asyncio.to_thread(churn, folder, time.monotonic() + seconds))
                tally = await Fuzz(server.port, seed).run(seconds)
                await working
                return tally

            tally = asyncio.run(both())
            return tally, server.stop()


def random_words(number: int) -> int:
    """Most pages are small, some are not."""
    return 4_000 if number % 10 == 0 else 40


def main() -> int:
    seconds, seed = float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    tally, log = fuzz(seconds, seed)
    for wrong in tally.wrong:
        print(wrong)
    faults = log.count("Traceback")
    print(
        f"seed {seed}: {tally.connections} connections, {tally.valid} valid requests, {tally.broken} broken ones, "
        f"{tally.lost} connections cut, {len(tally.wrong)} wrong answers, {faults} faults in the server's log"
    )
    if faults:
        print(log[log.index("Traceback") :][:5_000])
    return bool(tally.wrong or faults)


if __name__ == "__main__":
    sys.exit(main())
