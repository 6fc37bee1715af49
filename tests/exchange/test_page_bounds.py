"""Whatever the bytes: a story or a PageError, soon; and furniture around a story never changes the story."""

import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from courant.exchange.article import Article, Paragraph, Subheading
from courant.exchange.page.errors import PageError
from courant.exchange.page.furniture import standard_furniture
from courant.exchange.page.inline import plain
from courant.exchange.page.reader import read_page

SECONDS = 20
"""Far above what any of these takes on a slow machine, far below what a quadratic pattern would."""

SENTENCES = (
    "The harbour master said that the boat would sail at dawn.",
    "Register to vote by Friday, the council urged.",
    "Residents must register before the end of March.",
    "“Register for free to continue reading,” the sign said.",
    "Sign in at the hut, and take a map.",
    "The council’s website asked him to sign in twice.",
    "Comments were closed by noon.",
    "She declined to comment.",
    "Subscribe? Few did.",
    "“Share this,” she said, and broke the bun in two.",
    "A newsletter for beekeepers has more readers than the paper.",
    "Cookies were handed out at the door.",
    "Most popular was the lemon cake.",
    "Follow the river to the mill.",
    "Join the queue at the back, said the guard.",
    "By signing the treaty, both sides agreed to talk.",
    "By registering their boats, owners pay a fee of £12.",
    "More on the harbour next week, the mayor promised.",
    "Copyright law changed in 2022, when the court ruled.",
    "The privacy policy was written by a committee of nine.",
    "Already a member of the club, he needed no card.",
    "Support for the plan has fallen.",
    "Please refresh the tea, she asked.",
    "Members get in free on Mondays.",
    "Readers can register at the library from Monday.",
    "It was over.",
    "“No.”",
    "Nobody clapped.",
    "It will meet again on 21 January 2022 at ten.",
    "He works for Reuters and the AP.",
    "NOBODY HAS SEEN THE BIRD SINCE.",
)
NOTICES = (
    "Register for free to continue reading",
    "Registration is a free and easy way to support our truly independent journalism",
    "By registering, you will also enjoy limited access to Premium articles, exclusive newsletters, commenting, "
    "and virtual events with our leading journalists",
    "Already have an account? sign in",
    "By clicking ‘Register’ you confirm that your data has been entered correctly and you have read and agree to "
    "our Terms of use, Cookie policy and Privacy notice",
    "This site is protected by reCAPTCHA and the Google Privacy policy and Terms of service apply",
    "Join thought-provoking conversations, follow other readers and see their replies",
    "Want to bookmark your favourite articles and stories to read or reference later?",
    "Please refresh the page or navigate to another page on the site to be automatically logged in",
    "Please refresh your browser to be logged in",
    "Create a free account to carry on reading",
    "You have 3 free articles left this month",
    "Advertisement",
    "Story continues below advertisement",
    "Sign up to our newsletter",
    "Get the day’s headlines in your inbox every morning",
    "Enter your email address",
    "Share this article",
    "Copy link",
    "Follow us on Twitter",
    "Be the first to comment",
    "We use cookies to improve your experience on our site",
    "© 2022 The Meridian. All rights reserved.",
    "Back to top",
)
LAST_NOTICES = ("Recommended", "Most popular", "Comments", "Share", "More", "Topics", "Subscribe", "Sign in")


def read(data: bytes, name: str) -> Article | None:
    try:
        return read_page(data, name=name, zone="Europe/London", furniture=standard_furniture())
    except PageError as error:
        assert str(error).strip().endswith(".")  # noqa: PT017 - whatever is refused is refused in a sentence
        return None


names = st.sampled_from(["page", "page.txt", "page.html"])
scraps = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<html>",
        "<div",
        "<table><tr><td>",
        "<ul><li>",
        "<blockquote>",
        "<figure><img src=x>",
        "&amp;",
        "&#0;",
        "By ",
        "Jane Doe",
        "21 January 2022",
        "2 hours ago",
        "\n",
        "\n\n",
        "(AP)",
        "Photo: X",
        "“",
        "<!--",
        "-->",
        "]]>",
        '<script type="application/ld+json">',
        '{"@type":"NewsArticle","headline":1,"author":[{}]}',
        "</script>",
        "<h1>",
        "Recommended\n",
        "Comments\n",
        "Reply\n",
        "Image caption,",
        "• x\n",
        "1. y\n",
        "# ",
        "\u202e",
        "\x00",
        "é",
        "ש",
    ]
)
soup = st.lists(scraps | st.text(max_size=12), max_size=40).map("".join)


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=400), name=names)
@example(data=b"\xff\xfe", name="page")
@example(data=b"<", name="page.html")
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    read(data, name)


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=400), name=names)
def test_any_text_is_read_or_refused(text: str, name: str) -> None:
    read(text.encode("utf-8", "surrogatepass"), name)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=soup, name=names)
def test_any_soup_of_tags_and_signs_is_read_or_refused(text: str, name: str) -> None:
    article = read(text.encode("utf-8", "surrogatepass"), name)
    if article is not None:
        assert article.headline
        assert article.published_at is None or article.published_at.utcoffset() is not None
        assert all("<script" not in block.text for block in article.blocks if isinstance(block, Paragraph))


stories = st.lists(st.sampled_from(SENTENCES), min_size=2, max_size=9, unique=True)
notices = st.lists(st.sampled_from(NOTICES), max_size=6)


@settings(max_examples=200, deadline=None)
@given(story=stories, data=st.data(), gap=st.sampled_from(["\n", "\n\n"]))
def test_furniture_around_a_story_leaves_the_story_as_it_is(story: list[str], data: st.DataObject, gap: str) -> None:
    header = ["A heron moves in", "The mayor is not pleased about it", "By Jane Doe", "21 January 2022 16:22"]
    lines, count = list(header), 0
    for paragraph in story:
        between = data.draw(notices)
        count += len(between)
        lines += [*between, paragraph]
    last = data.draw(notices.filter(bool)) + data.draw(st.lists(st.sampled_from(LAST_NOTICES), max_size=3))
    article = read(gap.join([*lines, *last]).encode(), "page.txt")
    assert article is not None
    assert texts_of(article) == story
    assert (article.headline, article.standfirst) == ("A heron moves in", "The mayor is not pleased about it")
    assert [each.name for each in article.bylines] == ["Jane Doe"]
    assert article.dropped == count + len(last)


@settings(max_examples=100, deadline=None)
@given(story=stories, data=st.data())
def test_furniture_in_html_leaves_the_story_as_it_is(story: list[str], data: st.DataObject) -> None:
    parts = ["<html><head><title>A heron moves in</title></head><body><article><h1>A heron moves in</h1>"]
    for paragraph in story:
        parts += [f"<p>{each}</p>" for each in data.draw(notices)]
        parts.append(f"<p>{paragraph}</p>")
    article = read("".join([*parts, "</article></body></html>"]).encode(), "page.html")
    assert article is not None
    assert texts_of(article) == story


def texts_of(article: Article) -> list[str]:
    assert all(isinstance(block, Paragraph | Subheading) for block in article.blocks)
    return [plain(block.text) for block in article.blocks if isinstance(block, Paragraph | Subheading)]


SIZE = 500_000


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "a",
            "By ",
            "“",
            "(",
            "<",
            "<a ",
            "<p>",
            "&amp;",
            "1",
            "21 January 2022 ",
            "a/",
            ":",
            "# ",
            "\u00a0",
            "[x](",
            "{{",
        ),
        *(
            "Register for free to continue reading\n",
            "please " * 90 + "\n",
            "by clicking you you you confirm " * 9 + "\n",
        ),
        *(
            "x all rights reserved " * 9 + "\n",
            "a/b via AP/AP " * 9 + "\n",
            "Comments\nReply to the man in the shop.\n" * 3,
        ),
        *("your inbox " * 40 + "\n", "Photo: A B C D E F, G H I J K\n" * 3, "word " * 15 + "\n"),
    ],
    ids=lambda unit: repr(unit[:24]),
)
@pytest.mark.parametrize("name", ["page.txt", "page.html"])
def test_no_text_takes_long(unit: str, name: str) -> None:
    start = "<html><body><h1>Head line</h1><p>" if name.endswith("html") else "A headline stands here\n"
    began = time.process_time()
    read((start + unit * (SIZE // len(unit))).encode(), name)
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize(
    "unit",
    [
        *("<p>x y z.</p>", "<b><i>x", "<div><p>x y z.", "<ul><li>x", "<table><tr><td>x", "<a href=/x>x</a>", "<br>x"),
        *("<figure><img src=/x.jpg>", "<blockquote>x", "<!--", "<time datetime=2022-01-21>x</time>", "<em> x </em>"),
        *(
            '<script type="application/ld+json">{"@type":"NewsArticle","headline":"x"}</script>',
            "<meta name=author content=x>",
        ),
    ],
)
def test_no_html_takes_long(unit: str) -> None:
    began = time.process_time()
    read(("<html><body><h1>Head line</h1>" + unit * (30_000 // unit.count("<"))).encode(), "page.html")
    assert time.process_time() - began < SECONDS
