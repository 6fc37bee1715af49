"""What an HTML page states of its story outside the text: JSON-LD, Open Graph and other meta, microdata, links."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from courant.exchange.article import Byline, Picture
from courant.exchange.page.bylines import read_author
from courant.exchange.page.dates import DateRules, read_moment
from courant.exchange.page.inline import plain
from courant.exchange.page.lines import fold, tidy
from courant.exchange.page.markup import Element, web_address
from courant.exchange.page.story import Facts
from courant.exchange.page.titles import LONGEST_HEADLINE, site_names, without_site

_STORY_TYPES = re.compile(r"(?:\w*Article|\w*Posting|Report|Review|Recipe|NewsArticle|LiveBlogPosting)$")
_OF_THE_SITE = re.compile(
    r"(?:(?:the )?latest|breaking|get|read|find|discover|all the|your|news)\b.{0,60}\bnews\b", re.I
)
_LARGEST_JSON = 3_000_000
_DEEPEST_JSON = 12
_MOST_NODES = 5000


@dataclass(slots=True)
class Stated:
    """The statements of a page: meta by name, and the JSON-LD object of the story."""

    meta: dict[str, list[str]] = field(default_factory=dict)
    story: Mapping[str, Any] = field(default_factory=dict)
    sites: set[str] = field(default_factory=set)
    base: str = ""

    def first(self, *names: str) -> str:
        """The first meta of these names that is not empty."""
        return next((value for name in names for value in self.meta.get(name, ()) if value), "")

    @property
    def article_body(self) -> str:
        """The whole text, where a page repeats it for machines."""
        body = self.story.get("articleBody")
        return body if isinstance(body, str) else ""


def read_stated(root: Element) -> Stated:
    """Collect what the page states; what is malformed is passed over."""
    stated = Stated()
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().casefold()
        value = tidy(meta.get("content") or "")
        if name and value and len(value) < 5000 and len(stated.meta.get(name, ())) < 50:
            stated.meta.setdefault(name, []).append(value)
    nodes = list(_json_nodes(root))
    stated.story = next((node for node in nodes if _is_story(node)), {})
    stated.base = _address(root, stated)
    publisher = stated.story.get("publisher")
    names = [stated.first("og:site_name", "application-name", "twitter:site"), _name_of(publisher, nodes)]
    names += [_name_of(node, nodes) for node in nodes if _has_type(node, re.compile(r"WebSite"))]
    stated.sites = site_names(stated.base, *names)
    stated.story = {key: _resolved(value, nodes) for key, value in stated.story.items()}
    return stated


def _json_nodes(root: Element) -> Iterator[Mapping[str, Any]]:
    """Every JSON-LD object of the page, those in lists and @graph included."""
    count = 0
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").casefold():
            continue
        for node in _walk(_parsed(script.text or ""), 0):
            count += 1
            if count > _MOST_NODES:
                return
            yield node


def _parsed(text: str) -> object:
    text = re.sub(r"^\s*(?:<!--|//<!\[CDATA\[|/\*<!\[CDATA\[\*/)|(?:-->|//\]\]>|/\*\]\]>\*/)\s*$", "", text)
    if len(text) > _LARGEST_JSON:
        return None
    try:
        return json.loads(text.strip().rstrip(";"), strict=False)
    except (ValueError, RecursionError):
        return None


def _walk(value: object, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth > _DEEPEST_JSON:
        return
    if isinstance(value, dict):
        yield value
        for key, inner in value.items():
            if key in (
                "@graph",
                "mainEntity",
                "mainEntityOfPage",
                "itemListElement",
                "hasPart",
                "author",
                "publisher",
            ):
                yield from _walk(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, depth + 1)


def _has_type(node: Mapping[str, Any], types: re.Pattern[str]) -> bool:
    return any(isinstance(each, str) and types.match(each.rsplit("/", 1)[-1]) for each in _listed(node.get("@type")))


def _is_story(node: Mapping[str, Any]) -> bool:
    return _has_type(node, _STORY_TYPES) and any(key in node for key in ("headline", "articleBody", "datePublished"))


def _resolved(value: object, nodes: list[Mapping[str, Any]]) -> object:
    """The object that a reference by @id means, lists of them included."""
    if isinstance(value, list):
        return [_resolved(each, nodes) for each in value[:50]]
    if isinstance(value, dict) and set(value) == {"@id"}:
        return next((node for node in nodes if node.get("@id") == value["@id"] and len(node) > 1), value)
    return value


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _name_of(value: object, nodes: list[Mapping[str, Any]]) -> str:
    value = _resolved(value, nodes)
    name = value.get("name") if isinstance(value, dict) else value
    return tidy(name) if isinstance(name, str) and len(name) < 200 else ""


def _text(value: object) -> str:
    """A text of JSON-LD as one plain line; sites put entities and tags into it."""
    first = next(iter(_listed(value)), "")
    return tidy(plain(first)) if isinstance(first, str) else ""


def _address(root: Element, stated: Stated) -> str:
    """The page's own absolute address: canonical link, Open Graph, JSON-LD."""
    base = next((web_address(each.get("href"), "") for each in root.iter("base")), "")
    links = [
        each.get("href") for each in root.iter("link") if "canonical" in (each.get("rel") or "").casefold().split()
    ]
    main = stated.story.get("mainEntityOfPage")
    main = main.get("@id") if isinstance(main, dict) else main
    others = [stated.first("og:url"), stated.story.get("url"), main, stated.first("twitter:url")]
    found = (web_address(each, base) for each in [*links, *others] if isinstance(each, str))
    return next((each for each in found if each), "")


def stated_facts(stated: Stated, rules: DateRules) -> Facts:
    """The facts that the page states, as far as they can be believed. The headline is chosen elsewhere."""
    facts = Facts(url=stated.base)
    facts.bylines = _authors(stated)
    facts.published_at = _moment(facts, rules, stated.story.get("datePublished"), stated, _PUBLISHED)
    facts.modified_at = _moment(facts, rules, stated.story.get("dateModified"), stated, _MODIFIED)
    facts.section_hint = _text(stated.story.get("articleSection")) or stated.first("article:section", "section")
    facts.topics = _topics(stated)
    facts.picture = _picture(stated)
    return facts


_PUBLISHED = (
    "article:published_time", "og:published_time", "datepublished", "date.published", "article.published",
    "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.created", "pubdate", "publishdate",
    "publication_date", "publish-date", "dc.date", "date", "rnews:datepublished", "cxenseparse:recs:publishtime",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:updated_time", "og:modified_time", "datemodified", "lastmod", "dcterms.modified",
    "dc.date.modified", "last-modified", "article.updated",
)  # fmt: skip


def _moment(facts: Facts, rules: DateRules, first: object, stated: Stated, names: tuple[str, ...]) -> Any:
    for text in (_text(first), *(value for name in names for value in stated.meta.get(name, ()))):
        moment, warnings = read_moment(text, rules) if text else (None, [])
        if moment is not None:
            facts.warnings += warnings
            return moment
    return None


def _authors(stated: Stated) -> list[Byline]:
    """The authors by name, each once; the site itself is no author."""
    names = [name for each in _listed(stated.story.get("author")) for name in _author_names(each)]
    if not names:
        metas = (
            "author",
            "article:author",
            "byl",
            "dc.creator",
            "dcterms.creator",
            "parsely-author",
            "sailthru.author",
        )
        names = next((stated.meta[name] for name in metas if name in stated.meta), [])
    found: dict[str, Byline] = {}
    for name in names:
        for byline in read_author(name):
            if fold(byline.name).removeprefix("the ") not in stated.sites and fold(byline.name) not in stated.sites:
                found.setdefault(fold(byline.name), byline)
    return list(found.values())[:30]


def _author_names(value: object) -> Iterable[str]:
    if isinstance(value, dict):
        value = value.get("name")
    return [tidy(plain(each)) for each in _listed(value) if isinstance(each, str) and each.strip()]


def _topics(stated: Stated) -> list[str]:
    """Tags and key words, in order, each once, without those that are no words for readers."""
    words = [word for each in stated.meta.get("article:tag", []) for word in each.split(",")]
    for each in (
        _listed(stated.story.get("keywords")) or stated.meta.get("news_keywords", []) or stated.meta.get("keywords", [])
    ):
        words += each.split(",") if isinstance(each, str) else []
    clean = [tidy(plain(word)) for word in words]
    kept: dict[str, str] = {}
    for word in clean:
        if word and len(word) <= 60 and ":" not in word:
            kept.setdefault(fold(word), word)
    return list(kept.values())[:20]


def _picture(stated: Stated) -> Picture | None:
    image = next(iter(_listed(stated.story.get("image"))), None)
    if isinstance(image, dict):
        url = web_address(str(image.get("url") or image.get("contentUrl") or ""), stated.base)
        credit = _text(image.get("creditText") or image.get("copyrightHolder"))
        if url:
            return Picture(caption=_text(image.get("caption")), credit=credit, url=url)
    url = web_address(
        image if isinstance(image, str) else stated.first("og:image", "og:image:url", "twitter:image"),
        stated.base,
    )
    return Picture(alt=stated.first("og:image:alt", "twitter:image:alt"), url=url) if url else None


def stated_headlines(stated: Stated, root: Element) -> list[str]:
    """The headline as the page states it to machines, the most trustworthy first, without the site's name."""
    title = next((tidy(each.text or "") for each in root.iter("title")), "")
    texts = [
        _text(stated.story.get("headline")),
        stated.first("og:title"),
        stated.first("twitter:title"),
        title,
    ]
    return [without_site(text, stated.sites) for text in texts if text and len(text) <= 2 * LONGEST_HEADLINE]


def stated_standfirst(stated: Stated) -> str:
    """The description that the page states, if it is not cut off."""
    texts = (
        _text(stated.story.get("description")),
        stated.first("og:description", "description", "twitter:description"),
    )
    whole = (text for text in texts if text and not text.endswith(("…", "...", "[…]")))
    return next((text for text in whole if not _OF_THE_SITE.match(text)), "")
