"""Inline HTML holds em, strong and a to http or https, whatever the page holds."""

import pytest
from lxml import html

from courant.exchange.page.inline import inline_of, plain, without_tags

BASE = "https://paper.example/news/"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>a &lt;b&gt; &amp; c</p>", "a &lt;b&gt; &amp; c"),
        ("<p><b>a</b> <i>b</i> <u>c</u></p>", "<strong>a</strong> <em>b</em> c"),
        ("<p><b><b>a</b></b> <em> </em>b</p>", "<strong>a</strong> b"),
        ("<p><b>a <i>b</b> c</i></p>", "<strong>a <em>b</em></strong> c"),
        ('<p><a href="/x">a</a></p>', '<a href="https://paper.example/x">a</a>'),
        ('<p><a href="javascript:alert(1)">a</a> <a href="data:x">b</a> <a>c</a></p>', "a b c"),
        ("<p><a href='https://x.example/?a=1&amp;b=\"2\"'>a</a></p>", "a"),
        ("<p>a<script>alert(1)</script><style>x</style> b<img src=x onerror=y></p>", "a b"),
        ('<p><b onclick="x">a</b><a href="http://x.example" onclick="y" style="z">b</a></p>',
         '<strong>a</strong><a href="http://x.example">b</a>'),
        ("<p>one<br>two</p>", "one two"),
    ],
)  # fmt: skip
def test_inline_of(markup: str, expected: str) -> None:
    assert inline_of(html.fragment_fromstring(markup), BASE) == expected


def test_plain() -> None:
    assert plain('<em>a</em> &amp; <a href="https://x.example">b</a>') == "a & b"
    assert without_tags("<p>The ferry </p>") == "The ferry"
