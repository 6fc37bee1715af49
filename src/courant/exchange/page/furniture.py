"""What a line of page furniture says: the classes of furniture.toml, and one line judged by its words alone.

Where the line stands is weighed in `placing`.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from courant.exchange.page.lines import ends_sentence, fold, word_count, word_set
from courant.exchange.page.phrases import PhraseBook, PhraseError

STANDARD_FILE = Path(__file__).with_name("furniture.toml")
LONGEST_NOTICE = 90
"""Words: no line longer than this is furniture, whatever it says."""

_KINDS = ("phrases", "edges", "openers", "labels", "hints")
_TELLING = word_set("""
    said says told tells asked warned added wrote according he she his her him hers was were had who
    they them himself herself replied insisted
    """)
_ADDRESS = word_set("you your yours our us we my i please")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'’”)]*\s+|\s*[|•·]\s*")
_LABEL = re.compile(r"^([^:]{2,40}?)\s*[:>»]\s*(\S.*)$")
_CAPITAL_LABEL = re.compile(r"^([A-Z’']{2,}(?: [A-Z’']{2,}){1,3}) (\S*[a-z].*)$")
_TEMPLATE = re.compile(r"\{\{[#/^]?\s*[\w.]+\s*\}\}|\$\{[\w.]+\}|%%\w+%%|\[\[\w+\]\]")
_COUNT = re.compile(r"\W{0,2}\d[\d.,]{0,8}\s?[kKmM]?\W{0,2}")
_OPENING_QUOTE = re.compile(r"^[\"'“‘„«‹»״]")
_QUOTED_WORDS = re.compile(r"[\"“«][^\"”»]{12,}[\"”»]")


class FurnitureError(ValueError):
    """A furniture file that cannot be used; the message names the file and the place."""


@dataclass(frozen=True, slots=True)
class Furniture:
    """The phrases of every class, compiled; made by `load_furniture`."""

    phrases: PhraseBook
    edges: PhraseBook
    openers: PhraseBook
    labels: PhraseBook
    hints: re.Pattern[str]

    def class_of(self, text: str) -> str:
        """The class of a line that is furniture wherever it stands; empty for any other line."""
        folded = fold(text) if len(text) <= 1000 else ""
        if _TEMPLATE.search(text[:1000]):
            return "template"
        if not folded or word_count(folded) > LONGEST_NOTICE or _OPENING_QUOTE.match(text):
            return ""
        return self._whole(self.phrases, folded) or self._by_parts(text, folded)

    def link_class(self, text: str) -> str:
        """The class of a line that is a labelled link, "Read more: ..."; empty for any other line."""
        found = (_LABEL.match(text) or _CAPITAL_LABEL.match(text)) if len(text) <= 200 else None
        if found is None or word_count(found[2]) > 25 or ends_sentence(found[2].rstrip("?!")):
            return ""
        name = self.labels.whole(fold(found[1]))
        return name[0] if name else ""

    def opens_links(self, text: str) -> bool:
        """True for a line that heads a list of links to other stories."""
        text = text.rstrip(":> ")
        return len(text) <= 100 and not ends_sentence(text) and bool(self._whole(self.openers, fold(text)))

    def is_edge(self, text: str) -> bool:
        """True for a line that is furniture if it stands above or below the story, or beside other furniture."""
        return bool(self.edge_class(text)) or (len(text) <= 60 and bool(_COUNT.fullmatch(text)))

    def edge_class(self, text: str) -> str:
        """The class of such a line; empty for any other line."""
        found = self.edges.whole(fold(text)) if len(text) <= 60 else None
        return found[0] if found else ""

    def is_suspect(self, text: str) -> bool:
        """True for a line that addresses the reader in the words of furniture and tells nothing."""
        words = fold(text).split() if len(text) <= 400 else []
        if not 2 <= len(words) <= 45 or _tells(words) or _QUOTED_WORDS.search(text) or _OPENING_QUOTE.match(text):
            return False
        folded = " ".join(words)
        found = self._hints_in(folded)
        return found >= 2 and (bool(_ADDRESS & set(words)) or found >= 3)

    def is_scrap(self, text: str) -> bool:
        """True for a few words with one word of furniture among them, too few to be told but by their neighbours."""
        return len(text) <= 60 and word_count(text) <= 6 and not ends_sentence(text) and self._hints_in(fold(text)) > 0

    def _hints_in(self, folded: str) -> int:
        return len(set(self.hints.findall(folded)))

    def _whole(self, book: PhraseBook, folded: str) -> str:
        found = book.whole(folded)
        return "" if found is None or _tells(found[1].split()) else found[0]

    def _by_parts(self, text: str, folded: str) -> str:
        """The class of a line made of several phrases: whole sentences, or phrases run together."""
        parts = _SENTENCE.split(text)
        first = self._whole(self.phrases, fold(parts[0])) if len(parts) > 1 else ""
        if first and all(self._whole(self.phrases, part) for part in map(fold, parts[1:]) if part):
            return first
        return self._run_together(folded)

    def _run_together(self, folded: str) -> str:
        covered, first, rest, left = 0, "", folded, list[str]()
        while rest:
            found = self.phrases.opening(rest)
            if found:
                first, covered, rest = first or found[0], covered + found[1], rest[found[1] :]
                continue
            word, _, rest = rest.partition(" ")
            left.append(word)
            if not first or sum(map(len, left)) > 0.15 * len(folded):
                return ""
        return "" if _tells(left) else first


def _tells(words: Iterable[str]) -> bool:
    return not _TELLING.isdisjoint(words)


def load_furniture(*extra: Path) -> Furniture:
    """The standard furniture and that of a newsroom's own files; raises FurnitureError for a file that is wrong."""
    kinds: dict[str, dict[str, list[str]]] = {kind: {} for kind in _KINDS}
    for path in (STANDARD_FILE, *extra):
        for entry in _read_classes(path):
            for kind in _KINDS:
                kinds[kind].setdefault(entry.name, []).extend(entry.texts[kind])
    hints = sorted({fold(hint) for texts in kinds["hints"].values() for hint in texts} - {""}, reverse=True)
    return Furniture(
        phrases=PhraseBook.of(kinds["phrases"]),
        edges=PhraseBook.of(kinds["edges"]),
        openers=PhraseBook.of(kinds["openers"]),
        labels=PhraseBook.of(kinds["labels"]),
        hints=re.compile(rf"(?:^|(?<=\s))(?:{'|'.join(map(re.escape, hints))})(?=\s|$)"),
    )


@cache
def standard_furniture() -> Furniture:
    """The furniture of furniture.toml alone, loaded once."""
    return load_furniture()


@dataclass(frozen=True, slots=True)
class _Class:
    name: str
    texts: Mapping[str, list[str]]


def _read_classes(path: Path) -> list[_Class]:
    try:
        with path.open("rb") as file:
            data = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FurnitureError(f"{path}: cannot be read as TOML ({error}).") from error
    entries = data.get("class")
    if set(data) != {"class"} or not isinstance(entries, list):
        raise FurnitureError(f"{path}: a furniture file holds [[class]] tables and nothing else.")
    return [_read_class(path, number, entry) for number, entry in enumerate(entries, start=1)]


def _read_class(path: Path, number: int, entry: object) -> _Class:
    place = f"{path}: class {number}"
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not entry["name"]:
        raise FurnitureError(f"{place} has no name.")
    unknown = set(entry) - {"name", "about", *_KINDS}
    if unknown:
        raise FurnitureError(f"{place} ({entry['name']}) has an unknown key: {sorted(unknown)[0]}.")
    texts = {kind: entry.get(kind, []) for kind in _KINDS}
    for kind, values in texts.items():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise FurnitureError(f"{place} ({entry['name']}): {kind} must be a list of texts.")
        if kind != "hints":
            _check_phrases(place, values)
    return _Class(name=entry["name"], texts=texts)


def _check_phrases(place: str, phrases: list[str]) -> None:
    try:
        PhraseBook.of({"": phrases})
    except PhraseError as error:
        raise FurnitureError(f"{place}: {error}") from error
