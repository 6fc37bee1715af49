"""Whatever is typed into a search is looked for, or finds nothing; it never breaks the server."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from modelsearch.query import MATCH_ALL, And, Not, Or, Phrase, PlainText

from courant.stories.models import StoryPage
from tests.factories import make_paper, make_section, make_story, paragraph

pytestmark = pytest.mark.django_db
ODD = [
    '"',
    '"""',
    'harbour "',
    '"the harbour"',
    "'",
    "\\",
    "*",
    "a*",
    "^a",
    "NEAR(a b)",
    "a AND",
    "OR",
    "NOT",
    "(",
    "a)",
    "{a}",
    "a:b",
    "-a",
    "+",
    "!",
    "|",
    "&",
    "<->",
    "%",
    "100% of",
    "_",
    "--",
    ";",
    "a\x00b",
    "\x00",
    "𝔄",
    "ي",
    "a " * 100,
]


@pytest.fixture
def harbour() -> StoryPage:
    make_paper()
    story = make_story(make_section(), headline="The harbour at night", body=[paragraph("Nothing moves.")])
    story.save_revision().publish(skip_permission_checks=True)
    return story


@pytest.mark.parametrize("words", ODD)
def test_odd_words_are_answered(harbour: StoryPage, words: str) -> None:
    for wanted in ({}, {"order": "newest", "period": "366", "free": "on", "section": "world"}):
        assert Client().get("/search/", {"q": words, **wanted}).status_code == 200


def test_a_quotation_mark_does_not_keep_a_story_from_being_found(harbour: StoryPage) -> None:
    for words in ('"the harbour"', 'harbour "', '"harbour'):
        assert "The harbour at night" in Client().get("/search/", {"q": words}).content.decode()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (PlainText('"'), 0),
        (PlainText(" "), 0),
        (PlainText('harbour"'), 1),
        (Phrase('harbour" at'), 1),
        (Phrase('"'), 0),
        (Or([PlainText("harbour"), PlainText('x"')]), 1),
        (And([PlainText("harbour"), PlainText('night"')]), 1),
        (Not(PlainText('harbour"')), 0),
        (MATCH_ALL, 1),
    ],
)
def test_queries_that_the_newsroom_puts_together_are_answered(harbour: StoryPage, query: Any, count: int) -> None:
    assert len(StoryPage.objects.live().search(query)) == count


def test_completing_a_word_is_answered(harbour: StoryPage) -> None:
    assert len(StoryPage.objects.live().autocomplete('harb"')) == 1
    assert len(StoryPage.objects.live().autocomplete('"')) == 0
