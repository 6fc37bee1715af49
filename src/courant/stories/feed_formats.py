"""The three formats of a feed: RSS 2.0, Atom and JSON Feed 1.1. Each prints the same channel and items."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.sax.xmlreader import AttributesImpl

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, rfc3339_date
from django.utils.html import escape
from django.utils.xmlutils import SimplerXMLGenerator

from courant.stories.syndicated import FeedItem

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MEDIA = {"xmlns:media": "http://search.yahoo.com/mrss/"}
RSS_MODULES = {
    **MEDIA,
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
}
# Characters that XML 1.0 cannot hold in any form; one of them in a headline would break the whole feed.
UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Channel:
    """What a feed says of itself; every address with scheme and host."""

    title: str
    description: str
    home_url: str
    feed_url: str
    root_url: str
    paper_name: str
    language: str
    changed_at: datetime | None

    @property
    def icon_url(self) -> str:
        return f"{self.root_url}icon-192.png"


@dataclass(frozen=True)
class FeedFormat:
    """One format: the name of its file, what it is called, its media type, and its printer."""

    file: str
    name: str
    content_type: str
    write: Callable[[Channel, Sequence[FeedItem]], str]


class Rss(Rss201rev2Feed):
    """RSS 2.0 with authors (Dublin Core), text (content:encoded) and picture (Media RSS)."""

    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), **RSS_MODULES}

    def latest_post_date(self) -> datetime:
        return self.feed["changed_at"] or EPOCH

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        handler.startElement("image", AttributesImpl({}))
        for element, key in (("url", "icon"), ("title", "title"), ("link", "link")):
            handler.addQuickElement(element, self.feed[key])
        handler.endElement("image")

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for name, _ in item["bylines"]:
            handler.addQuickElement("dc:creator", name)
        handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))
        handler.addQuickElement("content:encoded", item["content"])
        add_picture(handler, item)


class Atom(Atom1Feed):
    """Atom with every author, the text and the picture (Media RSS)."""

    def root_attributes(self) -> dict[str, str]:
        return {**super().root_attributes(), **MEDIA}

    def latest_post_date(self) -> datetime:
        return self.feed["changed_at"] or EPOCH

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        handler.addQuickElement("icon", self.feed["icon"])

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {"xml:lang": item["language"]} if item["language"] else {}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for name, address in item["bylines"]:
            handler.startElement("author", AttributesImpl({}))
            handler.addQuickElement("name", name)
            if address:
                handler.addQuickElement("uri", address)
            handler.endElement("author")
        handler.addQuickElement("content", item["content"], {"type": "html"})
        add_picture(handler, item)


def add_picture(handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
    picture = item["picture"]
    if picture is None:
        return
    attributes = {"url": picture["url"], "medium": "image", "type": "image/jpeg"}
    attributes |= {side: str(picture[side]) for side in ("width", "height")}
    handler.startElement("media:content", AttributesImpl(attributes))
    for name in ("description", "credit"):
        if picture[name]:
            handler.addQuickElement(f"media:{name}", picture[name])
    handler.endElement("media:content")


def write_xml(generator: type[Rss] | type[Atom], channel: Channel, items: Sequence[FeedItem]) -> str:
    feed = generator(
        **printable(
            {
                "title": channel.title,
                "description": channel.description,
                "subtitle": channel.description,
                "link": channel.home_url,
                "feed_url": channel.feed_url,
                "language": channel.language,
                "author_name": channel.paper_name,
                "author_link": channel.root_url,
                "changed_at": channel.changed_at,
                "icon": channel.icon_url,
            }
        )
    )
    for item in items:
        feed.add_item(**printable(xml_item(channel, item)))
    return str(feed.writeString("utf-8"))


def xml_item(channel: Channel, item: FeedItem) -> dict[str, Any]:
    """A feed item as Django's generators take it. Titles are text, but descriptions HTML, hence escaped."""
    story = item.story
    return {
        "title": story.headline,
        "link": story.full_url,
        "description": str(escape(story.standfirst)),
        "unique_id": story.full_url,
        "unique_id_is_permalink": True,
        "pubdate": story.published_at,
        "updateddate": printed_change(item),
        "categories": item.tags,
        "bylines": named(channel, item),
        "content": item.content,
        "language": story.language,
        "picture": picture_of(channel, item),
    }


def named(channel: Channel, item: FeedItem) -> list[tuple[str, str]]:
    """(name, full address or nothing) of everyone in the byline."""
    return [
        (byline.name, channel.root_url.rstrip("/") + byline.url if byline.url else "") for byline in item.story.bylines
    ]


def picture_of(channel: Channel, item: FeedItem) -> dict[str, Any] | None:
    if item.picture is None:
        return None
    return {
        "url": channel.root_url.rstrip("/") + item.picture.url,
        "width": item.picture.width,
        "height": item.picture.height,
        "description": item.story.lead_caption,
        "credit": item.story.lead_picture.credit,
    }


def printed_change(item: FeedItem) -> datetime:
    return item.story.updated_at or item.story.published_at or item.changed_at or EPOCH


def printable(value: Any) -> Any:
    """The value, with what XML cannot hold left out of every text in it."""
    if isinstance(value, str):
        return UNPRINTABLE.sub("", value)
    if isinstance(value, dict):
        return {key: printable(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(printable(inner) for inner in value)
    return value


def write_rss(channel: Channel, items: Sequence[FeedItem]) -> str:
    return write_xml(Rss, channel, items)


def write_atom(channel: Channel, items: Sequence[FeedItem]) -> str:
    return write_xml(Atom, channel, items)


def write_json(channel: Channel, items: Sequence[FeedItem]) -> str:
    """JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.home_url,
        "feed_url": channel.feed_url,
        "description": channel.description,
        "icon": channel.icon_url,
        "language": channel.language,
        "authors": [{"name": channel.paper_name, "url": channel.root_url}],
        "items": [json_item(channel, item) for item in items],
    }
    return json.dumps(without_blanks(feed), ensure_ascii=False)


def json_item(channel: Channel, item: FeedItem) -> dict[str, Any]:
    story, picture = item.story, picture_of(channel, item)
    return without_blanks(
        {
            "id": story.full_url,
            "url": story.full_url,
            "title": story.headline,
            "summary": story.standfirst,
            "image": picture["url"] if picture else "",
            "date_published": rfc3339_date(story.published_at) if story.published_at else "",
            "date_modified": rfc3339_date(printed_change(item)),
            "authors": [without_blanks({"name": name, "url": address}) for name, address in named(channel, item)],
            "tags": item.tags,
            "language": story.language,
            # Last and never left out: an item must have content, be it an empty one.
            "content_html": item.content or " ",
        }
    )


def without_blanks(table: dict[str, Any]) -> dict[str, Any]:
    """JSON Feed wants what is not known left out, except the list of items."""
    return {key: value for key, value in table.items() if value not in ("", None, []) or key == "items"}


FORMATS = {
    feed_format.file: feed_format
    for feed_format in (
        FeedFormat("rss.xml", "RSS", Rss.content_type, write_rss),
        FeedFormat("atom.xml", "Atom", Atom.content_type, write_atom),
        FeedFormat("feed.json", "JSON Feed", "application/feed+json; charset=utf-8", write_json),
    )
}
