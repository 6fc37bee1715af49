"""The way back: signed, safe, with its paragraph."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courant.readers.returns import LONGEST_PATH, is_safe_path, path_from, read_next, sign_next

SAFE = [
    "/",
    "/world/",
    "/world/talks/#p4",
    "/search/?q=a&page=2#hits",
    "/newsroom/",
    "/account/",
    "/world/%C3%A9t%C3%A9/",
    "/world/é/",
    "/" + "a" * (LONGEST_PATH - 1),
]
UNSAFE = [
    "",
    "world/",
    "#p4",
    "?q=a",
    "https://paper.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\/evil.example/",
    "/world\\",
    "/\tevil",
    "/\nevil",
    "/ /evil.example",
    "\x00/",
    "/world/\x7f",
    "javascript:alert(1)",
    "data:text/html,x",
    "/account/register/",
    "/account/sign-in/?next=/",
    "/account/sign-out/",
    "/account/confirm/",
    "/account/password/reset/new/",
    "/" + "a" * LONGEST_PATH,
]


@pytest.mark.parametrize("path", SAFE)
def test_a_path_of_this_site_comes_back_as_it_was(path):
    assert is_safe_path(path)
    assert read_next(sign_next(path)) == path
    assert path_from(sign_next(path)) == path_from(path) == path


@pytest.mark.parametrize("path", UNSAFE)
def test_anything_else_is_refused(path):
    assert not is_safe_path(path)
    assert path_from(path) is None
    with pytest.raises(ValueError, match="not a path of this site"):
        sign_next(path)


def test_forged_and_foreign_tokens_are_refused():
    from django.core.signing import Signer

    token = sign_next("/world/")
    for forged in (
        token[:-1],
        token + "A",
        token.replace(":", ""),
        "x" * 100_000,
        Signer().sign_object("/world/"),
    ):
        assert read_next(forged) is None
    ours = Signer(salt="courant.readers.returns")
    for odd in ("//evil.example/", ["/world/"], None, 7):
        assert read_next(ours.sign_object(odd)) is None


@given(st.text())
def test_no_text_breaks_it(text):
    path = path_from(text)
    assert path is None or (path == text and path.startswith("/") and not path.startswith("//"))
