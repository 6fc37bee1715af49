"""Who wrote it, from a line that names people: "By X and Y", "X in Geneva", "X, Diplomatic Editor", a bare name."""

import re
from collections.abc import Sequence
from dataclasses import replace

from courant.exchange.article import Byline
from courant.exchange.page.lines import fold, is_cased
from courant.exchange.page.names import (
    AGENCIES,
    BYLINE_LABELS,
    NOT_FIRST,
    NOT_IN_NAMES,
    PARTICLES,
    ROLE_NOUNS,
    ROLE_WORDS,
)

LONGEST_BYLINE = 160
_LABELS = "|".join(re.escape(label) for label in sorted(BYLINE_LABELS, key=len, reverse=True))
_LABEL = re.compile(rf"(?:{_LABELS})(?:\s*:\s*|\s+|$)", re.I)
_BARE_LABEL = re.compile(r"(?:by|words by|written by|authors?|text|von|par|por|מאת|بقلم)\s*:?", re.I)
_SPLIT = re.compile(r"(\s*[,;|•·/]\s*(?:(?:and|und|et|with)\s+)?|\s+(?:and|und|et|with|og|och)\s+|\s+[&–—-]\s+)", re.I)
_PLACE = re.compile(r"^(.+?)\s+\(?((?:in|at|reports from|reporting from|for|of|from)\s+\S.{1,50}?)\)?$", re.I)
_BRACKET = re.compile(r"^(.+?)\s*\(([^()]{2,40})\)$")
_STAFF = re.compile(r"(?:[A-Z][\w.’'-]* ){1,4}(?:Staff|Team|Newsroom|Reporters|Correspondents|Agencies)")
_TASK = re.compile(
    r"^(photograph(?:s|y)|pictures?|photos?|illustrations?|graphics?|video|additional reporting)\s+by\s+",
    re.I,
)
_HANDLE = re.compile(r"(?<!\S)[^\s@]{1,64}@[^\s@]{1,100}\.\w{2,20}|@\w{2,30}")
_WORD = re.compile(r"[^\W\d_]+(?:['’.\-‑][^\W\d_]+)*['’.]?")
_CUT = re.compile(r"\s+(?:is|was|who|has|are)\s+(?:a|an|the|our|in|been)?\b.*$", re.I)


def is_handle(text: str) -> bool:
    """True for a line that holds nothing but addresses: @name, a mail address."""
    return len(text) <= LONGEST_BYLINE and bool(_HANDLE.search(text)) and not _HANDLE.sub("", text).strip(" ,|&")


def without_handles(text: str) -> str:
    """The line without @names and mail addresses."""
    return " ".join(_HANDLE.sub(" ", text).split()).strip(" ,|&")


def is_label(text: str) -> bool:
    """True for "By" alone, when the page prints the names on the lines below it."""
    return len(text) <= 20 and bool(_BARE_LABEL.fullmatch(text))


def read_byline(text: str, *, bare: bool = False) -> tuple[Byline, ...]:
    """The names on a line that says "by"; with `bare` also on one that is nothing but names. Empty if it is neither."""
    text = _HANDLE.sub(" ", text).strip(" ,|") if len(text) <= LONGEST_BYLINE else ""
    label = _LABEL.match(text)
    if label:
        names = _read_labelled(text[label.end() :], label.group().strip(" :").casefold())
        if names or not bare:
            return names
    return _read_parts(text, labelled=False) if bare and text else ()


def read_author(text: str) -> tuple[Byline, ...]:
    """The names in a field that a page declares to be its author, with or without "by"."""
    text = text.strip()
    if not text or len(text) > LONGEST_BYLINE or "://" in text or text.startswith("@"):
        return ()
    label = _LABEL.match(text)
    text = (
        text[label.end() :]
        if label and label.group().strip(" :").casefold() in ("by", "author", "von", "par")
        else text
    )
    return _read_parts(text, labelled=True) or (Byline(name=_spell(text)),)


def _read_labelled(text: str, label: str) -> tuple[Byline, ...]:
    text = _CUT.sub("", text).strip(" ,:")
    if not text or text[-1] in "?!…":
        return ()
    if text.endswith(".") and not re.search(r"\b(?:[A-Z]|[JS]r|Inc|Ltd)\.$", text):
        text = text[:-1] if len(text.split()) <= 5 else ""
    is_plain_by = label.endswith("by") or len(label) > 8 or not label.isascii()
    return _read_parts(text, labelled=True, lower=is_plain_by)


def _read_parts(text: str, *, labelled: bool, lower: bool = False) -> tuple[Byline, ...]:
    if fold(text) in AGENCIES or (labelled and _STAFF.fullmatch(text)):
        return (Byline(name=_spell(text)),)
    names: list[Byline] = []
    pieces = _SPLIT.split(text)
    for sign, part in zip(["", *pieces[1::2]], pieces[::2], strict=True):
        part = part.strip() if re.search(r"\b[A-Z]\.$|\)$", part.strip()) else part.strip(" .()[]")
        if part and names and fold(part) in AGENCIES and sign.strip() == ",":
            names[-1] = replace(names[-1], role=", ".join(filter(None, (names[-1].role, part))))
        elif part and not _add_part(names, part, labelled=labelled, lower=lower):
            return ()
    return tuple(names)


def _add_part(names: list[Byline], part: str, *, labelled: bool, lower: bool) -> bool:
    """Add what one part of the line says, a name or the role of the name before; False if it is neither."""
    if names and (is_role(part) or _is_place_of(names, part)):
        role = f"{names[-1].role}, {part}" if names[-1].role else part
        names[-1] = replace(names[-1], role=role)
        return True
    name, role = _name_and_role(part)
    if fold(name) in AGENCIES or _is_name(name, one_word=labelled, lower=lower):
        names.append(Byline(name=_spell(name), role=_spell_role(role)))
        return True
    if names and not names[-1].role and _is_capitalised(part):
        names[-1] = replace(names[-1], role=part)
        return True
    return False


def _name_and_role(part: str) -> tuple[str, str]:
    """A name with what stands behind it: "in Geneva", "(now)", "Political Editor"; or before it: "pictures by"."""
    task = _TASK.match(part)
    if task:
        return part[task.end() :], task[1]
    bracket = _BRACKET.match(part)
    if bracket:
        return bracket[1], bracket[2]
    place = _PLACE.match(part)
    name, role = _split_role(place[1] if place else part)
    return name, f"{role} {place[2]}".strip() if place else role


def _is_capitalised(text: str) -> bool:
    """True for one to three capitalised words, as places are written: "New York", "Washington DC"."""
    words = text.split()
    return 1 <= len(words) <= 3 and all(_WORD.fullmatch(word) and word[0].isupper() for word in words)


def _split_role(part: str) -> tuple[str, str]:
    """A name and the role printed behind it without a comma: "Jane Doe Political Editor"."""
    words = part.split()
    for index in range(2, min(len(words), 5)):
        behind = {word.casefold().strip(".") for word in words[index:]}
        if words[index].casefold() in ROLE_WORDS | {"associated", "press"} and not ROLE_NOUNS.isdisjoint(behind):
            return " ".join(words[:index]), " ".join(words[index:])
    return part, ""


def is_role(part: str) -> bool:
    """True for words that say what a person is: "Diplomatic Editor"."""
    words = fold(part).split()
    return 0 < len(words) <= 7 and not ROLE_WORDS.isdisjoint(words)


def _is_place_of(names: Sequence[Byline], part: str) -> bool:
    """True for one capitalised word, or "in" and a place, behind a full name: "Jane Doe, Geneva"."""
    full = len(names[-1].name.split()) > 1 and not names[-1].role
    if full and re.match(r"(?:in|at) [^\W\d_]", part):
        return True
    return full and len(part.split()) == 1 and part[:1].isupper() and not part.isupper()


def _is_name(text: str, *, one_word: bool, lower: bool) -> bool:
    words = text.split()
    longest = 7 if PARTICLES & {word.casefold() for word in words} else 5
    if not (1 if one_word else 2) <= len(words) <= longest or not all(_WORD.fullmatch(word) for word in words):
        return False
    plain = [word.casefold().strip(".") for word in words]
    if not NOT_IN_NAMES.isdisjoint(plain) or plain[0] in NOT_FIRST or ROLE_WORDS.issuperset(plain):
        return False
    if not is_cased(text):
        return len(words) <= 4
    if text == text.lower():
        return lower and len(words) >= 2
    return _has_name_case(words, shouting=text == text.upper())


def _has_name_case(words: Sequence[str], *, shouting: bool) -> bool:
    if re.fullmatch(r"[A-Z]{2}", words[-1]) and not shouting and words[-1] not in ("II", "JR", "SR", "IV"):
        return False
    if not words[-1][:1].isupper() or (shouting and len(words) == 1 and len(words[0]) < 3):
        return False
    for word in words:
        if word.casefold() in PARTICLES:
            continue
        letters = word.replace(".", "")
        initials = len(letters) <= 2
        if not word[0].isupper() and not re.match(r"(?:al|el|d|o)['’\-]", word):
            return False
        if letters.isupper() and not initials and not shouting:
            return _is_shouted_surname(words)
    return True


def _is_shouted_surname(words: Sequence[str]) -> bool:
    """True for "Jane DOE", as French and other agencies write names."""
    return len(words) == 2 and words[1].isupper() and len(words[1]) > 3 and not words[0].isupper()


def _spell(name: str) -> str:
    """The name with single spaces; one written wholly in capitals or small letters gets the usual spelling."""
    name = " ".join(name.split())
    if fold(name) in AGENCIES or not is_cased(name) or name not in (name.upper(), name.lower()):
        return name
    return " ".join(_spell_word(word) for word in name.split())


def _spell_word(word: str) -> str:
    low = word.casefold()
    if low in PARTICLES and low not in ("al", "st"):
        return low
    spelled = "".join(part.capitalize() for part in re.split(r"(['’.\-])", low))
    return "Mc" + spelled[2:].capitalize() if spelled.startswith("Mc") and len(spelled) > 4 else spelled


def _spell_role(role: str) -> str:
    """A role written wholly in capitals is given small letters but for the first of each longer word."""
    if not role or role != role.upper() or not is_cased(role):
        return role
    return " ".join(word.lower() if len(word) <= 3 else word.capitalize() for word in role.split())
