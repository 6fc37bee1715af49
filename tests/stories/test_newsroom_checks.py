"""Editorial checks, as a table: a story, and what an editor is told of it."""

from typing import Any

import pytest

from courant.stories.models import StoryPage
from courant.stories.newsroom.checks import Check, Level, checks_of, errors_of
from tests.factories import block, make_author, make_picture, make_section, make_story, make_topic, paragraph, wall

pytestmark = pytest.mark.django_db


def whole_story(**fields: Any) -> StoryPage:
    """A free story with nothing missing."""
    section = make_section(default_access=fields.pop("default_access", "free"))
    picture = fields.pop("lead_picture", None) or make_picture()
    fields.setdefault("bylines", [make_author()])
    fields.setdefault("topics", [make_topic()])
    fields.setdefault("standfirst", "One sentence.")
    return make_story(section, lead_picture=picture, **fields)


def told(story: StoryPage) -> list[tuple[str, str]]:
    return [(check.level.value, check.field) for check in checks_of(story)]


def test_a_whole_story_passes_in_silence() -> None:
    assert checks_of(whole_story()) == []


@pytest.mark.parametrize(
    ("changed", "level", "field", "words"),
    [
        ({"headline": "x" * 86, "short_headline": "x"}, "warning", "title", "86 characters"),
        ({"headline": "x" * 71}, "warning", "short_headline", "shorter headline"),
        ({"headline": "Minister says TK"}, "warning", "title", "placeholder"),
        ({"standfirst": "  "}, "warning", "standfirst", "no standfirst"),
        ({"standfirst": "Lorem ipsum dolor"}, "warning", "standfirst", "placeholder"),
        ({"bylines": []}, "warning", "bylines", "no byline"),
        ({"topics": []}, "warning", "topic_links", "no topic"),
        ({"what_changed": "The number"}, "warning", "updated_at", "but not when"),
        ({"body": []}, "warning", "body", "no text"),
        ({"body": [wall()]}, "warning", "body", "no text"),
        ({"paragraphs": ["He said TKTK on Monday."]}, "warning", "body", "placeholder was left in block 1"),
    ],
)
def test_one_thing_missing_is_one_finding(changed: dict[str, Any], level: str, field: str, words: str) -> None:
    found = [check for check in checks_of(whole_story(**changed)) if check.level != Level.NOTE]
    assert [(check.level.value, check.field) for check in found] == [(level, field)]
    assert words in found[0].message


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        ({"description": ""}, [("error", "lead_picture")]),
        ({"description": "   "}, [("error", "lead_picture")]),
        ({"credit": ""}, [("warning", "lead_credit")]),
        ({"caption": ""}, [("warning", "lead_caption")]),
    ],
)
def test_lead_picture(picture: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert told(whole_story(lead_picture=make_picture(**picture))) == expected


def test_caption_and_credit_of_the_story_do_instead_of_the_picture_s() -> None:
    bare = make_picture(credit="", caption="")
    assert told(whole_story(lead_picture=bare, lead_caption="The harbour", lead_credit="Ada Moreau")) == []


def test_without_lead_picture() -> None:
    story = whole_story()
    story.lead_picture = None
    assert told(story) == [("warning", "lead_picture")]


@pytest.mark.parametrize(
    ("picture", "value", "expected"),
    [
        ({"description": ""}, {}, [("error", 1)]),
        ({"description": ""}, {"alt": "Two cranes"}, []),
        ({"credit": ""}, {}, [("warning", 1)]),
        ({"credit": ""}, {"credit": "Ada Moreau"}, []),
        ({"description": "", "credit": ""}, {}, [("error", 1), ("warning", 1)]),
    ],
)
def test_picture_in_the_text(picture: dict[str, str], value: dict[str, str], expected: list[tuple[str, int]]) -> None:
    shown = {"picture": make_picture(**picture).pk, "caption": "", "credit": "", "alt": "", **value}
    story = whole_story(body=[paragraph("Grey water."), block("picture", shown)])
    assert [(check.level.value, check.block) for check in checks_of(story)] == expected


def test_errors_come_first_and_alone_forbid_publishing() -> None:
    story = whole_story(lead_picture=make_picture(description=""), standfirst="")
    assert [check.level for check in checks_of(story)] == [Level.ERROR, Level.WARNING]
    assert errors_of(story) == [
        Check(
            Level.ERROR,
            "The lead picture has no alternative text: write it in the picture, for readers who cannot see it.",
            "lead_picture",
        )
    ]


FIVE = [f"Paragraph number {place} ends here." for place in range(1, 6)]


@pytest.mark.parametrize(
    ("access", "body", "level", "words"),
    [
        ("free", [paragraph("One."), wall(), paragraph("Two.")], "note", "its wall marker does nothing"),
        (
            "registered",
            [paragraph(text) for text in FIVE],
            "warning",
            "“…here. Paragraph number 3 ends here.” (15 words)",
        ),
        ("registered", [wall(), paragraph("One.")], "warning", "comes first"),
        ("premium", [paragraph("One."), wall()], "warning", "comes last"),
        ("subscribers", [paragraph("One word."), wall(), paragraph("Two.")], "note", "“…One word.” (2 words)"),
        ("registered", [paragraph("The only one.")], "warning", "strangers get the headline and standfirst only"),
    ],
)
def test_wall(access: str, body: list[Any], level: str, words: str) -> None:
    (check,) = checks_of(whole_story(access=access, body=body))
    assert (check.level.value, check.field) == (level, "body")
    assert words in check.message


def test_the_section_s_default_counts_as_the_story_s_access() -> None:
    (check,) = checks_of(whole_story(default_access="subscribers", body=[paragraph("One."), wall()]))
    assert "comes last" in check.message


def test_a_preview_without_paragraph_is_pointed_out() -> None:
    body = [block("subheading", "How it began"), wall(), paragraph("The rest.")]
    assert told(whole_story(access="registered", body=body)) == [("warning", "body"), ("note", "body")]


def test_a_pull_quote_above_the_wall_that_gives_away_what_is_below() -> None:
    said = "We will not sell the harbour, not now and not later"
    body = [paragraph("One."), block("pull_quote", f"“{said}”"), wall(), paragraph(f"She said: “{said}.”")]
    found = checks_of(whole_story(access="registered", body=body))
    assert [(check.level.value, check.block) for check in found] == [("warning", 1), ("note", 2)]
    assert "repeats words from below it" in found[0].message


def test_a_related_story_that_is_not_published() -> None:
    draft = make_story(make_section("City"), live=False)
    body = [paragraph("One."), block("related_story", {"story": draft.pk})]
    assert [(check.level.value, check.block) for check in checks_of(whole_story(body=body))] == [("warning", 1)]


def test_a_story_not_yet_in_the_tree_is_judged_by_its_own_access() -> None:
    story = StoryPage(title="New", access="registered", body=[wall(), paragraph("One.")])
    assert "comes first" in " ".join(check.message for check in checks_of(story))
    story.access = ""
    assert "wall" not in " ".join(check.message for check in checks_of(story))
