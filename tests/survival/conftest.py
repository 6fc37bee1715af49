from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.survival.cluster import Cluster
from tests.survival.paper import ServedPaper


def number_from(name: str, small: int) -> int:
    return int(os.environ.get(name, small))


CHANGES = number_from("COURANT_CHANGES", 4)
OUTAGE = number_from("COURANT_OUTAGE", 5)


@pytest.fixture(scope="module")
def one_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPaper]:
    """Two web processes on SQLite."""
    paper = ServedPaper(tmp_path_factory.mktemp("one"), workers=2)
    paper.make()
    paper.start()
    yield paper
    paper.stop()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster() as started:
        yield started


@pytest.fixture(scope="module")
def two_machines(
    tmp_path_factory: pytest.TempPathFactory, cluster: Cluster
) -> Iterator[tuple[ServedPaper, ServedPaper]]:
    """Two groups of processes with data directories of their own, sharing nothing but PostgreSQL."""
    first = ServedPaper(tmp_path_factory.mktemp("first"), cluster.url)
    second = ServedPaper(tmp_path_factory.mktemp("second"), cluster.url)
    first.make()
    second.run("-m", "courant.cli.main", "setup", "--quiet")
    for machine in (first, second):
        machine.start()
    yield first, second
    for machine in (first, second):
        machine.stop()
