"""Which lines of a page are furniture: what each line says, weighed with where it stands."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from courant.exchange.page.bylines import is_handle, is_role, read_byline
from courant.exchange.page.furniture import Furniture
from courant.exchange.page.lines import Line, ends_sentence, fold, is_prose, list_mark, word_count

_THREAD = re.compile(
    r"(reply|report|like|likes|share|upvote|recommend|flag|# likes?|\d+ (likes?|replies|upvotes?|votes?)|"
    r"(\d+|an?|one) (second|minute|hour|day|week|month|year)s? ago|edited|permalink|collapse|show replies)"
)
_THREAD_HEAD = re.compile(
    r"((show|view|all|reader|readers|latest|top)? ?\d* ?(comments?|replies)( \d+)?|join the conversation)"
)
_CLOSING_CREDIT = re.compile(
    r"(?:\(?\W*)?(?:additional |with )?(?:reporting|editing|writing|edited|research)\b.{0,12}\bby\b", re.I
)
_FOOT_DATE = re.compile(
    r"\W*(?:first |last )?(?:published|posted|updated|modified|amended|edited|date|this (?:article|story) was)\b",
    re.I,
)
_YEAR_OR_TIME = re.compile(r"\b(?:1[89]|20)\d\d\b|\b\d{1,2}[:.]\d\d\b")
FURTHEST_LINKS = 12
"""Lines: so many headlines at most belong to one heading "Related"."""


def sort_lines(lines: Sequence[Line], furniture: Furniture) -> list[str]:
    """For each line below the headline the class of furniture it belongs to, or an empty text if it is the story's."""
    marks = [furniture.class_of(line.text) or furniture.link_class(line.text) for line in lines]
    _mark_thread(lines, marks)
    _mark_link_lists(lines, marks, furniture)
    _mark_edges(lines, marks, furniture)
    _mark_suspects(lines, marks, furniture)
    _mark_tail(lines, marks)
    return marks


def _mark_thread(lines: Sequence[Line], marks: list[str]) -> None:
    """Readers' comments printed below a heading "Comments": everything from there on, if controls stand among it."""
    heads = [i for i, line in enumerate(lines) if len(line.text) < 40 and _THREAD_HEAD.fullmatch(fold(line.text))]
    if not heads:
        return
    controls = [i for i, line in enumerate(lines) if len(line.text) < 40 and _THREAD.fullmatch(fold(line.text))]
    for head in heads:
        below = len(controls) - bisect_right(controls, head)
        if below >= 3 and below >= 0.2 * (len(lines) - head):
            marks[head:] = ["comments"] * (len(lines) - head)
            return


def _mark_link_lists(lines: Sequence[Line], marks: list[str], furniture: Furniture) -> None:
    """A heading of links and the headlines under it. One short line alone under it may head the story's next part."""
    for index, line in enumerate(lines):
        if not (marks[index] in ("", "related") and furniture.opens_links(line.text)):
            continue
        marks[index] = "related"
        end = index + 1
        while end < len(lines) and end - index <= FURTHEST_LINKS and _can_be_link(lines[end], marks[end]):
            end += 1
        run = range(index + 1, end)
        if len(run) == 1 and word_count(lines[index + 1].text) < 5 and end < len(lines) and not lines[index + 1].links:
            continue
        for place in run:
            marks[place] = marks[place] or "related"


def _can_be_link(line: Line, mark: str) -> bool:
    if mark or line.links:
        return True
    return line.picture is None and len(line.text) <= 160 and not is_prose(line.text) and not line.tagged


def _mark_edges(lines: Sequence[Line], marks: list[str], furniture: Furniture) -> None:
    """Labels that are furniture above the story's first sentence, below its last, beside other furniture or a date."""
    prose = _prose_places(lines, marks)
    first, last = (prose[0], prose[-1]) if prose else (len(lines), -1)
    fixed = [bool(mark) or _is_of_header(i, lines[i]) for i, mark in enumerate(marks)]
    for order in (range(len(lines)), range(len(lines) - 1, -1, -1)):
        for index in order:
            outside = index < first or index > last
            beside = any(0 <= near < len(lines) and fixed[near] for near in (index - 1, index + 1))
            if not marks[index] and (outside or beside) and furniture.is_edge(lines[index].text):
                marks[index] = "label"
                fixed[index] = True


def _is_of_header(place: int, line: Line) -> bool:
    """True for a caption in tags, names near the top, and a short line with a year or a time that is no sentence."""
    text = line.text
    if line.tagged or len(text) > 100:
        return line.tagged
    if _YEAR_OR_TIME.search(text):
        return not is_prose(text) or text[-2:].lower() == "m."
    is_role_line = word_count(text) <= 6 and is_role(text)
    return place < 10 and (is_handle(text) or is_role_line or bool(read_byline(text, bare=True)))


def _mark_suspects(lines: Sequence[Line], marks: list[str], furniture: Furniture) -> None:
    """Lines that sound like furniture and stand right below furniture, with more of it, or nothing, below them."""
    prose = (i for i in reversed(_prose_places(lines, marks)) if not furniture.is_suspect(lines[i].text))
    last = next(prose, -1)
    for index in range(1, len(lines)):
        if marks[index] or not marks[index - 1] or not furniture.is_suspect(lines[index].text):
            continue
        below = index + 1
        while below < len(lines) and not marks[below] and furniture.is_suspect(lines[below].text):
            below += 1
        if index > last or (below < len(lines) and marks[below]):
            marks[index] = "suspect"
    for index in range(1, len(lines) - 1):
        if not marks[index] and marks[index - 1] and marks[index + 1] and furniture.is_scrap(lines[index].text):
            marks[index] = "scrap"


def _mark_tail(lines: Sequence[Line], marks: list[str]) -> None:
    """Below the story's last sentence: scraps that stand between furniture, or short ones after much of it."""
    prose = _prose_places(lines, marks)
    start = prose[-1] + 1 if prose else 0
    marked = [i for i in range(start, len(lines)) if marks[i]]
    for index in range(start, len(lines)):
        if marks[index] or not marked or index < marked[0] or _is_kept(lines[index]):
            continue
        many = bisect_left(marked, index) >= 3 and word_count(lines[index].text) <= 4
        if index < marked[-1] or many or lines[index].links:
            marks[index] = "scrap"


def _is_kept(line: Line) -> bool:
    text = line.text
    is_block = line.block is not None and not line.links
    is_own = bool(list_mark(text)) or line.tagged or line.picture is not None or is_block
    return is_own or ends_sentence(text) or bool(_CLOSING_CREDIT.match(text) or _FOOT_DATE.match(text))


def _prose_places(lines: Sequence[Line], marks: Sequence[str]) -> list[int]:
    return [i for i, line in enumerate(lines) if not marks[i] and (ends_sentence(line.text) or is_prose(line.text))]
