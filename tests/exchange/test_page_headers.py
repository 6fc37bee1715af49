"""Headers in every order and wording: what stands between a headline and a story is told apart."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from courant.exchange.article import Article, Paragraph, Picture
from courant.exchange.page.furniture import standard_furniture
from courant.exchange.page.inline import plain
from courant.exchange.page.reader import read_page
from tests.exchange.test_page_bounds import NOTICES, SENTENCES

HEADLINES = (
    "A heron moves in",
    "‘We are not leaving’: last shop on Quarry Street refuses to close",
    "MAYOR LOSES GOLDFISH",
    "Storm Hedda – as it happened",
    "Register now or lose your vote, councils warn",
    "Opinion: The heron is right",
    "Live: Talks open in Geneva",
    "Sign in, please: the new library rules",
    "Comment is free, parking is not",
    "Share and share alike: the village that owns its pub",
    "Recommended by nobody, loved by all: the film of the year",
    "More on that story: a memoir",
    "Harbour crisis",
)
STANDFIRSTS = (
    "",
    "The mayor is not pleased about it",
    "Nine goldfish are missing. A tenth is under guard.",
    "It is the first since the drought, and “it is here to stay”, an expert says",
    "Sign up or stay out: how the rules changed",
)
BYLINES = {
    "": [],
    "By Jane Doe": ["Jane Doe"],
    "Jane Doe": ["Jane Doe"],
    "Jane Doe, John Roe": ["Jane Doe", "John Roe"],
    "Jane Doe,\nJohn Roe": ["Jane Doe", "John Roe"],
    "by jane doe and john roe": ["Jane Doe", "John Roe"],
    "Jane Doe in Geneva": ["Jane Doe"],
    "Jane Doe\nGeneva\n@janedoe": ["Jane Doe"],
    "Jane Doe\nDiplomatic Editor": ["Jane Doe"],
    "By Jane Doe, Political Editor": ["Jane Doe"],
    "By Jane Doe and agencies": ["Jane Doe", "agencies"],
    "Jane O’Doe-Smith, Mary-Ann van der Roe and J.K. Poe": ["Jane O’Doe-Smith", "Mary-Ann van der Roe", "J.K. Poe"],
}
DATES = (
    "Friday 21 January 2022 16:22",
    "21 January 2022, 4:22pm",
    "Jan 21, 2022 4:22 PM",
    "January 21, 2022 at 4:22 p.m.",
    "2022-01-21 16:22",
    "2022-01-21T16:22:00.000+00:00",
    "21/01/2022 16:22",
    "Fri 21 Jan 2022 16.22 GMT",
    "Published 16:22 GMT, 21 January 2022",
    "First published on Fri 21 Jan 2022 16.22 GMT",
    "16:22, 21 January 2022",
)
CAPTION = "Keeper Aron Holm with his wife, Edda, on the gallery of the light"
CAPTIONS: dict[str, str | None] = {
    "": None,
    CAPTION: "",
    f"<p>{CAPTION} </p>": "",
    f"{CAPTION}\n{CAPTION}": "",
    f"<p>{CAPTION} </p>\n{CAPTION}": "",
    f"{CAPTION}\n<p>{CAPTION}</p>\n(PA)": "PA",
    f"<p>{CAPTION}</p>\n{CAPTION} (AP)": "AP",
    f"<p>{CAPTION}</p>\n{CAPTION}\n(AFP via Getty Images)": "AFP via Getty Images",
    f"{CAPTION} / Getty": "Getty",
}
LABELS = ("", "comments", "Share", "Article bookmarked", "3 min read")


@settings(max_examples=250, deadline=None)
@given(
    headline=st.sampled_from(HEADLINES),
    standfirst=st.sampled_from(STANDFIRSTS),
    byline=st.sampled_from(sorted(BYLINES)),
    date=st.sampled_from(DATES),
    is_date_first=st.booleans(),
    caption=st.sampled_from(sorted(CAPTIONS)),
    labels=st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)),
    story=st.lists(st.sampled_from(SENTENCES), min_size=3, max_size=6, unique=True),
    notices=st.lists(st.sampled_from(NOTICES), min_size=1, max_size=4),
    gap=st.sampled_from(["\n", "\n\n"]),
)
def test_the_parts_of_a_header_are_told_apart(
    headline: str,
    standfirst: str,
    byline: str,
    date: str,
    is_date_first: bool,
    caption: str,
    labels: tuple[str, str],
    story: list[str],
    notices: list[str],
    gap: str,
) -> None:
    stamps = [date, labels[0], byline] if is_date_first else [byline, labels[0], date]
    parts = [headline, standfirst, *stamps, labels[1], caption, story[0], *notices, *story[1:], *notices]
    lines = [line for part in parts if part for line in part.split("\n")]
    article = read(gap.join(lines))
    assert article.headline == headline
    assert article.standfirst == standfirst
    assert [each.name for each in article.bylines] == BYLINES[byline]
    assert article.published_at == datetime(2022, 1, 21, 16, 22, tzinfo=UTC)
    credit = CAPTIONS[caption]
    assert article.pictures == (() if credit is None else (Picture(caption=CAPTION, credit=credit),))
    assert [plain(block.text) for block in article.blocks if isinstance(block, Paragraph)] == story
    assert len(article.blocks) == len(story)
    assert article.dropped == 2 * len(notices) + sum(map(bool, labels))


def read(text: str) -> Article:
    return read_page(text.encode(), name="page.txt", zone="Europe/London", furniture=standard_furniture())
