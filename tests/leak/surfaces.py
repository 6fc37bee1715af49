"""Surfaces: the ways in which a story's address, and the paper's other addresses, can be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from tests.leak.doors import Headers, Request
from tests.leak.paper import Story

QUERIES = (
    "amp", "amp=1", "amp=true", "amp;", "print", "print=1", "print=true", "format=json", "format=amp", "format=txt",
    "format=xml", "format=md", "format=rss", "_format=json", "alt=json", "output=json", "output=amp", "outputType=amp",
    "outputType=json", "outputType=xml", "view=full", "view=print", "mode=subscriber", "mode=staff", "mode=",
    "preview=1", "preview=true", "in_preview_panel=true", "revision=1", "draft=1", "version=latest", "full=1", "raw=1",
    "json=1", "embed=1", "embed=true", "lite=1", "nojs=1", "reader=1", "fields=*", "fields=body", "fields=_,body",
    "expand=body", "include=body", "callback=x", "jsonp=x", "page=1", "page=2", "page=all", "page=0", "page=9999999999",
    "paywall=0", "nopaywall", "access=free", "bypass=1", "debug=1", "debug=true", "token=1", "share=1", "unlocked=1",
    "next=/", "lang=de", "_escaped_fragment_=", "m=1", "feed=rss2", "partial=1", "ajax=1", "fragment=body", "cache=0",
    "_=1", "&&", "=", "%00", "%", "x=%ff", "a=" + "b" * 3000,
)  # fmt: skip
ACCEPTS = (
    "application/json", "application/ld+json", "application/activity+json", "application/amp+html", "text/plain",
    "text/markdown", "text/xml", "application/rss+xml", "application/pdf", "application/epub+zip", "image/*",
    "text/vnd.turbo-stream.html", "text/x-component", "application/speculationrules+json", "*/*;q=0.1", "x", "",
)  # fmt: skip
ENCODINGS = (
    "gzip",
    "br",
    "zstd",
    "deflate",
    "gzip;q=0, br;q=1",
    "zstd;q=1, *;q=0",
    "identity",
    "*",
    "identity;q=0",
    "gzip, br, zstd, x",
)
HEADERS: dict[str, Headers] = {
    "from its start": (("Range", "bytes=0-"),),
    "a range": (("Range", "bytes=2000-90000"),),
    "its end": (("Range", "bytes=-5000"),),
    "several ranges": (("Range", "bytes=0-10,3000-9000,-20"),),
    "a range if unchanged": (("Range", "bytes=100-"), ("If-Range", '"x"')),
    "if newer": (("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"),),
    "if not of tomorrow": (("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"),),
    "if no tag": (("If-None-Match", '"x", W/"y"'),),
    "if not any": (("If-None-Match", "*"),),
    "if match": (("If-Match", "*"),),
    "if unmodified": (("If-Unmodified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"),),
    "as a script": (("X-Requested-With", "XMLHttpRequest"),),
    "as a fragment": (("HX-Request", "true"), ("Turbo-Frame", "story"), ("X-PJAX", "true")),
    "as a router's state": (("RSC", "1"), ("Next-Router-State-Tree", "x"), ("X-Inertia", "true")),
    "as an embed": (("Sec-Fetch-Dest", "iframe"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Site", "cross-site")),
    "from another origin": (("Origin", "https://elsewhere.example"), ("Sec-Fetch-Mode", "cors")),
    "another method": (("X-HTTP-Method-Override", "PUT"), ("X-Method-Override", "PUT")),
    "uncached": (("Cache-Control", "no-cache, no-store"), ("Pragma", "no-cache")),
    "from the cache": (("Cache-Control", "only-if-cached, max-stale=9999999"),),
    "with a password": (("Authorization", "Basic YWRtaW46YWRtaW4="),),
    "with a bearer": (("Authorization", "Bearer subscriber"),),
    "saving data": (("Save-Data", "on"), ("Accept-CH", "x")),
    "preloaded": (("Service-Worker-Navigation-Preload", "true"),),
    "debugged": (("X-Debug", "1"), ("Surrogate-Capability", 'a="ESI/1.0"'), ("Fastly-Debug", "1")),
    "as printed": (("X-Printed-For", "subscriber"), ("Printed-For", "full"), ("X-Variant", "full.in")),
    "of a subscriber": (("X-User", "subscriber"), ("Remote-User", "subscriber"), ("X-Reader-State", "subscriber")),
    "upgraded": (("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABk")),
}
METHODS = ("HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "REPORT", "QUERY", "get")
BEFORE = (
    "amp",
    "m",
    "print",
    "feed",
    "json",
    "api",
    "embed",
    "preview",
    "cache",
    "static",
    "media",
    "newsroom",
    "-",
    "_next/data/x",
)
BEHIND = (
    "amp/", "amp", "print/", "feed/", "feed/rss/", "embed/", "index.html", "index.json", "full/", "1/", "2/", "page/2/",
    "comments/", "revisions/", "edit/", "preview/", "view_draft/", "oembed/", "text/", "raw/", "data.json", ".json",
    "manifest.webmanifest", "p4/",
)  # fmt: skip
INSTEAD = (
    ".html",
    ".json",
    ".amp",
    ".md",
    ".txt",
    ".xml",
    ".pdf",
    ".epub",
    ".rss",
    ";jsessionid=1",
    "%00",
    "%0a",
    ".",
    "~",
    "'",
)


@dataclass(frozen=True)
class Surface:
    """One way to ask. `is_plain`: by the story's own address, as it stands; such pages are stored."""

    name: str
    request: Request
    is_plain: bool = False


def story_surfaces(story: Story, origin: str) -> Iterator[Surface]:
    """Every way to ask for a story of a paper with this host. The names are the same for all stories."""
    path = story.path
    yield Surface("page", Request(path), is_plain=True)
    for query in QUERIES:
        yield Surface(f"?{query[:30]}", Request(f"{path}?{query}"))
    for accept in ACCEPTS:
        yield Surface(f"Accept: {accept}", Request(path, (("Accept", accept),)), is_plain=True)
    for encoding in ENCODINGS:
        yield Surface(f"Accept-Encoding: {encoding}", Request(path, (("Accept-Encoding", encoding),)), is_plain=True)
    for name, headers in HEADERS.items():
        yield Surface(name, Request(path, headers), is_plain=True)
    for method in METHODS:
        yield Surface(f"method {method}", Request(path, method=method))
    yield Surface(
        "form", Request(path, (("Content-Type", "application/x-www-form-urlencoded"),), "POST", b"full=1&x=y")
    )
    yield Surface("body on GET", Request(path, (), "GET", b"full=1"))
    yield from other_spellings(path)
    yield from named_elsewhere(story, origin)


def other_spellings(path: str) -> Iterator[Surface]:
    _, section, slug, _ = path.split("/")
    bare = path.rstrip("/")
    letter = f"%{ord(slug[0]):02x}"
    spellings = {
        "without slash": bare,
        "slash twice": f"{path}/",
        "slash before": f"/{path}",
        "slash within": f"/{section}//{slug}/",
        "capitals": path.upper(),
        "title case": path.title(),
        "a letter in percent": f"/{section}/{letter}{slug[1:]}/",
        "a letter in percent, capitals": f"/{section}/{letter.upper()}{slug[1:]}/",
        "a slash in percent": f"/{section}%2F{slug}/",
        "a slash in percent twice": f"/{section}%252F{slug}/",
        "all in percent": "/" + "".join(f"%{ord(char):02X}" for char in path[1:]),
        "a dot": f"/./{section}/./{slug}/",
        "two dots": f"/x/../{section}/{slug}/",
        "two dots in percent": f"/x/%2e%2e/{section}/{slug}/",
        "dots behind": f"{path}../{slug}/",
        "dots from static": f"/static/..{path}",
        "a backslash": f"/{section}\\{slug}/",
        "a blank": f"{path}%20",
        "a fragment": f"{path}#p9",
        "a parameter": f"/{section};a=b/{slug};c=d/",
        "overlong": f"/{section}%c0%af{slug}/",
        "wide letters": "/" + quote("".join(chr(ord(char) + 0xFEE0) if char.isalpha() else char for char in path[1:])),
        "with a host": f"http://localhost{path}",
        "with another host": f"http://elsewhere.example{path}",
        "two question marks": f"{path}??x=1?y",
    }
    for name, target in spellings.items():
        yield Surface(name, Request(target))
    for before in BEFORE:
        yield Surface(f"/{before}/…", Request(f"/{before}{path}"))
    for behind in BEHIND:
        yield Surface(f"…/{behind}", Request(path + behind))
    for ending in INSTEAD:
        yield Surface(f"…{ending}", Request(bare + ending))


def named_elsewhere(story: Story, origin: str) -> Iterator[Surface]:
    """Other addresses that take a story's address or number."""
    path, number = story.path, story.pk
    _, _section, slug, _ = path.split("/")
    yield Surface(
        "rewritten", Request("/", (("X-Original-URL", path), ("X-Rewrite-URL", path), ("X-Forwarded-URI", path)))
    )
    yield Surface("of another host", Request(path, (("X-Forwarded-Host", "elsewhere.example"),)))
    yield Surface("with a foreign host", Request(path, host="elsewhere.example"))
    addresses = {
        "JSON of Wagtail": f"/api/v2/pages/{number}/?fields=*",
        "list in JSON": f"/api/v2/pages/?type=stories.StoryPage&fields=body&slug={slug}",
        "JSON of the newsroom": f"/newsroom/api/main/pages/{number}/?fields=*",
        "REST of another system": f"/wp-json/wp/v2/posts?slug={slug}",
        "content API of another system": f"/ghost/api/content/posts/slug/{slug}/",
        "by its number": f"/?p={number}",
        "draft": f"/newsroom/pages/{number}/view_draft/",
        "gift": f"/account/gifts/new/?story={number}",
        "registration": f"/account/register/?next={path}",
        "sign-in": f"/account/sign-in/?next={path}",
        "GraphQL": "/graphql?query=" + quote(f"{{page(id:{number}){{body}}}}"),
    }
    for name, target in addresses.items():
        yield Surface(name, Request(target))
    yield Surface("registration, sent", Request(
        "/account/register/",
        (("Content-Type", "application/x-www-form-urlencoded"), ("Origin", "http://elsewhere.example")),
        "POST",
        f"email=x&next={quote(path)}".encode(),
    ))  # fmt: skip
    for name, format in {"oEmbed": "json", "oEmbed, XML": "xml"}.items():
        address = quote(f"http://{origin}{path}", safe="")
        yield Surface(name, Request(f"/oembed/?url={address}&format={format}&maxwidth=300"))


# Where systems have left the text of their pages; nothing is to be found there.
FORGOTTEN = (
    "/llms.txt", "/llms-full.txt", "/ai.txt", "/sitemap.txt", "/news-sitemap.xml", "/sitemap_index.xml", "/feed", "/rss",
    "/atom.xml", "/index.xml", "/feed.json", "/api/", "/api/v1/articles", "/api/v2/pages/", "/api/v2/images/", "/graphql",
    "/search.json", "/search-index.json", "/index.json", "/opensearch.xml", "/documents/1/x.pdf", "/media/", "/images/",
    "/media/images/", "/media/original_images/", "/static/", "/static/../courant.sqlite3", "/courant.sqlite3",
    "/press/data.mdb", "/static/..%2f..%2fpress/data.mdb", "/.git/config", "/.env", "/courant.toml", "/server-status",
    "/debug/", "/__debug__/", "/_util/", "/_next/data/build/index.json", "/sw.js", "/offline", "/amp", "/print", "/mail/",
    "/newsletter/", "/archive/", "/-/", "/-/me", "/-/press", "/-/variants", "/metrics", "/admin/", "/django-admin/",
)  # fmt: skip
