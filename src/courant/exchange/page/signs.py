"""What single lines near the headline are signs of: a date, a name, a handle, a role, or nothing of the kind."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from courant.exchange.article import Byline, Paragraph, Subheading
from courant.exchange.page.bylines import is_handle, is_label, is_role, read_byline, without_handles
from courant.exchange.page.dates import DateRules, Stamp, read_stamp
from courant.exchange.page.lines import Line, ends_sentence, fold, is_cased, is_prose, word_count

LONGEST_HEADER = 24
"""Lines: no page has more between its headline and its first paragraph, once furniture is out."""

_LABEL_ALONE = re.compile(
    r"(?:first |last |date )?(?:published|posted|updated|modified)(?: on| at)?|(?:written |words )?by|and",
    re.I,
)
_SMALL_TALK = re.compile(
    r"\b(?:\d+\s?-?\s?min(?:ute)?s?(?:\s+(?:read|to read|listen))?|(?:\d+ )?(?:comments?|shares?)|bookmark|save|"
    r"print|read time)\b",
    re.I,
)
_PLACE = re.compile(r"(?:in )?[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){0,2}")


@dataclass(slots=True)
class Sign:
    """What a line is a sign of: `date`, `byline`, `name` (bare), `handle`, `role`, `picture`, nothing ("text"),
    or the end of all headers ("stop": a list, a table)."""

    kind: str
    stamp: Stamp | None = None
    bylines: tuple[Byline, ...] = ()


def join_labels(lines: Sequence[Line]) -> list[Line]:
    """The lines with a label alone ("Published", "By", "and") joined to the line that it belongs to."""
    joined: list[Line] = []
    for index, line in enumerate(lines):
        above = joined[-1] if joined and index <= LONGEST_HEADER else None
        start = _start_of_line(above, line) if above and above.picture is None and line.picture is None else ""
        if above and start:
            joined[-1] = replace(above, text=f"{start} {line.text}")
        else:
            joined.append(line)
    return joined


def _start_of_line(above: Line, line: Line) -> str:
    """The text above if this line goes on where it stops: below a label, or with names on either side."""
    text = above.text
    if len(text) <= 20 and _LABEL_ALONE.fullmatch(text.rstrip(" :")):
        return text.rstrip(" :")
    if fold(line.text) in ("and", "with") and read_byline(text, bare=True):
        return text
    return text if re.search(r" (?:and|with)$|,$", text) and _continues(above, line) else ""


def _continues(before: Line, line: Line) -> bool:
    """True if a byline that ends with "and" or a comma goes on here."""
    start = re.sub(r"(?: (?:and|with)|,)$", "", before.text)
    return bool(read_byline(start, bare=True) and read_byline(line.text, bare=True))


def sign_of(line: Line, rules: DateRules) -> Sign:
    """What this line is a sign of, by itself."""
    text = line.text
    if line.picture is not None:
        return Sign("picture")
    if not isinstance(line.block, Paragraph | Subheading | None):
        return Sign("stop")
    stamp = read_stamp(text, rules)
    if stamp is not None:
        sign = _stamp_sign(text, stamp)
        if sign is not None:
            return sign
    if is_handle(text):
        return Sign("handle")
    labelled = read_byline(text)
    if labelled or is_label(text):
        return Sign("byline", bylines=labelled)
    bare = read_byline(text, bare=True)
    kind = "byline" if without_handles(text) != text.strip() else "name"
    return Sign(kind, bylines=bare) if bare else Sign("text")


def _stamp_sign(text: str, stamp: Stamp) -> Sign | None:
    """A date line, if nothing but names, a place or small talk ("5 min read") stands beside the date."""
    rest = _SMALL_TALK.sub(" ", stamp.rest).strip(" ,;:|·•–—-/()")
    if not rest or is_handle(rest):
        return Sign("date", stamp)
    if ends_sentence(text) and not text.endswith(("m.", "M.", ":")):
        return None
    names = read_byline(rest, bare=True)
    if names:
        return Sign("date", stamp, names)
    has_time = stamp.published_at or stamp.modified_at
    is_place = bool(_PLACE.fullmatch(rest)) and rest[:1].isupper()
    return Sign("date", stamp) if has_time and (is_place or (stamp.is_labelled and word_count(rest) <= 3)) else None


def is_date_line(text: str, rules: DateRules) -> Stamp | None:
    """What a line says of times if that is all it says."""
    stamp = read_stamp(text, rules)
    return stamp if stamp is not None and _stamp_sign(text, stamp) is not None else None


def settle_names(lines: Sequence[Line], signs: list[Sign]) -> None:
    """Bare names are bylines only beside a date, a byline or a handle, or alone between standfirst and story."""
    firm = {i for i, sign in enumerate(signs) if sign.kind in ("date", "byline", "handle")}
    for index, sign in enumerate(signs):
        if sign.kind != "name":
            continue
        reach = 4 if is_cased(lines[index].text) else 1
        near = [i for i in firm if abs(i - index) <= reach and _is_short_between(lines, index, i)]
        if not near and (firm or not _is_lone_name(lines, index)):
            signs[index] = Sign("text")
    for index, sign in enumerate(signs):
        before = signs[index - 1].kind if index else ""
        after = signs[index + 1].kind if index + 1 < len(signs) else ""
        if sign.kind == "text" and before in ("byline", "name", "role") and _is_role_line(lines[index].text, after):
            signs[index] = Sign("role")


def _is_lone_name(lines: Sequence[Line], index: int) -> bool:
    """True for a name right below the headline or one line of standfirst, with a sentence below it."""
    text = lines[index].text
    is_high = index == 0 or (index == 1 and word_count(lines[0].text) >= 5)
    below = next((line for line in lines[index + 1 : index + 4] if line.picture is None), None)
    is_above_story = below is not None and ends_sentence(below.text)
    return is_high and is_above_story and is_cased(text) and text != text.upper()


def _is_short_between(lines: Sequence[Line], one: int, two: int) -> bool:
    between = lines[min(one, two) + 1 : max(one, two)]
    return all(line.picture is None and word_count(line.text) <= 6 and not is_prose(line.text) for line in between)


def _is_role_line(text: str, after: str) -> bool:
    """True for a line below a name that says what or where the person is."""
    if word_count(text) > 7 or ends_sentence(text) or not is_cased(text):
        return False
    return is_role(text) or (after in ("date", "byline", "handle") and word_count(text) <= 4)
