"""What is furniture by its words alone, what is not, and files of a newsroom's own."""

from pathlib import Path

import pytest

from courant.exchange.page.furniture import FurnitureError, load_furniture, standard_furniture
from courant.exchange.page.lines import Line
from courant.exchange.page.phrases import PhraseBook, PhraseError
from courant.exchange.page.placing import sort_lines
from tests.exchange.test_page_bounds import NOTICES, SENTENCES


@pytest.mark.parametrize("line", NOTICES)
def test_notices_are_furniture(line: str) -> None:
    assert standard_furniture().class_of(line)


@pytest.mark.parametrize("line", SENTENCES)
def test_sentences_of_stories_are_not(line: str) -> None:
    furniture = standard_furniture()
    found = (furniture.class_of(line), furniture.link_class(line), furniture.is_edge(line), furniture.is_suspect(line))
    assert found == ("", "", False, False)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("REGISTER FOR FREE TO CONTINUE READING!", "registration"),
        ("Already have an account? Sign in.", "sign-in"),
        ("Share Tweet Email Print", "share"),
        ("Hi {{reader.name}}", "template"),
        ("Register for free to continue reading Already have an account? sign in Advertisement", "registration"),
        ("We use Google reCaptcha to protect our website. Sign up to our newsletter.", "bot-check"),
        ("Register for free to continue reading, the sign said, and she laughed", ""),
        ("Register for free to continue reading " + "and then the heron flew " * 20, ""),
    ],
)
def test_class_of(line: str, name: str) -> None:
    assert standard_furniture().class_of(line) == name


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Read more: Heron seen on pump", "related"),
        ("READ MORE Heron seen on pump", "related"),
        ("Read more: the heron was seen on the pump, and there it stayed.", ""),
        ("The rule: no herons", ""),
    ],
)
def test_link_class(line: str, name: str) -> None:
    assert standard_furniture().link_class(line) == name


def marks(*lines: str) -> list[bool]:
    return [bool(mark) for mark in sort_lines([Line(text=line) for line in lines], standard_furniture())]


def test_a_label_counts_only_at_the_edge_or_beside_furniture() -> None:
    first, last = "It opened at dawn on Friday.", "It closed at dusk on Friday."
    assert marks(first, "Music", last) == [False, False, False]
    assert marks(first, "Advertisement", "Music", last) == [False, True, True, False]
    assert marks(first, last, "Music") == [False, False, True]


def test_headlines_under_recommended_go_and_the_story_after_them_stays() -> None:
    first, last = "It opened at dawn on Friday.", "It closed at dusk on Friday."
    found = marks(first, "Recommended", "The heron that came back to town", "Nine goldfish are missing", last)
    assert found == [False, True, True, True, False]


def test_a_subheading_under_recommended_stays() -> None:
    assert marks("It opened at dawn.", "Recommended", "What comes next", "It closed at dusk.") == [
        False,
        True,
        False,
        False,
    ]


def test_a_suspect_line_goes_only_between_furniture() -> None:
    suspect = "With our membership you unlock premium articles"
    notice = "Register for free to continue reading"
    assert marks("It was over.", suspect, "It was done.") == [False, False, False]
    assert marks("It was over.", notice, suspect, notice, "It was done.") == [False, True, True, True, False]


def test_a_newsroom_adds_its_own(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[[class]]\nname = "house"\nphrases = ["the heron (club|society) *"]\nedges = ["pond"]\n')
    furniture = load_furniture(own)
    assert furniture.class_of("The Heron Society needs you") == "house"
    assert furniture.is_edge("Pond")
    assert furniture.class_of("Advertisement") == "advertising"
    assert not standard_furniture().class_of("The Heron Society needs you")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("x = ", "cannot be read as TOML"),
        ("x = 1", r"holds \[\[class\]\] tables and nothing else"),
        ("[[class]]\nphrases = []", "class 1 has no name"),
        ('[[class]]\nname = "a"\nwords = []', r"class 1 \(a\) has an unknown key: words"),
        ('[[class]]\nname = "a"\nphrases = "x"', r"class 1 \(a\): phrases must be a list of texts"),
        ('[[class]]\nname = "a"\nphrases = ["(x"]', "has a bracket that is not closed"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path: Path, content: str, message: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(content)
    with pytest.raises(FurnitureError, match=message):
        load_furniture(own)
    with pytest.raises(FurnitureError, match="cannot be read"):
        load_furniture(tmp_path / "missing.toml")


@pytest.mark.parametrize(
    ("phrase", "yes", "no"),
    [
        ("read more", ["read more"], ["read", "read more now"]),
        ("read (more|next) now?", ["read more", "read next now"], ["read now"]),
        ("(for free)? join", ["join", "for free join"], ["free join"]),
        ("# comment/s", ["3 comments", "1 comment"], ["comments"]),
        ("join * today", ["join today", "join the heron club today"], ["join " + "a " * 9 + "today"]),
        ("* in your inbox", ["in your inbox", "the news in your inbox"], ["your inbox"]),
    ],
)
def test_phrases(phrase: str, yes: list[str], no: list[str]) -> None:
    book = PhraseBook.of({"x": [phrase]})
    assert all(book.whole(line) for line in yes)
    assert not any(book.whole(line) for line in no)


@pytest.mark.parametrize("phrase", ["(a", "a)", "?", "a | b", "*", "a?", "…"])
def test_phrases_that_cannot_be_read(phrase: str) -> None:
    with pytest.raises(PhraseError):
        PhraseBook.of({"x": [phrase]})
