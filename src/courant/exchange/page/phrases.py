"""The small language in which furniture.toml describes what a line of page furniture says.

`register for free`      these words, in this order; case and punctuation do not count
`(reading|your article)` one of these; groups may hold groups
`free?` `(for free)?`    may be missing
`comment/s`              "comment" or "comments"
`*`                      up to eight words of any kind
`#`                      a number
A phrase describes a whole line, or a whole sentence of it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from courant.exchange.page.lines import fold

_TOKEN = re.compile(r"[()|?*#]|[^\s()|?*#]+")
_SLOT_WORDS = 8
_NUMBER = r"(?:\d+ )"
_ANY = "*"


class PhraseError(ValueError):
    """A phrase that cannot be read; the message names it."""


@dataclass(slots=True)
class PhraseBook:
    """Phrases of one use, each with its class, found by the first word of a line."""

    by_word: dict[str, list["_Phrase"]] = field(default_factory=dict)

    @classmethod
    def of(cls, phrases: Mapping[str, Iterable[str]]) -> "PhraseBook":
        """A book of the phrases of each class; raises PhraseError for a phrase that cannot be read."""
        book = cls()
        for name, texts in phrases.items():
            for text in texts:
                reader = _Reader(text)
                source, firsts = reader.read()
                phrase = _Phrase(re.compile(source), name, max(reader.needed, key=len, default=""))
                for word in firsts:
                    book.by_word.setdefault(word, []).append(phrase)
        return book

    def whole(self, folded: str) -> tuple[str, str] | None:
        """The class of a folded line that is one of the phrases, and the words that fell into slots."""
        if not folded:
            return None
        line = folded + " "
        for phrase in self._candidates(line):
            found = phrase.pattern.fullmatch(line)
            if found:
                return phrase.name, _slots(found)
        return None

    def opening(self, folded: str) -> tuple[str, int] | None:
        """The class and the number of signs of the longest phrase with which a folded line begins."""
        line = folded + " "
        best: tuple[str, int] | None = None
        for phrase in self._candidates(line):
            found = phrase.pattern.match(line)
            if found and found.end() > (best[1] if best else 0):
                best = phrase.name, found.end()
        return best

    def _candidates(self, line: str) -> list["_Phrase"]:
        word = line[: line.index(" ")]
        groups = [self.by_word.get(word, ()), self.by_word.get(_ANY, ())]
        if word.isdigit():
            groups.append(self.by_word.get("#", ()))
        return [phrase for group in groups for phrase in group if phrase.needed in line]


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A compiled phrase, its class, and the longest word that no line it matches can lack."""

    pattern: re.Pattern[str]
    name: str
    needed: str


def _slots(found: re.Match[str]) -> str:
    return " ".join(group.strip() for group in found.groups() if group)


class _Reader:
    """Reads one phrase into a regular expression over folded words, each followed by a space."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _TOKEN.findall(text)
        self.at = 0
        self.depth = 0
        self.needed: list[str] = []

    def read(self) -> tuple[str, set[str]]:
        source, firsts, can_be_empty = self._alternatives()
        if self.at < len(self.tokens):
            raise self._error("has a bracket too many")
        if can_be_empty:
            raise self._error("matches a line without a word")
        return source, firsts

    def _alternatives(self) -> tuple[str, set[str], bool]:
        sources, firsts, can_be_empty = [], set[str](), False
        while True:
            source, first, empty = self._sequence()
            sources.append(source)
            firsts |= first
            can_be_empty = can_be_empty or empty
            if self._peek() == "|" and not self.depth:
                raise self._error("has a | outside of brackets")
            if self._peek() != "|":
                return "|".join(sources), firsts, can_be_empty
            self.at += 1

    def _sequence(self) -> tuple[str, set[str], bool]:
        sources, firsts, can_be_empty = [], set[str](), True
        while self._peek() not in ("", "|", ")"):
            source, first, empty = self._item()
            sources.append(source)
            if can_be_empty:
                firsts |= first
            can_be_empty = can_be_empty and empty
        return "".join(sources), firsts, can_be_empty

    def _item(self) -> tuple[str, set[str], bool]:
        part = self.tokens[self.at]
        self.at += 1
        if part == "(":
            source, firsts, empty = self._group()
        elif part == "*":
            source, firsts, empty = self._slot(), {_ANY}, True
        elif part == "#":
            source, firsts, empty = _NUMBER, {"#"}, False
        elif part == "?":
            raise self._error("has a ? after nothing")
        else:
            source, firsts, empty = self._word(part)
        if self._peek() == "?":
            self.at += 1
            if part not in "(*#" and not self.depth:
                self.needed.pop()
            return f"(?:{source})?", firsts, True
        return source, firsts, empty

    def _slot(self) -> str:
        """One slot for all the stars in a row: nested repetition would take forever on lines that do not match."""
        stars = 1
        while self._peek() == "*":
            self.at += 1
            stars += 1
        return rf"((?:\S+ ){{0,{stars * _SLOT_WORDS}}}?)"

    def _word(self, text: str) -> tuple[str, set[str], bool]:
        if text.endswith("/s"):
            word = fold(text[:-2])
            self._need(word)
            return f"(?:{re.escape(word)}s? )", {word, f"{word}s"}, False
        words = fold(text).split()
        if not words:
            raise self._error(f"holds {text!r}, which is no word")
        self._need(max(words, key=len))
        return "(?:" + "".join(re.escape(word) + " " for word in words) + ")", {words[0]}, False

    def _need(self, word: str) -> None:
        if not self.depth:
            self.needed.append(word)

    def _group(self) -> tuple[str, set[str], bool]:
        self.depth += 1
        source, firsts, empty = self._alternatives()
        self.depth -= 1
        if self._peek() != ")":
            raise self._error("has a bracket that is not closed")
        self.at += 1
        return f"(?:{source})", firsts, empty

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _error(self, what: str) -> PhraseError:
        return PhraseError(f"The phrase {self.text!r} {what}.")
