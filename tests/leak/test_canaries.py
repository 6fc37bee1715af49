"""The search itself: a canary is found in every form, and the place it came from is named."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from urllib.parse import quote

import brotli
import pytest
import zstandard

from tests.leak.canaries import ACCENTED_FORMS, FORMS, STEM, Canaries, Lookout, in_form
from tests.leak.doors import decoded

pytestmark = pytest.mark.anydb


@pytest.fixture
def canaries() -> Canaries:
    planted = Canaries()
    for number in range(700):
        planted.plant("a story", f"paragraph {number}", ["subscriber"])
    return planted


@pytest.mark.parametrize("form", FORMS)
def test_a_canary_is_found_in_every_form(canaries: Canaries, form: str) -> None:
    place = list(canaries.places.values())[655]
    for needle in in_form(place.word, form):
        found = Lookout(canaries).find(b"<p>Grey water.</p> " + needle + b" <p>Two cranes.</p>")
        assert needle in in_form(place.word, found[place.code])


@pytest.mark.parametrize("offset", range(5))
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode, base64.b32encode])
def test_a_canary_inside_an_encoded_text_is_found_wherever_it_begins(
    canaries: Canaries, encode: Callable[[bytes], bytes], offset: int
) -> None:
    place = list(canaries.places.values())[321]
    text = "Grey water"[: 5 + offset] + place.sentence + " and two cranes."
    assert place.code in Lookout(canaries).find(b'{"state":"' + encode(text.encode()) + b'"}')
    assert place.code in Lookout(canaries).find(base64.b64encode(text.encode("utf-16-le")))


@pytest.mark.parametrize("form", ACCENTED_FORMS)
def test_letters_with_accents_are_found_as_others_write_them(canaries: Canaries, form: bytes) -> None:
    place = list(canaries.places.values())[12]
    assert Lookout(canaries).find(b"grey " + form + place.code.encode()) == {place.code: "accented"}


def test_other_ways_to_write_a_text_down(canaries: Canaries) -> None:
    place = list(canaries.places.values())[7]
    said = place.sentence.upper()
    for body in (said, json.dumps({"body": said}), quote(said), said.title(), said[::-1]):
        assert place.code in Lookout(canaries).find(body.encode())


def test_the_address_of_a_withheld_picture_is_found(canaries: Canaries) -> None:
    place = canaries.plant("a story", "picture", ["subscriber"])
    canaries.pictures[7] = place.code
    lookout = Lookout(canaries)
    for address in (b"/pictures/sIgn_-a/7/wide-320.jpeg", b"\\/pictures\\/sIgn\\/7\\/wide", b"%2Fpictures%2Fx%2F7%2Fx"):
        assert lookout.find(b'src="' + address) == {place.code: "address"}
    assert lookout.find(b"/pictures/sIgn_-a/77/wide-320.jpeg /pictures/7/8/") == {}


def test_a_page_without_a_canary_has_none(canaries: Canaries) -> None:
    page = b"<p>Grey water, &#8220;zanzi&#8221; and 100 % \\ of fal quor. souffle</p>" * 500
    assert Lookout(canaries).find(page) == {}
    assert Lookout(canaries).find(STEM.encode() + b"!") == {"?": "plain"}


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        ("gzip", gzip.compress),
        ("br", brotli.compress),
        ("zstd", zstandard.ZstdCompressor().compress),
        ("deflate", zlib.compress),
        ("identity", bytes),
        ("gzip, br", lambda body: brotli.compress(gzip.compress(body))),
    ],
)
def test_bodies_are_decoded(encoding: str, compress: Callable[[bytes], bytes]) -> None:
    body = b"Grey water. " * 100
    assert decoded(compress(body), encoding) == body
