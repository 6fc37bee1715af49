"""Pages as they are stored."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from courant.edge.pages import StoredPage, StoredVariant, packed, refuse_unfit, unpacked
from courant.wall.decision import StoryTerms
from courant.wall.enums import Access

pytestmark = pytest.mark.anydb

HEAD = (("Content-Type", "text/html; charset=utf-8"), ("Link", "</a.css>; rel=preload"))
TERMS = StoryTerms(7, Access.PREMIUM, datetime(2026, 11, 1, tzinfo=UTC), None)
PAGE = StoredPage(
    address="/world/story/?page=2",
    terms=TERMS,
    variants={
        "full.in": StoredVariant(200, HEAD, "one", "a" * 64),
        "preview-meter.in": StoredVariant(200, HEAD, "two", "b" * 64),
        "preview-retry.in": StoredVariant(503, (("Retry-After", "5"),), "three", "c" * 64),
    },
    keys=frozenset({"story/7", "paper"}),
    pressed_at=1.5,
    fresh_until=2.5,
)


@pytest.mark.parametrize("page", [PAGE, replace(PAGE, terms=None, fresh_until=None)])
def test_a_page_comes_out_as_it_went_in(page: StoredPage) -> None:
    assert unpacked(packed(page)) == page


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"address": "world/"}, "no address"),
        ({"address": "/wörld/"}, "no address"),
        ({"address": "/a b/"}, "no address"),
        ({"address": "/a#b"}, "no address"),
        ({"address": "/a\r\nb"}, "no address"),
        ({"variants": {}}, "no variants"),
        ({"keys": frozenset()}, "no keys"),
    ],
)
def test_a_page_that_cannot_be_answered_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        refuse_unfit(replace(PAGE, **change))


@pytest.mark.parametrize(
    "header",
    [
        ("Set-Cookie", "a=b"),
        ("ETag", '"1"'),
        ("VARY", "*"),
        ("Cache-Control", "public"),
        ("X-Split", "a\r\nSet-Cookie: b"),
        ("X Name", "a"),
        ("X:", "a"),
        ("X-Nul", "\x00"),
        ("X-Far", "€"),
    ],
)
def test_headers_that_are_not_the_pages_own_are_refused(header: tuple[str, str]) -> None:
    variant = StoredVariant(200, (header,), "one", "a" * 64)
    with pytest.raises(ValueError, match=r"header|encode"):
        refuse_unfit(replace(PAGE, variants={"full.in": variant}))
