"""Headlines without the name of the site that pages print behind (or before) them."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from courant.exchange.page.lines import fold

LONGEST_HEADLINE = 300
"""Characters: a longer line is no headline."""

_BEHIND = re.compile(r"^(.+?\S)\s+([|·•»:]|::|[–—-])\s+([^|]{2,50})$")
_BEFORE = re.compile(r"^([^|]{2,40})\s+\|\s+(\S.{15,})$")


def site_names(url: str, *names: str) -> set[str]:
    """The folded forms by which a site may call itself: its names, its host, the first word of its host."""
    found = {fold(name) for name in names}
    host = _host(url)
    if host:
        found |= {fold(host), fold(host.rsplit(".", 1)[0]), fold(host.split(".")[0])}
    found |= {name.removeprefix("the ") for name in found}
    return found - {""}


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def without_site(title: str, sites: Iterable[str] = ()) -> str:
    """The title without a site's name at its end or start.

    A name behind `|` always goes; behind a dash it goes if it is one of `sites`, or, behind a plain hyphen, if it
    is up to four capitalised words.
    """
    known = set(sites)
    before = _BEFORE.match(title) if len(title) <= 2 * LONGEST_HEADLINE else None
    if before and _is_known(before[1], known):
        title = before[2]
    for _ in range(3):
        found = _BEHIND.match(title) if len(title) <= 2 * LONGEST_HEADLINE else None
        if found is None or not _is_site(found[2], found[3], known):
            break
        title = found[1]
    return title.strip()


def _is_site(sign: str, name: str, known: set[str]) -> bool:
    words = name.split()
    if _is_known(name, known):
        return True
    if sign == "|":
        return len(words) <= 6
    capitalised = all(word[0].isupper() or word in ("of", "the", "and", "&") for word in words)
    return sign == "-" and len(words) <= 4 and capitalised and not any(sign in name for sign in "“”\"'’?!:")


def _is_known(name: str, known: set[str]) -> bool:
    folded = fold(name).removeprefix("the ")
    return folded in known or folded.replace(" ", "") in {each.replace(" ", "") for each in known}


def first_words(text: str) -> str:
    """The first sentence of a text that is too long for a headline, or what fits of it."""
    sentence = re.split(r"(?<=[.!?])\s", text[:LONGEST_HEADLINE], maxsplit=1)[0]
    return sentence if len(sentence) <= 150 else text[:150].rsplit(" ", 1)[0] + "…"
