"""The demo paper's accounts, which anyone who runs the demo may use."""

from dataclasses import dataclass

from courant.wall.enums import ReaderState


@dataclass(frozen=True)
class DemoAccount:
    """An account that anyone who runs the demo may use; it never exists in a real paper."""

    email: str
    name: str
    state: ReaderState
    password: str


ACCOUNTS = [
    DemoAccount("editor@meridian.example", "Mara Voss", ReaderState.STAFF, "demo-editor-2022"),
    DemoAccount("reader@meridian.example", "Robin Hale", ReaderState.REGISTERED, "demo-reader-2022"),
    DemoAccount("subscriber@meridian.example", "Sam Ortega", ReaderState.SUBSCRIBER, "demo-subscriber-2022"),
]
