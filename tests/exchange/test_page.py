"""Every page of pages/ is read into exactly what pages.toml says; and pages too large to keep are made here."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from courant.exchange.article import (
    Article,
    Block,
    Embed,
    ItemList,
    Paragraph,
    Picture,
    PicturePlace,
    Quote,
    Subheading,
    Table,
    article_summary,
)
from courant.exchange.page.errors import PageError
from courant.exchange.page.furniture import standard_furniture
from courant.exchange.page.reader import LARGEST_PAGE, is_html, read_page

HERE = Path(__file__).parent
PAGES = sorted(path for path in (HERE / "pages").iterdir() if not path.name.startswith("."))
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((HERE / "pages.toml").read_text())
SENTENCE = "The harbour master said that the boat would sail at dawn, and at dawn it did. "


def read(data: bytes | str, name: str = "page.txt") -> Article:
    data = data.encode() if isinstance(data, str) else data
    return read_page(data, name=name, zone="Europe/London", furniture=standard_furniture())


def test_every_page_is_expected_and_there_are_enough() -> None:
    assert sorted(EXPECTED) == [path.name for path in PAGES]
    assert len(PAGES) >= 40


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_page(path: Path) -> None:
    expected = EXPECTED[path.name]
    if "error" in expected:
        with pytest.raises(PageError) as error:
            read(path.read_bytes(), path.name)
        assert str(error.value) == expected["error"]
        return
    article = read(path.read_bytes(), path.name)
    assert fields_of(article) == expected


def fields_of(article: Article) -> dict[str, Any]:
    """The article in the form of pages.toml, where empty fields are left out."""
    fields: dict[str, Any] = {
        "url": article.url,
        "headline": article.headline,
        "standfirst": article.standfirst,
        "bylines": [[each.name, each.role] if each.role else [each.name] for each in article.bylines],
        "published_at": article.published_at.isoformat() if article.published_at else "",
        "modified_at": article.modified_at.isoformat() if article.modified_at else "",
        "language": article.language,
        "direction": "" if article.direction == "ltr" else article.direction,
        "section_hint": article.section_hint,
        "topics": list(article.topics),
        "pictures": [picture_fields(each) for each in article.pictures],
        "dropped": article.dropped,
        "paragraphs": article.paragraphs,
        "warnings": list(article.warnings),
        "story": [line_of(each) for each in article.blocks],
    }
    return {key: value for key, value in fields.items() if value}


def picture_fields(picture: Picture) -> dict[str, str]:
    fields = {"caption": picture.caption, "credit": picture.credit, "alt": picture.alt, "url": picture.url}
    return {key: value for key, value in fields.items() if value}


def line_of(block: Block) -> str:
    match block:
        case Paragraph(text):
            return f"p {text}"
        case Subheading(text):
            return f"h {text}"
        case Quote(text, attribution):
            return f"q {text} — {attribution}" if attribution else f"q {text}"
        case ItemList(items, ordered):
            return f"{'ol' if ordered else 'ul'} {' / '.join(items)}"
        case Table(rows, caption):
            return f"t {caption}: {' / '.join('|'.join(row) for row in rows)}"
        case PicturePlace(index):
            return f"i {index}"
        case Embed(url, title):
            return f"e {url} {title}".strip()


def test_five_megabytes_of_text_are_read_whole() -> None:
    paragraphs = [f"{number}: {SENTENCE * 3}".strip() for number in range(5_000_000 // (3 * len(SENTENCE)))]
    article = read("\n".join(["The longest story ever told", "By Jane Doe", "21 January 2022 16:22", *paragraphs]))
    assert (article.headline, article.bylines[0].name) == ("The longest story ever told", "Jane Doe")
    assert [block.text for block in article.blocks if isinstance(block, Paragraph)] == paragraphs
    assert article.dropped == 0


def test_the_same_paragraph_again_and_again_is_no_caption() -> None:
    article = read("A story that repeats itself\n\n" + f"{SENTENCE.strip()}\n\n" * 1000)
    assert (article.paragraphs, article.pictures) == (1000, ())


def test_five_megabytes_of_html_are_read_whole() -> None:
    body = f"<p>{SENTENCE}</p>" * 40_000
    article = read(f"<html><head><title>Long</title></head><body><h1>A long page</h1>{body}</body></html>", "long.html")
    assert (article.headline, article.paragraphs) == ("A long page", 40_000)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf \n", "The file is empty but for a byte order mark."),
        (b"a" * (LARGEST_PAGE + 1), "The file has 20,000,001 bytes; pages of up to 20,000,000 bytes are read."),
        (b"%PDF-1.7\n1 0 obj", "This file is a PDF document, not a page of text."),
        (b"Only a headline", "No story was found in this page: it has a headline but no paragraph."),
        (b"Sign in\nSubscribe\nShare this", "No story was found in this page: it has a headline but no paragraph."),
        (b"-- \n***\n...", "There is no text in this file."),
        (b"x\n" * 200_001, "The file has 200,001 lines; a page has no more than 200,000."),
    ],
)
def test_what_holds_no_story_is_refused_in_a_sentence(data: bytes, message: str) -> None:
    with pytest.raises(PageError) as error:
        read(data)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("<div>" * 100_000 + "<p>deep", "The page nests its tags more than 1500 deep and cannot be read."),
        ("<i>x</i>" * 200_001, "The page has more than 200000 elements and cannot be read."),
        (
            "<p " + " ".join(f"a{number}=1" for number in range(50_000)) + ">x",
            "The page has a tag with more than 5000 attributes and cannot be read.",
        ),
    ],
)
def test_bombs_of_html_are_refused(page: str, message: str) -> None:
    with pytest.raises(PageError) as error:
        read(f"<html><body>{page}", "bomb.html")
    assert str(error.value) == message


def test_a_huge_attribute_harms_nothing() -> None:
    page = f'<html><body><h1>An attribute</h1><p title="{"x" * 5_000_000}">{SENTENCE}</p><p>{SENTENCE}</p>'
    assert read(page, "attribute.html").paragraphs == 2


def test_nesting_that_careless_pages_have_is_read() -> None:
    page = f"<html><body><h1>Nested on</h1>{'<div>' * 1000}<p>{SENTENCE}</p><p>{SENTENCE}</p>"
    assert read(page, "nested.html").paragraphs == 2


def test_a_headline_too_long_for_one_is_cut_with_a_warning() -> None:
    html = read(f"<html><body><h1>{SENTENCE * 130}</h1><p>It did so again.</p><p>{SENTENCE * 2}</p>", "long.html")
    assert html.headline == SENTENCE.strip()
    assert html.warnings == ("The headline is too long for one; its first words were taken.",)
    text = read(SENTENCE * 130 + "\nIt did so again.")
    assert (text.headline, text.paragraphs) == (SENTENCE.strip(), 2)
    assert text.warnings == ("The page has no headline; the first words of its text were taken.",)


def test_a_saved_page_without_html_is_refused() -> None:
    head = (
        "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: image/png\n\nx\n--x--\n"
    )
    with pytest.raises(PageError, match="The file is a saved page without HTML in it"):
        read(head, "saved.mhtml")


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(PageError, match="There is no time zone called 'Europe/Larnholm'"):
        read_page(b"A\n\nB c d e.", name="a.txt", zone="Europe/Larnholm", furniture=standard_furniture())


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("<!DOCTYPE html><p>x", "page", True),
        ("<?xml version='1.0'?>\n<!-- saved --><html>", "page.txt", True),
        ("<p>One</p>\n<p>Two</p>", "page.txt", False),
        ("<p>One</p>\n<p>Two</p>", "page.html", True),
        ("Plain words in a file called so", "page.html", False),
        ("Headline\n<p>caption</p>\nText", "page.txt", False),
        ("<div><h1>H</h1><p>x</p></div>", "page", True),
    ],
)
def test_html_is_told_from_text(text: str, name: str, expected: bool) -> None:
    assert is_html(text, name) is expected


def test_summary_is_what_the_command_prints() -> None:
    article = read((HERE / "pages" / "plain-everything.txt").read_bytes())
    assert article_summary(article, file="in/plain-everything.txt") == {
        "file": "in/plain-everything.txt",
        "url": "",
        "headline": "‘We are not leaving’: last shop on Quarry Street refuses to close",
        "standfirst": "A baker, her sister and four customers have until Thursday to change the council’s mind",
        "bylines": ["Oren Tal", "Ruth Maddox"],
        "published_at": "2022-01-21T16:22:00+00:00",
        "paragraphs": 6,
        "pictures": [
            {
                "caption": "Lena Brandt, who has baked on Quarry Street since 1989, at the door of her shop",
                "credit": "Ruth Maddox/The Meridian",
            }
        ],
        "dropped": 15,
        "warnings": [],
    }


def test_summary_has_a_time_of_change_only_when_one_is_known() -> None:
    summary = article_summary(read((HERE / "pages" / "iso-date.txt").read_bytes()), file="iso-date.txt")
    assert summary["modified_at"] == "2022-01-22T08:00:00+01:00"
    assert article_summary(Article(headline="H", blocks=()), file="h")["published_at"] is None
