"""A mail server for tests: enough SMTP (RFC 5321) over a real socket to take, refuse or ignore mail."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


@dataclass
class Sink:
    """`answer` is said to RCPT: 250 takes the mail. One that `is_mute` never greets: clients time out."""

    port: int = 0
    answer: str = "250 ok"
    is_mute: bool = False
    taken: list[EmailMessage] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


class Session(socketserver.StreamRequestHandler):
    server: "Server"

    def handle(self) -> None:
        sink = self.server.sink
        if sink.is_mute:
            sink.released.wait(30)
            return
        self.say("220 sink")
        while line := self.rfile.readline():
            verb = line.split()[0].upper() if line.split() else b""
            if verb in (b"EHLO", b"HELO"):
                self.say("250 sink")
            elif verb == b"RCPT":
                self.say(sink.answer)
            elif verb == b"DATA":
                self.take()
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def take(self) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        self.server.sink.taken.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self.say("250 taken")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    sink: Sink


@contextmanager
def open_sink(port: int = 0, **values: object) -> Iterator[Sink]:
    """A sink on a free port of this machine, or on a given one, for the length of a `with`."""
    sink = Sink(**values)
    with Server(("127.0.0.1", port), Session) as server:
        server.sink = sink
        sink.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield sink
        finally:
            sink.released.set()
            server.shutdown()
            thread.join()


def free_port() -> int:
    """A port on which nobody listens."""
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        return int(server.server_address[1])


def use_smtp(settings: Any, port: int) -> None:
    """Send by SMTP to a port of this machine, giving up after a second."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 1
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
