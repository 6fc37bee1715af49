"""Reads the demo paper's texts: TOML between `+++` lines, then paragraphs and blocks in a small notation."""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import Any

FOLDER = files("courant.demo")
LINK = re.compile(r"\[([^\]]+)\]\((https?://[^\s)]+)\)")
STRONG = re.compile(r"\*\*(.+?)\*\*")
EMPHASIS = re.compile(r"\*(.+?)\*")
BLOCK = re.compile(r"^\[(\w+)(?::\s*(.*?))?\]$")


@dataclass(frozen=True)
class DemoText:
    """One story: its slug, the fields as written, and the blocks as (kind, value)."""

    slug: str
    fields: dict[str, Any]
    blocks: list[tuple[str, Any]]

    @property
    def state(self) -> str:
        """published, or what the newsroom still has to do with it: waiting (for approval), scheduled."""
        return str(self.fields.get("state", "published"))

    @property
    def published_at(self) -> datetime:
        return datetime.fromisoformat(self.fields["published"])

    @property
    def updated_at(self) -> datetime | None:
        updated = self.fields.get("updated")
        return datetime.fromisoformat(updated) if updated else None

    @property
    def bylines(self) -> list[tuple[str, str]]:
        """(author's slug, role as printed); "in Geneva and Brussels" is one place for each of two authors."""
        authors, note = self.fields["authors"], self.fields.get("author_note", "")
        places = [place if place.startswith(("in ", "on ")) else f"in {place}" for place in note.split(" and ")]
        return list(zip(authors, places if len(places) == len(authors) > 1 else [note] * len(authors), strict=True))

    @property
    def corrections(self) -> list[tuple[date, str]]:
        return [(date.fromisoformat(one["date"]), one["text"]) for one in self.fields.get("corrections", [])]


def read_texts() -> list[DemoText]:
    """Every demo story, oldest first, so that ids rise with time."""
    folder = FOLDER / "texts"
    texts = [
        read_text(entry.name.removesuffix(".txt"), entry.read_text("utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".txt")
    ]
    return sorted(texts, key=lambda text: text.published_at)


def read_authors() -> list[dict[str, str]]:
    authors: list[dict[str, str]] = tomllib.loads((FOLDER / "authors.toml").read_text("utf-8"))["author"]
    return authors


def read_picture(name: str) -> bytes:
    return (FOLDER / "pictures" / name).read_bytes()


def has_picture(name: str) -> bool:
    return (FOLDER / "pictures" / name).is_file()


def read_text(slug: str, source: str) -> DemoText:
    _, front, body = source.split("+++\n", 2)
    return DemoText(slug=slug, fields=tomllib.loads(front), blocks=list(read_blocks(body)))


def read_blocks(body: str) -> Iterator[tuple[str, Any]]:
    lines = body.strip().splitlines()
    position = 0
    while position < len(lines):
        line = lines[position].strip()
        if not line:
            position += 1
            continue
        marker = BLOCK.match(line)
        if marker and marker[1] in ("facts", "table"):
            end = next(i for i in range(position, len(lines)) if lines[i].strip() == f"[/{marker[1]}]")
            yield read_enclosed(marker[1], marker[2] or "", lines[position + 1 : end])
            position = end + 1
            continue
        if marker:
            yield read_marked(marker[1], marker[2] or "")
            position += 1
            continue
        end = next((i for i in range(position, len(lines)) if not lines[i].strip()), len(lines))
        yield read_plain([one.strip() for one in lines[position:end]])
        position = end


def read_plain(lines: list[str]) -> tuple[str, Any]:
    first = lines[0]
    if first.startswith("## "):
        return "subheading", first[3:]
    if first.startswith(">> "):
        return "pull_quote", " ".join(line.lstrip("> ") for line in lines)
    if first.startswith("> "):
        words = [line.removeprefix(">").strip() for line in lines]
        said = [line for line in words if not line.startswith("-- ")]
        by = [line.removeprefix("-- ") for line in words if line.startswith("-- ")]
        return "block_quote", {"quotation": " ".join(said), "attribution": " ".join(by)}
    if first.startswith("* "):
        return "list", {"is_numbered": False, "items": [f"<p>{inline(line[2:])}</p>" for line in lines]}
    return "paragraph", f"<p>{inline(' '.join(lines))}</p>"


def read_marked(kind: str, rest: str) -> tuple[str, Any]:
    if kind == "wall":
        return "wall", None
    if kind == "related":
        return "related_story", rest
    parts = [part.strip() for part in rest.split("|")]
    if kind == "picture":
        return "picture", dict(zip(("name", "alt", "caption", "credit"), parts, strict=False))
    if kind == "link":
        return "link_card", dict(zip(("url", "title", "publisher", "summary"), parts, strict=False))
    raise ValueError(f"[{kind}] is no block of a demo text")


def read_enclosed(kind: str, title: str, lines: list[str]) -> tuple[str, Any]:
    if kind == "facts":
        return "fact_box", {"title": title, "text": "".join(fact_paragraphs(lines))}
    rows = [[cell.strip() for cell in line.split("|")] for line in lines if line.strip()]
    return "table", {"caption": title, "head": rows[0], "rows": rows[1:]}


def fact_paragraphs(lines: list[str]) -> Iterator[str]:
    items: list[str] = []
    for line in [*(one.strip() for one in lines), ""]:
        if line.startswith("* "):
            items.append(f"<li>{inline(line[2:])}</li>")
            continue
        if items:
            yield f"<ul>{''.join(items)}</ul>"
            items = []
        if line:
            yield f"<p>{inline(line)}</p>"


def inline(text: str) -> str:
    """Bold, italic and links as the HTML that the newsroom's editor keeps."""
    escaped = html.escape(text, quote=False)
    linked = LINK.sub(r'<a href="\2">\1</a>', escaped)
    return EMPHASIS.sub(r"<i>\1</i>", STRONG.sub(r"<b>\1</b>", linked))
