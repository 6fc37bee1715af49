"""Every URL pattern of Django, Wagtail and allauth, and how it is asked: a new one without an entry here fails.

Patterns of the newsroom are asked by strangers and readers, with the numbers of stories whose text is withheld, and
must refuse. Of all others the table says which addresses reach them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle

from django.urls import URLPattern, URLResolver, get_resolver

from tests.leak.paper import Paper

NEWSROOM = "newsroom/"
PARAMETER = re.compile(r"<(?:[a-z]+:)?([a-z0-9_]+)>")


@dataclass(frozen=True)
class Pattern:
    """`route` as Django writes it, whole; `name` with its namespaces."""

    route: str
    name: str

    @property
    def is_newsroom(self) -> bool:
        return self.route.removeprefix("^").startswith(NEWSROOM)


def all_patterns() -> list[Pattern]:
    return list(walk(get_resolver()))


def walk(resolver: URLResolver, route: str = "", namespace: str = "") -> Iterator[Pattern]:
    for entry in resolver.url_patterns:
        below = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk(entry, below, namespace + (f"{entry.namespace}:" if entry.namespace else ""))
        elif isinstance(entry, URLPattern):
            yield Pattern(below, namespace + (entry.name or ""))


class Unreachable(Exception):
    """A pattern for which this test knows no address."""


# -- The newsroom ---------------------------------------------------------------------------------------
# What a parameter is filled with: text, or the names of numbers in `Paper.ids` and of stories.
TEXTS = {
    "app_label": "stories", "app_name": "stories", "content_type_app_name": "stories", "model_name": "storypage",
    "content_type_model_name": "storypage", "action": "publish", "action_name": "approve", "filter_spec": "original",
    "uidb64": "MQ", "token": "set-password", "slug": "world", "file": "rss.xml", "revision_id_a": "earliest",
    "revision_id_b": "latest", "object_id": "1",
}  # fmt: skip
# Which numbers stand for a page: of a story with a wall, of a draft, of a live one with a newer revision.
SUBJECTS = ("premium-middle", "draft", "revised")
PAGES = {"page_id", "parent_page_id", "page_to_move_id", "page_pk", "destination_id"}
PICTURES = {"image_id"}
OTHERS = {
    "task_id", "task_state_id", "workflow_pk", "workflow_state_id", "collection_id", "uploaded_file_id", "redirect_id",
    "session_id", "document_id", "doc_id",
}  # fmt: skip
# Written by hand, since an expression cannot be filled.
EXPRESSIONS: dict[str, Callable[[int], list[str]]] = {
    r"^(?P<pk>\d+)/revisions/compare/(?P<revision_id_a>live|earliest|\d+)\.\.\.(?P<revision_id_b>live|latest|\d+)/$": (
        lambda page: [f"{page}/revisions/compare/live...latest/", f"{page}/revisions/compare/earliest...latest/"]
    ),
    r"^.*/$": lambda page: [f"anything/{page}/"],
}
# What the newsroom shows to everyone, and why that can be no story.
OPEN_IN_NEWSROOM = {
    "wagtailadmin_sprite": "the icons of the newsroom",
    "wagtailadmin_javascript_catalog": "words of the newsroom's scripts in the language of the browser",
}


def newsroom_addresses(pattern: Pattern, paper: Paper) -> list[str]:
    found: dict[str, None] = {}
    for subject in SUBJECTS if PAGES & set(PARAMETER.findall(pattern.route)) else SUBJECTS[:1]:
        for address in filled(pattern.route, paper.stories[subject].pk, paper):
            found[address] = None
    return list(found)


def filled(route: str, page: int, paper: Paper) -> list[str]:
    for expression, addresses in EXPRESSIONS.items():
        if route.endswith(expression):
            start = route.removesuffix(expression)
            return [f"/{start}{address}" for address in addresses(page)]
    parameters = set(PARAMETER.findall(route))
    several = [page]
    if "revision_id" in parameters:
        several = [number for name, number in paper.ids.items() if name.startswith("revision")]
    elif "pk" in parameters:
        several = [page, paper.ids["picture"], paper.ids["revision of revised"], 1]
    return [fill(route, page, number, paper) for number in several]


def fill(route: str, page: int, number: int, paper: Paper) -> str:
    """The route with its parameters filled: `number` for what may be a number of anything."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name in TEXTS:
            return TEXTS[name]
        if name in PAGES:
            return str(page)
        if name in PICTURES:
            return str(paper.ids["picture"])
        if name in OTHERS:
            return "1"
        if name in ("pk", "revision_id"):
            return str(number)
        raise Unreachable(f"nothing is known to put in for {name} of {route}")

    text = PARAMETER.sub(value, route)
    text = text.replace("^", "").replace("$", "")
    if re.search(r"[()\\*+?<>]", text):
        raise Unreachable(f"no address is known for {route}")
    return f"/{text}"


# -- All the others -------------------------------------------------------------------------------------
Addresses = Callable[[Paper], list[str]]


def at(*addresses: str) -> Addresses:
    return lambda paper: list(addresses)


def feeds(folder: str) -> Addresses:
    names = ("rss.xml", "atom.xml", "feed.json", "rss", "full.xml", "feed.xml")
    return at(*(f"{folder}{name}" for name in names), f"{folder}rss.xml?full=1&format=full&fields=*")


def story_pages(paper: Paper) -> list[str]:
    found = [path for story in paper.stories.values() for path in (story.path, *story.old_paths)]
    return [*found, "/", "/world/", "/money/", "/law/?page=1", "/secret/", "/world/?page=2", "/authors/", "/topics/",
            "/authors/ada-moreau/", "/topics/lakes/"]  # fmt: skip


def oembeds(paper: Paper) -> list[str]:
    formats = cycle(("json", "xml", "html"))
    return [
        f"/oembed/?url=http://{paper.origin}{story.path}&format={next(formats)}" for story in paper.stories.values()
    ]


def searches(paper: Paper) -> list[str]:
    words = (
        "water",
        "grey",
        "they+said",
        "souffl%C3%A9t%C3%B4l",
        "headline",
        "zanzifal",
        "velbrom",
        "%22they+said%22",
        "*",
    )
    filters = ("", "&order=newest", "&free=on", "&section=world", "&period=7", "&page=2", "&format=json")
    return [f"/search/?q={words[place % len(words)]}{filters[place % len(filters)]}" for place in range(3 * len(words))]


def gifts_of(paper: Paper) -> list[str]:
    return [f"/account/gifts/new/?story={story.pk}" for story in paper.stories.values()]


def guessed_pictures(paper: Paper) -> list[str]:
    numbers = list(paper.canaries.pictures)[::7]
    return [
        f"/pictures/{'A' * 22}/{number}/{name}" for number in numbers for name in ("natural-320.jpeg", "original.jpg")
    ]


def restrictions(paper: Paper) -> list[str]:
    keys = {"with-password", "for-a-group", "for-accounts"}
    return [
        f"/_util/authenticate_with_password/{paper.ids[f'restriction of {key}']}/{paper.stories[key].pk}/"
        for key in keys
    ]


def sitemaps(paper: Paper) -> list[str]:
    return [
        f"/sitemaps/stories-{stretch}.xml" for stretch in ("2026-11", "2025-10", "2002-04", "2026-11-25", "all", "x")
    ]


ACCOUNT = (
    "register", "confirm", "sign-in", "sign-in/code", "sign-in/new-code", "sign-out", "sign-out/everywhere", "closed", "again", "email",
    "password", "password/set", "password/reset", "password/reset/code", "password/reset/new", "password/reset/done",
)  # fmt: skip
REACHED: dict[str, Addresses] = {
    **{f"account/{name}/": at(f"/account/{name}/", f"/account/{name}/?next=/world/premium-middle/") for name in ACCOUNT},
    "account/": at("/account/"),
    "account/gifts/new/": gifts_of,
    "account/gifts/<int:number>/": at("/account/gifts/1/", "/account/gifts/2/"),
    "account/gifts/<int:number>/revoke/": at("/account/gifts/1/revoke/"),
    "-/healthz": at("/-/healthz"),
    "-/readyz": at("/-/readyz"),
    "-/me": at("/-/me"),
    "-/speculation-rules.json": at("/-/speculation-rules.json"),
    "-/theme.css": at("/-/theme.css"),
    "legal/": at("/legal/"),
    "legal/<slug:kind>/": at("/legal/terms-of-use/", "/legal/none/"),
    "legal/<slug:kind>/<int:number>/": at("/legal/terms-of-use/1/", "/legal/terms-of-use/99/"),
    "pictures/<str:signature>/<int:picture_id>/<str:name>": guessed_pictures,
    "search/": searches,
    "feeds/": at("/feeds/"),
    "feeds/authors/<slug:slug>/<str:file>": feeds("/feeds/authors/ada-moreau/"),
    "feeds/topics/<slug:slug>/<str:file>": feeds("/feeds/topics/lakes/"),
    "feeds/<slug:slug>/<str:file>": lambda paper: [*feeds("/feeds/world/")(paper), *feeds("/feeds/secret/")(paper),
                                                  *feeds("/feeds/money/")(paper), *feeds("/feeds/law/")(paper)],
    "feeds/<str:file>": feeds("/feeds/"),
    "sitemap.xml": at("/sitemap.xml"),
    "sitemaps/pages.xml": at("/sitemaps/pages.xml"),
    "sitemaps/news.xml": at("/sitemaps/news.xml"),
    "sitemaps/stories-<str:stretch>.xml": sitemaps,
    "oembed/": oembeds,
    "robots.txt": at("/robots.txt"),
    ".well-known/jwks.json": at("/.well-known/jwks.json"),
    ".well-known/security.txt": at("/.well-known/security.txt"),
    "manifest.webmanifest": at("/manifest.webmanifest"),
    "favicon.ico": at("/favicon.ico"),
    "favicon.svg": at("/favicon.svg"),
    "apple-touch-icon.png": at("/apple-touch-icon.png"),
    "icon-192.png": at("/icon-192.png"),
    "icon-512.png": at("/icon-512.png"),
    "_util/login/": at("/_util/login/?next=/world/premium-middle/"),
    "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/": restrictions,
    r"^((?:[\w\-]+/)*)$": story_pages,
}  # fmt: skip


def addresses_of(pattern: Pattern, paper: Paper) -> list[str]:
    """Addresses that reach a pattern. Raises Unreachable where none is known."""
    if pattern.is_newsroom:
        return newsroom_addresses(pattern, paper)
    if pattern.route not in REACHED:
        raise Unreachable(f"{pattern.route} ({pattern.name}) is new: say in tests/leak/patterns.py how it is asked")
    return REACHED[pattern.route](paper)
