"""Canaries: words that stand in one place each, and the search for them in whatever form they come out.

All canaries begin with one stem, so that a body is searched for the forms of the stem alone: some dozen needles,
most of them looked for only where the body has the character that such a form cannot do without.
"""

from __future__ import annotations

import base64
import codecs
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

STEM = "zanzifalquor"
CODE_LENGTH = 3
UNKNOWN = "?"  # the stem without the letters that name a place
LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Beside each canary in running text: letters that HTML, JSON, addresses and mails write in their own ways.
ACCENTED = "soufflétôl"
ACCENTED_FORMS = (
    ACCENTED.encode(),
    ACCENTED.encode("latin-1"),
    b"souffle\xcc\x81to\xcc\x82l",
    b"souffl&eacute;t&ocirc;l",
    b"souffl&#233;t&#244;l",
    b"souffl&#xe9;t&#xf4;l",
    b"souffl\\u00e9t\\u00f4l",
    b"souffl\\xe9t\\xf4l",
    b"souffl%c3%a9t%c3%b4l",
    b"souffl%e9t%f4l",
    b"souffl=c3=a9t=c3=b4l",
    b"souffl=e9t=f4l",
    b"soufflt-wxas",  # the tail of its punycode
)
Form = Callable[[bytes], tuple[bytes, ...]]
# Ways to write one letter after the other: entities, escapes, numbers.
LETTER_BY_LETTER = {
    "decimal entities": "&#{:d};",
    "padded decimal entities": "&#{:03d};",
    "long decimal entities": "&#{:07d};",
    "decimal entities without semicolons": "&#{:d}",
    "hexadecimal entities": "&#x{:x};",
    "padded hexadecimal entities": "&#x{:04x};",
    "JSON escapes": "\\u{:04x}",
    "JSON escapes, escaped once more": "\\\\u{:04x}",
    "ECMAScript escapes": "\\u{{{:x}}}",
    "hexadecimal escapes": "\\x{:02x}",
    "octal escapes": "\\{:03o}",
    "CSS escapes": "\\{:06x}",
    "percent encoding": "%{:02x}",
    "percent encoding of percent encoding": "%25{:02x}",
    "quoted-printable": "={:02x}",
    "numbers": "{:d},",
    "numbers with spaces": "{:d}, ",
    "hexadecimal": "{:02x}",
    "hexadecimal with spaces": "{:02x} ",
    "hexadecimal with colons": "{:02x}:",
}


def letter_by_letter(pattern: str) -> Form:
    return lambda raw: ("".join(pattern.format(byte) for byte in raw).rstrip(", :").encode(),)


def aligned(raw: bytes, encode: Callable[[bytes], bytes], group: int, letters: int) -> tuple[bytes, ...]:
    """What of `raw` shows in an encoding of groups, wherever in a group it begins: the letters that its neighbours
    have no part in."""
    bits = 8 * group // letters
    found = []
    for offset in range(group):
        encoded = encode(b"\0" * offset + raw + b"\0" * group)
        first, last = -(-8 * offset // bits), 8 * (offset + len(raw)) // bits
        found.append(encoded[first:last])
    return tuple(found)


# An ASCII word in small letters, as it may come out.
FORMS: dict[str, Form] = {
    "plain": lambda raw: (raw,),
    "reversed": lambda raw: (raw[::-1],),
    "rot13": lambda raw: (codecs.encode(raw.decode(), "rot13").encode(),),
    "rot47": lambda raw: (bytes(33 + (byte - 33 + 47) % 94 for byte in raw),),
    "base64": lambda raw: aligned(raw, base64.b64encode, 3, 4),
    "base64url": lambda raw: aligned(raw, base64.urlsafe_b64encode, 3, 4),
    "base64, reversed": lambda raw: tuple(form[::-1] for form in aligned(raw, base64.b64encode, 3, 4)),
    "base32": lambda raw: aligned(raw, base64.b32encode, 5, 8),
    "UTF-16": lambda raw: (wide(raw, "utf-16-le"), wide(raw, "utf-16-be")),
    "UTF-32": lambda raw: (wide(raw, "utf-32-le"), wide(raw, "utf-32-be")),
    "base64 of UTF-16": lambda raw: aligned(wide(raw, "utf-16-le"), base64.b64encode, 3, 4),
    "hexadecimal of UTF-16": lambda raw: (wide(raw, "utf-16-le").hex().encode(), wide(raw, "utf-16-be").hex().encode()),
    **{name: letter_by_letter(pattern) for name, pattern in LETTER_BY_LETTER.items()},
}


def wide(raw: bytes, encoding: str) -> bytes:
    return raw.decode().encode(encoding)


def in_form(word: str, name: str) -> tuple[bytes, ...]:
    """A word in one form, in small letters as bodies are searched."""
    return tuple(dict.fromkeys(form.lower() for form in FORMS[name](word.encode())))


# What most bodies have none of. A needle that holds one is looked for only in a body that holds it too.
RARE = (b"\0", b"&#", b"\\", b"%")


def needles() -> dict[bytes, list[tuple[str, bytes]]]:
    """The forms of the stem and of the accented word, each with its name, by the rare bytes that they hold."""
    found: dict[bytes, list[tuple[str, bytes]]] = {b"souffl": [("accented", form) for form in ACCENTED_FORMS]}
    for name in FORMS:
        for needle in in_form(STEM, name):
            gate = next((rare for rare in RARE if rare in needle), b"")
            found.setdefault(gate, []).append((name, needle))
    return found


NEEDLES = needles()
PLAIN = re.compile(rb"%s([a-z]{%d})" % (STEM.encode(), CODE_LENGTH))
ACCENTED_CODE = re.compile(rb"(?:%s)([a-z]{%d})" % (b"|".join(map(re.escape, ACCENTED_FORMS)), CODE_LENGTH))
SLASH = rb"(?:/|%2f|\\+/|&#x2f;|&#47;)"
PICTURE = re.compile(rb"pictures" + SLASH + rb"[\w.-]+" + SLASH + rb"(\d+)" + SLASH)


@dataclass(frozen=True)
class Place:
    """Where one canary stands, and who may see it: names of standings (`disguises.Standing`)."""

    code: str
    story: str
    where: str
    open_to: frozenset[str]
    is_printed: bool = True

    @property
    def word(self) -> str:
        return STEM + self.code

    @property
    def companion(self) -> str:
        """A word that stands beside it and nowhere else, to be searched for: an answer repeats what was asked."""
        return f"velbrom{self.code}"

    @property
    def sentence(self) -> str:
        return f"They said {self.word} {ACCENTED}{self.code} and {self.companion}"


@dataclass
class Canaries:
    """All places of a paper, numbered as they are planted; and those of pictures, whose addresses are withheld too."""

    places: dict[str, Place] = field(default_factory=dict)
    pictures: dict[int, str] = field(default_factory=dict)

    def plant(self, story: str, where: str, open_to: Iterable[str], *, is_printed: bool = True) -> Place:
        number, code = len(self.places), ""
        for _ in range(CODE_LENGTH):
            number, letter = divmod(number, len(LETTERS))
            code += LETTERS[letter]
        self.places[code] = Place(code, story, where, frozenset(open_to), is_printed)
        return self.places[code]


@dataclass
class Lookout:
    """Searches what came back. Bodies are often the same, and are searched once."""

    canaries: Canaries
    known: dict[bytes, dict[str, str]] = field(default_factory=dict)

    def find(self, content: bytes) -> dict[str, str]:
        """The codes of the canaries in it, each with the form it is in."""
        digest = hashlib.blake2b(content, digest_size=16).digest()
        if digest not in self.known:
            self.known[digest] = self.search(content, content.lower())
        return self.known[digest]

    def search(self, content: bytes, small: bytes) -> dict[str, str]:
        """`small` is the content in small letters."""
        found: dict[str, str] = {}
        for gate, forms in NEEDLES.items():
            if gate in small:
                for name in dict.fromkeys(name for name, needle in forms if needle in small):
                    found |= {code: name for code in self.name(content, small, name) if code not in found}
        for number in PICTURE.findall(small):
            if code := self.canaries.pictures.get(int(number)):
                found[code] = "address"
        return found

    def name(self, content: bytes, small: bytes, form: str) -> list[str]:
        """Which canaries stand there in this form; UNKNOWN if it is the stem alone.

        In small letters two words may look the same in base64, so they are first compared as they are written.
        """
        if form in ("plain", "accented"):
            found = (PLAIN if form == "plain" else ACCENTED_CODE).findall(small)
            return [code.decode() for code in dict.fromkeys(found)] or [UNKNOWN]
        places = self.canaries.places.values()
        exact = [place.code for place in places if is_in(content, FORMS[form](place.word.encode()))]
        return exact or [place.code for place in places if is_in(small, in_form(place.word, form))] or [UNKNOWN]


def is_in(content: bytes, forms: Iterable[bytes]) -> bool:
    return any(form in content for form in forms)
