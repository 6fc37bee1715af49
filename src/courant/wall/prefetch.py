"""How a browser says that it asks ahead of its reader, who may never come (docs/rules/metering.md, "What spends")."""

from __future__ import annotations

# Names of headers in small letters; the words that any of them may hold.
PREFETCH_HEADERS = ("sec-purpose", "purpose", "x-purpose", "x-moz")
PREFETCH_WORDS = ("prefetch", "prerender", "preview")


def says_prefetch(said: str) -> bool:
    """Whether one of the words stands in what these headers say, in letters of any size."""
    small = said.lower()
    return any(word in small for word in PREFETCH_WORDS)
