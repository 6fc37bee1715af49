"""The signed text of a gift link (access.md: Gifts)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courant.wall.gifts import (
    MOST_GIFTS,
    TOKEN_LENGTH,
    GiftToken,
    cookie_of,
    read_token,
    tokens_in,
    write_token,
)

SECRET, OLDER = "a secret of the paper", "the one before"
TOKEN = GiftToken(gift_id=12, story_id=40, ends_at=1_798_000_000)
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
NUMBERS = st.integers(0, 2**48 - 1)
pytestmark = pytest.mark.anydb


@given(NUMBERS, NUMBERS, st.integers(0, 2**32 - 1))
def test_what_is_written_is_read(gift_id: int, story_id: int, ends_at: int) -> None:
    token = GiftToken(gift_id, story_id, ends_at)
    text = write_token(token, SECRET)
    assert len(text) == TOKEN_LENGTH
    assert set(text) <= set(LETTERS)
    assert read_token(text, [SECRET]) == token


def test_a_link_is_the_same_each_time_and_capitals_do_no_harm() -> None:
    text = write_token(TOKEN, SECRET)
    assert text == write_token(TOKEN, SECRET)
    assert read_token(text.upper(), [SECRET]) == TOKEN


def test_every_letter_counts() -> None:
    """Each letter replaced by each other one: 1,736 forgeries, none holds."""
    text = write_token(TOKEN, SECRET)
    forged = [
        text[:place] + letter + text[place + 1 :]
        for place in range(len(text))
        for letter in LETTERS
        if letter != text[place]
    ]
    assert len(forged) == TOKEN_LENGTH * 31
    assert [one for one in forged if read_token(one, [SECRET]) is not None] == []


@pytest.mark.parametrize(
    "text", ["", "1", "=" * TOKEN_LENGTH, "é" * TOKEN_LENGTH, "0" * TOKEN_LENGTH, "a" * TOKEN_LENGTH, "a" * 100_000]
)
def test_what_is_no_token_is_none(text: str) -> None:
    assert read_token(text, [SECRET]) is None


@given(st.text(max_size=80))
def test_no_text_raises(text: str) -> None:
    assert read_token(text, [SECRET]) is None


def test_a_token_cut_short_or_prolonged_is_none() -> None:
    text = write_token(TOKEN, SECRET)
    for altered in (text[:-1], text[1:], text + "a", f" {text}", text.replace(text[3], "%61", 1)):
        assert read_token(altered, [SECRET]) is None


def test_an_older_secret_goes_on_holding_while_it_is_kept() -> None:
    text = write_token(TOKEN, OLDER)
    assert read_token(text, [SECRET, OLDER]) == TOKEN
    assert read_token(text, [SECRET]) is None
    assert read_token(text, []) is None


def test_a_number_that_fits_no_row_cannot_be_signed() -> None:
    for token in (GiftToken(-1, 1, 1), GiftToken(1, 2**48, 1), GiftToken(1, 1, 2**32)):
        with pytest.raises(OverflowError):
            write_token(token, SECRET)


def test_a_gift_ends_with_its_second() -> None:
    assert not TOKEN.has_ended(TOKEN.ends_at - 0.001)
    assert TOKEN.has_ended(TOKEN.ends_at)


def test_the_cookie_keeps_each_gift_once_and_the_newest_of_many() -> None:
    tokens = [write_token(GiftToken(number, 1, 1), SECRET) for number in range(MOST_GIFTS + 5)]
    cookie = cookie_of([tokens[0], *tokens])
    assert tokens_in(cookie) == tokens[-MOST_GIFTS:]
    assert tokens_in(cookie_of([tokens[0], tokens[1], tokens[0]])) == tokens[:2]
    assert len(cookie) < 1_200


@pytest.mark.parametrize("cookie", ["", "a" * 4_000, "." * 4_000])
def test_a_cookie_that_is_not_ours_holds_nothing(cookie: str) -> None:
    assert tokens_in(cookie) == []
