"""Lines, titles and languages: the small questions."""

import pytest

from courant.exchange.page.language import direction_of, language_of
from courant.exchange.page.lines import ends_sentence, fold, is_prose, split_lines, tidy
from courant.exchange.page.titles import site_names, without_site


def texts(text: str) -> list[str]:
    return [line.text for line in split_lines(text)]


def test_wrapped_lines_are_joined_and_whole_ones_are_not() -> None:
    wrapped = (
        "The clock on the customs house has been eleven minutes slow for\n"
        "longer than anybody in the town has been alive, and on Monday the\n"
        "council voted to leave it as it is, by seven votes to two, though\n"
        "a watchmaker from the next town had offered to mend it for nothing\n"
        "and could not sleep.\n\nThe vote stands."
    )
    assert len(texts(wrapped)) == 2
    whole = "\n".join(
        f"Sentence number {number} ends here, and it is a whole paragraph of its own." for number in range(9)
    )
    assert len(texts(whole)) == 9


def test_lines_without_a_word_are_gaps() -> None:
    lines = split_lines("one\n* * *\ntwo\r\n✕\rthree\u2028four")
    assert [(line.text, line.gap) for line in lines] == [("one", True), ("two", True), ("three", True), ("four", False)]


def test_tidy_keeps_typography_and_drops_the_invisible() -> None:
    assert tidy(" a\u00adb \t c\u200b «\u00a0d\u00a0» \u202ee") == "ab c «\u00a0d\u00a0» e"


def test_fold_compares_words() -> None:
    assert fold("“Don’t  STOP” – Now!") == fold("dont stop now")
    assert fold("© 2022") == "copyright 2022"


@pytest.mark.parametrize(
    ("text", "sentence", "prose"),
    [
        ("It was over.", True, False),
        ("“No,” she said.”)", True, False),
        ("The vote stands as it is.", True, True),
        ("The vote stands as it is", False, False),
        ("هل كان هنا من قبل؟", True, True),
    ],
)
def test_sentences(text: str, sentence: bool, prose: bool) -> None:
    assert (ends_sentence(text), is_prose(text)) == (sentence, prose)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Heron moves in | The Meridian", "Heron moves in"),
        ("Heron moves in | World | The Meridian", "Heron moves in"),
        ("Heron moves in - The Skerry Herald", "Heron moves in"),
        ("Heron moves in – Meridian Online", "Heron moves in"),
        ("Talks end – for now", "Talks end – for now"),
        ("Talks end - but nobody leaves the room", "Talks end - but nobody leaves the room"),
        ("Storm Hedda – What We Know", "Storm Hedda – What We Know"),
        ("The Meridian | A heron moves in at last", "A heron moves in at last"),
        ("2022–23: a year of herons", "2022–23: a year of herons"),
    ],
)
def test_headlines_lose_the_name_of_the_site(title: str, expected: str) -> None:
    assert (
        without_site(title, site_names("https://www.meridian.example/x", "The Meridian", "Meridian Online")) == expected
    )


@pytest.mark.parametrize(
    ("text", "language", "direction"),
    [
        ("The heron has come back to the pond and it is not known for how long it will be there", "en", "ltr"),
        ("Le héron est de retour dans la mare et on ne sait pas pour combien de temps il y sera", "fr", "ltr"),
        ("Der Reiher ist wieder da und niemand weiß, wie lange er an dem Teich auf die Fische wartet", "de", "ltr"),
        ("הגשר הישן ייפתח מחדש", "he", "rtl"),
        ("افتتاح المكتبة القديمة", "ar", "rtl"),
        ("Цапля вернулась", "ru", "ltr"),
        ("xyz", "", "ltr"),
        ("", "", "ltr"),
    ],
)
def test_languages(text: str, language: str, direction: str) -> None:
    assert (language_of(text), direction_of(language)) == (language, direction)
