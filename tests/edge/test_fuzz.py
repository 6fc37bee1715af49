"""A short run of the fuzzer; a long one is `python -m tests.edge.fuzz 600`."""

import pytest

from courant.edge.protocol import PageProtocol
from tests.edge.fuzz import fuzz

pytestmark = pytest.mark.anydb


class CrossingProtocol(PageProtocol):
    """What the fuzzer must find: it answers from the store while an earlier request still waits for its answer."""

    def is_busy(self) -> bool:
        return False

    def on_headers_complete(self) -> None:
        running, self.running = self.running, 0
        super().on_headers_complete()
        self.running += running


def test_nothing_is_answered_wrongly() -> None:
    tally, log = fuzz(5, seed=2_026)
    assert tally.wrong == []
    assert "Traceback" not in log
    assert tally.valid > 500
    assert tally.broken > 50


def test_the_fuzzer_finds_answers_that_cross() -> None:
    tally, _ = fuzz(1, seed=1, protocol="tests.edge.test_fuzz:CrossingProtocol")
    assert tally.wrong
