"""Which encoding an answer is sent in."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from courant.edge.encodings import MOST_REMEMBERED, Preferences, preferred

pytestmark = pytest.mark.anydb


@pytest.mark.parametrize(
    ("accept", "encodings"),
    [
        (None, ["identity"]),
        (b"", ["identity"]),
        (b"gzip", ["gzip", "identity"]),
        (b"x-gzip", ["gzip", "identity"]),
        (b"GZIP", ["gzip", "identity"]),
        (b"gzip, deflate, br, zstd", ["br", "zstd", "gzip", "identity"]),
        (b"gzip;q=1.0, br;q=0.5", ["gzip", "br", "identity"]),
        (b"gzip;q=0.5 , br ; q=0.6", ["br", "gzip", "identity"]),
        (b"br;q=0, gzip", ["gzip", "identity"]),
        (b"*", ["br", "zstd", "gzip", "identity"]),
        (b"*;q=0.1, gzip", ["gzip", "br", "zstd", "identity"]),
        (b"identity;q=1, gzip;q=0.5", ["identity", "gzip"]),
        (b"identity;q=0, gzip", ["gzip"]),
        (b"*;q=0, gzip", ["gzip"]),
        (b"identity;q=0", ["identity"]),
        (b"gzip;q=2", ["identity"]),
        (b"gzip;q=nan", ["identity"]),
        (b"gzip;q=", ["identity"]),
        (b"compress, deflate", ["identity"]),
        (b",,;,", ["identity"]),
    ],
)
def test_what_the_client_likes_best_comes_first(accept: bytes | None, encodings: list[str]) -> None:
    assert list(preferred(accept)) == encodings


@given(some.binary())
def test_nothing_a_client_writes_leaves_it_without_an_answer(accept: bytes) -> None:
    assert preferred(accept)


def test_what_is_remembered_is_bounded() -> None:
    preferences = Preferences()
    for number in range(3 * MOST_REMEMBERED):
        assert preferences.of(b"gzip;x=%d" % number) == ("gzip", "identity")
    assert len(preferences.known) <= MOST_REMEMBERED
