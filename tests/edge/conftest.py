"""A paper in a store, and its page server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from courant.edge.environment import close_environment
from courant.edge.server import PageServer
from courant.edge.store import Store
from tests.edge.papers import make_server, make_store


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "press"
    close_environment(tmp_path / "press")


@pytest.fixture
def store(folder: Path) -> Store:
    return make_store(folder)


@pytest.fixture
def server(folder: Path, store: Store) -> PageServer:
    """With a counter that nobody may ask: what is to be counted is looked at, not done."""
    return make_server(folder, Uncounted())


class Uncounted:
    """Stands where a counter would; the page server only looks whether there is one."""

    def count(self, *given: Any) -> None:
        raise AssertionError("the page server itself counts nothing")
