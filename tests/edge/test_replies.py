"""How an answer is written: headers for caches, conditions, encodings, HEAD."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from courant.edge.server import PageServer
from courant.edge.store import Store
from courant.wall.enums import ReaderState
from tests.edge.asking import headers_of, reply_to, text_of, variant_in
from tests.edge.papers import make_page, make_server, put_page, signed_in

pytestmark = pytest.mark.anydb

FREE, SUBSCRIBERS = "/free/1/", "/subscribers/4/"
SUBSCRIBER = signed_in("reader-2", ReaderState.SUBSCRIBER)
PUBLIC = "public, max-age=0, s-maxage=60, must-revalidate"


def test_an_answer_is_written_whole(store: Store, server: PageServer) -> None:
    page = store.page(FREE)
    assert page is not None
    variant = page.variants["full.out"]
    body = store.body(variant.digest, "identity")
    assert body is not None
    reply = reply_to(server, FREE)
    assert (reply.status, reply.body) == (200, body)
    assert reply.head.decode() == (
        "HTTP/1.1 200 OK\r\n"
        "content-type: text/html; charset=utf-8\r\n"
        "content-security-policy: default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'self'\r\n"
        "x-content-type-options: nosniff\r\n"
        "referrer-policy: strict-origin-when-cross-origin\r\n"
        f"content-length: {len(body)}\r\n"
        f"cache-control: {PUBLIC}\r\n"
        "vary: accept-encoding, cookie\r\n"
        f'etag: "{variant.etag}-identity"\r\n'
        "surrogate-key: paper story/1\r\n"
        "cache-tag: paper,story/1\r\n"
    )


@pytest.mark.parametrize(
    ("address", "cookie", "caching"),
    [
        (FREE, None, PUBLIC),
        (SUBSCRIBERS, None, PUBLIC),
        ("/feed/", None, PUBLIC),
        ("/feed/", SUBSCRIBER, PUBLIC),
        ("/", SUBSCRIBER, "private, no-cache"),
        (FREE, SUBSCRIBER, "private, no-cache"),
        (SUBSCRIBERS, SUBSCRIBER, "private, no-cache"),
    ],
)
def test_what_shared_caches_may_keep(server: PageServer, address: str, cookie: bytes | None, caching: str) -> None:
    """access.md: Shared caches keep what strangers get, and nothing else."""
    headers = headers_of(reply_to(server, address, cookie=cookie))
    assert headers["cache-control"] == caching
    assert headers["vary"] == "accept-encoding, cookie"
    assert ("surrogate-key" in headers, "cache-tag" in headers) == (caching == PUBLIC,) * 2
    assert "set-cookie" not in headers


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_each_encoding_has_a_tag_of_its_own(server: PageServer, encoding: str) -> None:
    plain, encoded = reply_to(server, FREE), reply_to(server, FREE, accept_encoding=encoding)
    assert text_of(encoded) == text_of(plain)
    assert len(encoded.body) < len(plain.body)
    headers = headers_of(encoded)
    assert headers["content-encoding"] == encoding
    assert headers["content-length"] == str(len(encoded.body))
    assert headers["etag"] == headers_of(plain)["etag"].replace("-identity", f"-{encoding}")


def test_an_encoding_that_is_not_stored_is_not_sent(server: PageServer, store: Store) -> None:
    put_page(store, "/tiny/", bodies={"full.out": b"a", "full.in": b"b"})
    reply = reply_to(server, "/tiny/", accept_encoding="gzip, br;q=0.5")
    assert (reply.body, "content-encoding" in headers_of(reply)) == (b"a", False)
    refused = reply_to(server, "/tiny/", accept_encoding="gzip, identity;q=0")
    assert refused.body == b"a"


@pytest.mark.parametrize("form", ["{}", "W/{}", '"a", {}', '"a" , W/{}, "b"', "*"])
def test_who_has_it_already_is_told_so(server: PageServer, form: str) -> None:
    for cookie in (None, SUBSCRIBER):
        given: dict[str, Any] = {"accept_encoding": "br", "cookie": cookie}
        whole = headers_of(reply_to(server, FREE, **given))
        for method in (b"GET", b"HEAD"):
            reply = reply_to(server, FREE, if_none_match=form.format(whole["etag"]), method=method, **given)
            assert (reply.status, reply.body) == (304, b"")
            assert reply.head.startswith(b"HTTP/1.1 304 Not Modified\r\n")
            kept = ("cache-control", "vary", "etag", "surrogate-key", "cache-tag")
            assert headers_of(reply) == {name: whole[name] for name in kept if name in whole}


def test_who_has_another_one_gets_this_one(server: PageServer) -> None:
    mine = headers_of(reply_to(server, SUBSCRIBERS, cookie=SUBSCRIBER, accept_encoding="br"))["etag"]
    for given in (
        {"cookie": SUBSCRIBER, "accept_encoding": "gzip"},
        {"accept_encoding": "br"},
        {"cookie": SUBSCRIBER, "accept_encoding": "br", "if_none_match": mine.strip('"')},
    ):
        assert reply_to(server, SUBSCRIBERS, **{"if_none_match": mine, **given}).status == 200


def test_dates_and_ranges_do_not_matter(server: PageServer) -> None:
    whole = reply_to(server, FREE)
    assert reply_to(server, FREE, if_modified_since="Wed, 25 Nov 2099 01:33:21 GMT") is whole
    assert reply_to(server, FREE, range="bytes=0-10", if_range=headers_of(whole)["etag"]) is whole
    assert "accept-ranges" not in headers_of(whole)


def test_head_has_everything_but_the_body(server: PageServer) -> None:
    whole, bare = reply_to(server, FREE), reply_to(server, FREE, method=b"HEAD")
    assert (bare.status, bare.head, bare.body) == (200, whole.head, b"")


def test_a_page_that_is_no_200_is_never_unchanged(server: PageServer, store: Store) -> None:
    page, bodies = make_page("/gone/")
    gone = {name: replace(variant, status=410) for name, variant in page.variants.items()}
    assert store.put(replace(page, variants=gone), bodies, seen=store.sequence())
    reply = reply_to(server, "/gone/", if_none_match="*")
    assert (reply.status, variant_in(reply)) == (410, "full.out")


def test_without_shared_caches_nothing_may_be_kept_by_them(folder: Path, store: Store) -> None:
    server = make_server(folder, shared_seconds=0)
    assert "s-maxage=0," in headers_of(reply_to(server, FREE))["cache-control"]


def test_a_tag_with_quotes_is_quoted_once(server: PageServer, store: Store) -> None:
    page, bodies = make_page("/quoted/")
    quoted = {name: replace(variant, etag='"abc"') for name, variant in page.variants.items()}
    assert store.put(replace(page, variants=quoted), bodies, seen=store.sequence())
    assert headers_of(reply_to(server, "/quoted/"))["etag"] == '"abc-identity"'
