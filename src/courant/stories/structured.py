"""Structured data of a story: what search engines and cards elsewhere read. Nothing withheld is in it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from courant.pictures.addresses import rendition_url
from courant.stories.addresses import full_address
from courant.stories.printed import PrintedStory
from courant.stories.queries import paper_of


def story_data(story: PrintedStory, request: HttpRequest) -> dict[str, Any]:
    """NewsArticle as JSON-LD; no articleBody, since the page itself has it for whoever may read it."""
    paper = paper_of(request)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.headline[:110],
        "description": story.standfirst,
        "url": story.full_url,
        "mainEntityOfPage": story.full_url,
        "datePublished": iso(story.published_at),
        "dateModified": iso(story.updated_at or story.published_at),
        "inLanguage": story.language,
        "author": [author_data(byline, request) for byline in story.bylines],
        "publisher": {"@type": "NewsMediaOrganization", "name": paper.name, "url": full_address("/", request)},
        "isAccessibleForFree": story.is_free,
        "articleSection": story.section.title if story.section else "",
        "keywords": [topic.title for topic in story.topics],
        "wordCount": story.word_count,
    }
    if story.lead_picture:
        data["image"] = [
            full_address(rendition_url(story.lead_picture, kind, 1200), request) for kind in ("wide", "lead", "square")
        ]
    if not story.is_free:
        data["hasPart"] = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".story__withheld"}
    return {key: value for key, value in data.items() if value not in ("", [], None)}


def author_data(byline: Any, request: HttpRequest) -> dict[str, Any]:
    person = {"@type": "Person", "name": byline.name}
    return {**person, "url": full_address(byline.url, request)} if byline.url else person


def iso(moment: Any) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
