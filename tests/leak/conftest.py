"""The planted paper of the tests, and the sum of all that was asked."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from courant.edge.environment import close_environment
from courant.edge.server import EdgeConfig, PageServer
from courant.press.actions import press, refresh_settings
from courant.press.edition import settle_edition
from courant.press.queries import public_addresses
from courant.press.serving import edge_config
from courant.press.stores import local_store
from courant.readers.actions.legal import install_legal_documents
from courant.wall.models import PassEnd
from courant.wall.rings import key_ring
from tests.factories import make_paper
from tests.leak.cast import Cast, cast_everybody
from tests.leak.disguises import Disguise
from tests.leak.doors import DjangoDoor, Door, ServedDoor, StoreDoor
from tests.leak.make import PLANTED
from tests.leak.paper import Paper, plant_paper
from tests.leak.watch import Watch, report
from tests.survival.paper import ServedPaper

IS_WHOLE = os.environ.get("COURANT_LEAK") == "whole"
COUNTS: list[dict[str, Any]] = []


@dataclass
class Planted:
    """A paper, everybody who asks, and the door to it."""

    paper: Paper
    cast: Cast
    door: Door

    @property
    def django(self) -> DjangoDoor:
        """Past the page server: what is asked here is made now. Only in this process."""
        return DjangoDoor()

    def watch(self) -> Watch:
        """A watch of its own, which is not counted."""
        return Watch(self.paper.canaries, self.door.name)

    def disguise(self, name: str) -> Disguise:
        return next(disguise for disguise in self.cast.disguises if disguise.name == name)


@pytest.fixture(scope="package")
def here(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    """Planted in this process once for all tests, in one transaction that is taken back; all pages are stored."""
    folder = tmp_path_factory.mktemp("leak") / "press"
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(PRESS_FOLDER=folder):
        now = timezone.now()
        paper = plant_paper(make_paper(), now, is_whole=IS_WHOLE)
        install_legal_documents(now=now)
        cast = cast_everybody(paper, key_ring(), now)
        yield Planted(paper, cast, StoreDoor(pages=press_everything()))
        transaction.set_rollback(True)
    close_environment(folder)


def press_everything() -> PageServer:
    """Store every page there is; the page server that answers from them."""
    settle_edition()
    store = local_store()
    refresh_settings(store)
    for end in PassEnd.objects.all():  # as the follower does; nothing is committed here
        session, reader = end.session or None, end.reader or None
        store.end_passes(session=session, reader=reader, version=end.version, ended_at=end.ended_at.timestamp())
    for address in public_addresses():
        press(address=address, store=store, now=timezone.now())
    return page_server(edge_config())


def page_server(config: EdgeConfig) -> PageServer:
    """First openings are left to Django, which counts them in the test's transaction."""
    return PageServer(config)


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    """A paper that is really served: one web process and its worker, all pages stored; asked over raw connections."""
    served = ServedPaper(tmp_path_factory.mktemp("leak-served"))
    served.run("-m", "courant.cli.main", "setup", "--quiet")
    served.run("-m", "tests.leak.make")
    served.start()
    try:
        served.press_everything()
        paper, cast = pickle.loads((served.home / PLANTED).read_bytes())
        door = ServedDoor(served.port)
        paper.origin = door.host
        yield Planted(paper, cast, door)
        door.close()
    finally:
        served.stop()


@pytest.fixture(scope="package", params=["here", "served"] if IS_WHOLE else ["here"])
def planted(request: pytest.FixtureRequest) -> Planted:
    """The paper that is asked: the one in this process, and where the most is asked a served one as well."""
    found: Planted = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="package")
def watch(planted: Planted) -> Iterator[Watch]:
    """The watch that is counted in the result."""
    kept = planted.watch()
    yield kept
    COUNTS.append(kept.counts())


# -- The result, over all processes of a parallel run ---------------------------------------------------
def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["leak"] = COUNTS


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    COUNTS.extend(getattr(node, "workeroutput", {}).get("leak", []))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if COUNTS:
        for line in report(COUNTS):
            terminalreporter.write_line(line)
