"""Following every link of the paper until there is none left."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, urljoin, urlsplit

from tests.leak.disguises import Disguise
from tests.leak.doors import Answer, Request
from tests.leak.watch import Asked, Watch

STARTS = (
    "/", "/robots.txt", "/sitemap.xml", "/feeds/", "/manifest.webmanifest", "/search/?q=water", "/-/speculation-rules.json",
    "/.well-known/security.txt", "/account/register/", "/account/sign-in/", "/legal/", "/authors/", "/topics/",
)  # fmt: skip
MOST_ADDRESSES = 4_000
ATTRIBUTE = re.compile(r"""\s(?:href|src|action|poster|cite|formaction)=["']([^"']+)""")
# In these stands an address only if it looks like one.
PERHAPS = re.compile(r"""\s(?:content|data-[a-z-]+)=["']((?:https?:/)?/[^"']*)""")
SRCSET = re.compile(r"""\s(?:srcset|imagesrcset)=["']([^"']+)""")
ELEMENT = re.compile(r"<(?:[a-z]+:)?(?:loc|link|url|id|guid|comments|thumbnail_url)(?:\s[^>]*)?>\s*([^<\s]+)\s*<")
TEXT = re.compile(r"""["']((?:https?:\\?/\\?/|\\?/)[^"'\s<>]+)["']""")
STYLE = re.compile(r"url\(([^)]+)\)")
SITEMAP = re.compile(r"^Sitemap:\s*(\S+)", re.MULTILINE)
LINK_HEADER = re.compile(r"<([^>]+)>")
READABLE = ("text/", "json", "xml", "javascript")


def crawl(
    watch: Watch, door: Asked, host: str, disguise: Disguise, starts: Iterable[str] = STARTS
) -> dict[str, Answer]:
    """Each address once, as far as links lead; the answers by address."""
    answers: dict[str, Answer] = {}
    waiting = list(starts)
    while waiting:
        target = waiting.pop()
        if target in answers:
            continue
        assert len(answers) < MOST_ADDRESSES, f"there is no end: {sorted(answers)[-20:]}"
        answer = watch.ask(door, "crawl", Request(target), disguise)
        answers[target] = answer
        waiting += [found for found in links_of(answer, target, host) if found not in answers]
    return answers


def links_of(answer: Answer, target: str, host: str) -> Iterator[str]:
    """Addresses of this paper that an answer names."""
    own = {host, host.partition(":")[0], "testserver", "localhost", "127.0.0.1"}
    for link in named_in(answer):
        try:
            parts = urlsplit(urljoin(f"http://{host}{target}", link.strip()))
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and (parts.netloc in own or parts.hostname in own):
            found = parts.path + (f"?{parts.query}" if parts.query else "")
            yield quote(found, safe="/?=&;:@!$'()*+,%~#-._")


def named_in(answer: Answer) -> Iterator[str]:
    if location := answer.header("location"):
        yield location
    yield from LINK_HEADER.findall(answer.header("link"))
    if not any(word in answer.header("content-type") for word in READABLE):
        return
    text = answer.body.decode("utf-8", "replace")
    for pattern in (ATTRIBUTE, PERHAPS, ELEMENT, SITEMAP):
        for found in pattern.findall(text):
            yield html.unescape(found)
    for found in SRCSET.findall(text):
        yield from (part.split()[0] for part in html.unescape(found).split(",") if part.strip())
    for found in STYLE.findall(text):
        yield found.strip("\"' ")
    for found in TEXT.findall(text):
        yield html.unescape(found.replace("\\/", "/").rstrip("\\"))
