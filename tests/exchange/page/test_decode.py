"""Character sets: declared, undeclared, wrongly declared, and text that somebody garbled before."""

import pytest

from courant.exchange.page.decode import decode_page, mend_garbled
from courant.exchange.page.errors import PageError

TEXT = "“Café” — it’s €2 – naïve"


@pytest.mark.parametrize(
    ("data", "expected", "warnings"),
    [
        (TEXT.encode(), TEXT, 0),
        (b"\xef\xbb\xbf" + TEXT.encode(), TEXT, 0),
        (TEXT.encode("utf-16"), TEXT, 0),
        (b"\xff\xfe\x00\x00" + TEXT.encode("utf-32-le"), TEXT, 0),
        (TEXT.encode("cp1252"), TEXT, 1),
        (b'<meta charset="iso-8859-1">' + TEXT.encode("cp1252"), '<meta charset="iso-8859-1">' + TEXT, 0),
        (b'<meta charset="windows-1251">' + "Мост".encode("cp1251"), '<meta charset="windows-1251">Мост', 0),
        (b'<meta charset="windows-1255">' + TEXT.encode(), '<meta charset="windows-1255">' + TEXT, 1),
        (b'<meta charset="no-such-set">' + TEXT.encode("cp1252"), '<meta charset="no-such-set">' + TEXT, 1),
        (b'<meta charset="rot13">abc', '<meta charset="rot13">abc', 0),
        ((TEXT * 20).encode() + b"\x92", TEXT * 20 + "’", 1),
        (TEXT.encode().decode("latin-1").encode(), TEXT, 1),
        ("lost \ufffd".encode(), "lost \ufffd", 1),
    ],
)
def test_decode(data: bytes, expected: str, warnings: int) -> None:
    text, found = decode_page(data)
    assert (text, len(found)) == (expected, warnings)


def test_utf16_without_a_mark_is_told_by_its_zeros() -> None:
    assert decode_page("A plain line of text".encode("utf-16-be"))[0] == "A plain line of text"


@pytest.mark.parametrize("data", [b"\x00\x01\x02" * 50, b"GIF89a....", b"PK\x03\x04abc", bytes(range(1, 32)) * 9])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(PageError):
        decode_page(data)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It â€œwasâ€\x9d", "It “was”"),
        ("Itâ€™s", "It’s"),
        ("Ã©tÃ© Ã\u00a0 la plage", "été à la plage"),
        ("LIBERTÉ» et É», É”", "LIBERTÉ» et É», É”"),
        ("Ã©", "Ã©"),
        ("plain", "plain"),
    ],
)
def test_garbled_text_is_mended_if_it_is_sure(text: str, expected: str) -> None:
    assert mend_garbled(text)[0] == expected
