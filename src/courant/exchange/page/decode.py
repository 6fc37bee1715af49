"""Bytes into text: byte order marks, declared character sets, UTF-8, Windows-1252; garbled text is mended."""

import codecs
import re

from courant.exchange.page.errors import PageError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_KINDS = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a sound, film or WebP file"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "a database"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "a Rich Text document"),
    (b"bplist", "a web archive of Safari"),
    (b"\x00\x00\x00\x18ftyp", "a film"),
    (b"\x00\x00\x00\x20ftyp", "a film or picture"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"BZh9", "a bzip2 archive"),
)
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:\-]{2,40})|<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w.:\-]{2,40})",
    re.I,
)
_AS_BROWSERS_DO = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252",
    "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "x-sjis": "cp932", "shift_jis": "cp932",
    "shift-jis": "cp932", "iso-8859-9": "cp1254", "windows-31j": "cp932", "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949", "iso-8859-8-i": "iso8859-8", "x-gbk": "gb18030", "tis-620": "cp874",
}  # fmt: skip
_TEXT_CODECS = re.compile(
    r"(?:utf-?8|cp125\d|windows-125\d|iso-?8859-\d{1,2}|koi8-[ru]|gb18030|big5(?:-?hkscs)?|euc[-_]jp|cp932|cp949|cp874|cp866|"
    r"iso-2022-jp|mac-?roman|macintosh|utf-?16(?:-?[lb]e)?)"
)


def decode_page(data: bytes) -> tuple[str, list[str]]:
    """The text of a page and warnings about its character set; raises PageError for what is no text."""
    for mark, charset in _MARKS:
        if data.startswith(mark):
            return _decode_marked(data[len(mark) :], charset)
    _refuse_known_kinds(data)
    wide = _wide_charset(data)
    if wide:
        return _decode_marked(data, wide)
    if b"\x00" in data[:65536] or _control_share(data[:65536]) > 0.02:
        raise PageError("This file is binary, not a page of text.")
    text, warnings = _decode_plain(data)
    text, is_mended = mend_garbled(text)
    if is_mended:
        warnings.append("Some characters had been garbled by a wrong character set and were mended.")
    if "\ufffd" in text:
        warnings.append("Some characters of the page are lost; each is shown as \ufffd.")
    return text, warnings


def _refuse_known_kinds(data: bytes) -> None:
    for start, kind in _KINDS:
        if data.startswith(start):
            raise PageError(f"This file is {kind}, not a page of text.")


def _decode_marked(data: bytes, charset: str) -> tuple[str, list[str]]:
    text = data.decode(charset, errors="replace")
    if text.count("\ufffd") > max(4, 0.05 * len(text)) or "\x00" in text[:65536]:
        raise PageError("This file is binary, or its character set is damaged beyond reading.")
    text, is_mended = mend_garbled(text)
    return text, ["Some characters had been garbled by a wrong character set and were mended."] if is_mended else []


def _wide_charset(data: bytes) -> str:
    """UTF-16 without a mark: nearly every second byte is zero, always on the same side."""
    sample = data[:4096]
    half = len(sample) // 2
    if half < 4:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.7 * half and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 * half and odd == 0 else ""


def _control_share(sample: bytes) -> float:
    controls = sum(sample.count(code) for code in (*range(1, 9), *range(14, 27), *range(28, 32), 127))
    return controls / max(1, len(sample))


def _decode_plain(data: bytes) -> tuple[str, list[str]]:
    declared = _declared_charset(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_not_utf8(data, declared)
    if declared and declared != "utf-8" and not text.isascii():
        return text, [f"The page declares {declared} but is written in UTF-8."]
    return text, []


def _decode_not_utf8(data: bytes, declared: str) -> tuple[str, list[str]]:
    if declared and declared != "utf-8":
        try:
            return data.decode(declared), []
        except (UnicodeDecodeError, LookupError):
            pass
    mixed = _decode_mostly_utf8(data)
    if mixed is not None:
        return mixed, ["The page is UTF-8 with a few bytes of another character set among it."]
    says = (
        f"The page declares {declared} but is not written in it"
        if declared
        else "The page is not UTF-8 and declares nothing"
    )
    return _from_windows(data), [f"{says}; it was read as Windows-1252."]


def _declared_charset(data: bytes) -> str:
    found = _DECLARED.search(data[:4096])
    if not found:
        return ""
    name = (found[1] or found[2]).decode("ascii", errors="replace").casefold()
    name = _AS_BROWSERS_DO.get(name, name)
    if not _TEXT_CODECS.fullmatch(name) or name.startswith("utf-16"):
        return "utf-8" if name.startswith("utf") else ""
    return "utf-8" if name == "utf8" else name


def _decode_mostly_utf8(data: bytes) -> str | None:
    """UTF-8 with stray bytes read as Windows-1252, if good sequences are at least ten times as many as bad bytes."""
    text = data.decode("utf-8", errors="surrogateescape")
    stray = sum("\udc80" <= sign <= "\udcff" for sign in text)
    good = sum(sign > "\x7f" for sign in text) - stray
    if good < 10 * stray:
        return None
    return re.sub("[\udc80-\udcff]", lambda found: _from_windows(bytes([ord(found.group()) - 0xDC00])), text)


def _from_windows(data: bytes) -> str:
    """Windows-1252 as browsers read it: the five bytes it leaves open are control characters, not errors."""
    return data.decode("cp1252", errors="replace") if data.isascii() else "".join(map(_WINDOWS.__getitem__, data))


_WINDOWS = [bytes([code]).decode("cp1252", errors="ignore") or chr(code) for code in range(256)]
_BYTE_OF = {chr(code): code for code in range(0x80, 0xA0)} | {sign: code for code, sign in enumerate(_WINDOWS)}
_FOLLOW = re.escape("".join({*_WINDOWS[0x80:0xC0], *map(chr, range(0x80, 0xA0))}))
_GARBLED = re.compile(f"[\u00c2-\u00df][{_FOLLOW}]|[\u00e0-\u00ef][{_FOLLOW}]{{2}}|[\u00f0-\u00f4][{_FOLLOW}]{{3}}")
_LIKELY = re.compile(
    "[\u00a0-\u017f\u0370-\u03ff\u0400-\u045f\u05d0-\u05ea\u0600-\u06ff\u2010-\u203a\u20ac\u2122\U0001f300-\U0001faff]"
)


def mend_garbled(text: str) -> tuple[str, bool]:
    """Undo UTF-8 that was read as Windows-1252 (â€œ for “), twice if need be; the flag says if anything changed.

    A single suspicious pair is left alone: it may be meant.
    """
    is_mended = False
    for _ in range(2):
        pieces = [_mended(found) for found in _GARBLED.findall(text)]
        likely = [piece for piece in pieces if piece]
        if len(likely) < 2 and not any(piece[0] == "â" for piece in _GARBLED.findall(text) if _mended(piece)):
            break
        text = _GARBLED.sub(lambda found: _mended(found.group()) or found.group(), text)
        is_mended = True
    return text, is_mended


def _mended(piece: str) -> str:
    try:
        sign = bytes(_BYTE_OF[each] for each in piece).decode("utf-8")
    except (UnicodeDecodeError, KeyError):
        return ""
    return sign if _LIKELY.fullmatch(sign) else ""
