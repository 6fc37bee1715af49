"""Times as a page prints them, read without guessing.

A time without zone is in the paper's zone. A date without time is midnight there, with a warning. Numbers alone
(03/04/2022) are day before month, except in the zones of the United States and on pages in `en-US`; where both
readings are possible there is a warning. What cannot be known ("2 hours ago", a date without year) is no time.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

from courant.exchange.page.calendars import (
    FILLERS,
    MODIFIED_WORDS,
    MONTH_FIRST_ZONES,
    MONTHS,
    OFFSETS,
    PLACES,
    PUBLISHED_WORDS,
    UNCLEAR_ZONES,
    WEEKDAYS,
)
from courant.exchange.page.lines import LONGEST_LABEL


@dataclass(frozen=True, slots=True)
class DateRules:
    """How this page's dates are read: the paper's zone, and which of two numbers is the month."""

    zone: tzinfo
    month_first: bool = False


@dataclass(slots=True)
class Stamp:
    """What a line says of times; `rest` are the words beside them, `is_relative` marks "2 hours ago"."""

    published_at: datetime | None = None
    modified_at: datetime | None = None
    rest: str = ""
    is_labelled: bool = False
    is_relative: bool = False
    warnings: list[str] = field(default_factory=list)


def date_rules(zone: str, language: str = "") -> DateRules:
    """The rules of a paper in this zone for a page in this language; raises ValueError for an unknown zone."""
    month_first = zone.startswith(MONTH_FIRST_ZONES) or language.casefold() == "en-us"
    return DateRules(zone=ZoneInfo(zone), month_first=month_first)


def _words(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_MONTH = rf"(?P<{{0}}>{_words(MONTHS)})\.?(?!\w)"
_DAY = r"(?P<{0}>\d{{1,2}})(?:st|nd|rd|th|er|º|ª)?"
_FORMS = tuple(
    re.compile(form, re.I)
    for form in (
        r"(?<![\d])(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?![\d])",
        rf"(?<!\d){_DAY.format('d')}\.?[\s\-]*(?:of\s+|de\s+|d['’]\s*|ב)?{_MONTH.format('name')},?"
        r"[\s\-]*(?:de\s+|del\s+)?(?P<y>\d{4})(?!\d)",
        rf"(?<!\w){_MONTH.format('name')}\s*{_DAY.format('d')},?\s+(?P<y>\d{{4}})(?!\d)",
        r"(?<![\d/.])(?P<y>\d{4})[/.](?P<m>\d{1,2})[/.](?P<d>\d{1,2})(?![\d/])",
        r"(?<![\d/.\-])(?P<a>\d{1,2})(?P<sep>[/.\-])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4})(?!\d)",
    )
)
_YEARLESS = re.compile(
    rf"(?<![\w]){_DAY.format('d')}\.?\s+{_MONTH.format('name')}(?!\w)|(?<!\w){_MONTH.format('name2')}\s+\d{{1,2}}(?!\d)",
    re.I,
)
_TIME = re.compile(
    r"(?<![\d.:/])T?(?P<h>\d{1,2})(?:[:.h](?P<m>\d{2})(?!\d)(?::(?P<s>\d{2})(?:[.,]\d{1,9})?)?"
    r"(?:\s?(?P<half>[ap])\.?m\b\.?)?|\s?(?P<half2>[ap])\.?m\b\.?)(?![\d%])",
    re.I,
)
_OFFSET = re.compile(r"(?:(?:gmt|utc)\s?)?(?P<sign>[+\-−])(?P<h>\d{1,2}):?(?P<m>\d{2})?(?!\d)", re.I)
_ZONE = re.compile(rf"(?P<zone>{_words([*OFFSETS, *PLACES, *UNCLEAR_ZONES])})(?!\w)", re.I)
_BEFORE_ZONE = re.compile(r"[\s,(]{0,3}")
_RELATIVE = re.compile(
    r"(?<!\w)(?:(?:\d+|an?|one|two|three|several|few)\+?\s?(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|"
    r"w|weeks?|months?|years?)\s+ago|yesterday|today|just now|moments ago|tomorrow|il y a \d+ \w+|vor \d+ \w+|"
    r"hace \d+ \w+|gestern|heute|hier|ayer|hoy|منذ \d+ \w+|לפני \d+ \w+|אתמול|היום)(?!\w)",
    re.I,
)
_DIGIT = re.compile(r"\d")
_RELATIVE_WORD = re.compile(r"ago|day|now|heute|gestern|hier|ayer|hoy|اليوم|אתמול|היום", re.I)
_PUBLISHED = re.compile(rf"(?<!\w)(?:{_words(PUBLISHED_WORDS)})(?!\w)", re.I)
_MODIFIED = re.compile(rf"(?<!\w)(?:{_words(MODIFIED_WORDS)})(?!\w)", re.I)
_WEEKDAY = re.compile(rf"(?<!\w)(?:יום\s)?(?:{_words(WEEKDAYS)})(?!\w)\.?", re.I)

_MIDNIGHT = "The page gives the day {} without a time; midnight in the paper's zone was taken."


def read_stamp(text: str, rules: DateRules) -> Stamp | None:
    """What a line says of times, or None if it says nothing of them. Long lines are never date lines."""
    if len(text) > LONGEST_LABEL or not (_DIGIT.search(text) or _RELATIVE_WORD.search(text)):
        return None
    sheet = _Sheet(text, rules)
    dates, times = sheet.take_dates(), sheet.take_times()
    labels = sheet.take_labels()
    vague = [] if dates else sheet.take_vague()
    if not dates and not vague and not sheet.impossible and not (labels and times):
        return None
    stamp = Stamp(is_labelled=bool(labels), is_relative=sheet.is_relative, warnings=sheet.warnings)
    for start, end, is_modified in _segments(labels, len(text)):
        moment = sheet.moment([d for d in dates if start <= d.at < end], [t for t in times if start <= t.at < end])
        if moment and is_modified:
            stamp.modified_at = stamp.modified_at or moment
        elif moment:
            stamp.published_at = stamp.published_at or moment
    stamp.warnings += [f"“{found}” cannot be placed in time without knowing when it was written." for found in vague]
    stamp.warnings += [f"“{found}” is no day of the calendar." for found in sheet.impossible]
    stamp.rest = sheet.rest()
    return stamp


def read_moment(text: str, rules: DateRules) -> tuple[datetime | None, list[str]]:
    """One time as metadata state it, in ISO 8601 or as print has it, and the warnings that belong to it."""
    text = text.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        stamp = read_stamp(text, rules)
        return (None, []) if stamp is None else (stamp.published_at or stamp.modified_at, stamp.warnings)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=rules.zone)
    return moment, ([_MIDNIGHT.format(text)] if len(text) <= 10 else [])


@dataclass(frozen=True, slots=True)
class _Found:
    at: int
    value: tuple[int, int, int]
    zone: tzinfo | None = None


class _Sheet:
    """A line from which what was read is wiped out, so that nothing is read twice."""

    def __init__(self, text: str, rules: DateRules) -> None:
        self.text = text
        self.rules = rules
        self.warnings: list[str] = []
        self.impossible: list[str] = []
        self.is_relative = False

    def wipe(self, start: int, end: int) -> None:
        self.text = self.text[:start] + " " * (end - start) + self.text[end:]

    def take_dates(self) -> list[_Found]:
        found = []
        for form in _FORMS:
            for match in list(form.finditer(self.text)):
                day = self._day(match)
                self.wipe(*match.span())
                if day is None:
                    self.impossible.append(match.group())
                else:
                    found.append(_Found(match.start(), day))
        return sorted(found, key=lambda each: each.at)

    def _day(self, match: re.Match[str]) -> tuple[int, int, int] | None:
        groups = match.groupdict()
        if "a" in groups:
            month, day = self._month_and_day(match)
        elif "name" in groups:
            month, day = MONTHS[groups["name"].casefold()], int(groups["d"])
        else:
            month, day = int(groups["m"]), int(groups["d"])
        return _valid_day(int(groups["y"]), month, day)

    def _month_and_day(self, match: re.Match[str]) -> tuple[int, int]:
        first, second = int(match["a"]), int(match["b"])
        month_first = self.rules.month_first and match["sep"] != "."
        if first > 12 or second > 12:
            return (first, second) if second > 12 else (second, first)
        month, day = (first, second) if month_first else (second, first)
        if first != second and match["sep"] != ".":
            order = "month before day" if month_first else "day before month"
            self.warnings.append(f"The date {match.group()} can be read in two ways; it was read {order}.")
        return month, day

    def take_times(self) -> list[_Found]:
        found = []
        for match in list(_TIME.finditer(self.text)):
            hour, half = int(match["h"]), (match["half"] or match["half2"] or "").casefold()
            minute, second = int(match["m"] or 0), int(match["s"] or 0)
            if hour > 23 or minute > 59 or second > 59 or (half and not 1 <= hour <= 12):
                continue
            hour = hour % 12 + 12 * (half == "p") if half else hour
            self.wipe(*match.span())
            found.append(_Found(match.start(), (hour, minute, second), self._take_zone(match.end())))
        return found

    def _take_zone(self, at: int) -> tzinfo | None:
        start = _end(_BEFORE_ZONE.match(self.text, at))
        offset = _OFFSET.match(self.text, start)
        if offset:
            self.wipe(*offset.span())
            minutes = int(offset["h"]) * 60 + int(offset["m"] or 0)
            return _fixed(minutes if offset["sign"] == "+" else -minutes)
        named = _ZONE.match(self.text, start)
        if not named:
            return None
        self.wipe(*named.span())
        return self._named_zone(named["zone"].casefold())

    def _named_zone(self, name: str) -> tzinfo | None:
        if name in PLACES:
            return ZoneInfo(PLACES[name])
        if name in OFFSETS:
            return _fixed(round(OFFSETS[name] * 60))
        self.warnings.append(f"The zone {name.upper()} has several meanings; the paper's zone was taken.")
        return None

    def take_labels(self) -> list[tuple[int, bool]]:
        labels = []
        for pattern, is_modified in ((_MODIFIED, True), (_PUBLISHED, False)):
            for match in list(pattern.finditer(self.text)):
                labels.append((match.start(), is_modified))
                self.wipe(*match.span())
        return sorted(labels)

    def take_vague(self) -> list[str]:
        vague = []
        for pattern in (_RELATIVE, _YEARLESS):
            for match in list(pattern.finditer(self.text)):
                vague.append(match.group())
                self.is_relative = self.is_relative or pattern is _RELATIVE
                self.wipe(*match.span())
        return vague

    def moment(self, dates: list[_Found], times: list[_Found]) -> datetime | None:
        """The first date with the time nearest to it, the one behind it preferred."""
        if not dates:
            return None
        date = dates[0]
        until = dates[1].at if len(dates) > 1 else len(self.text)
        behind = [time for time in times if date.at < time.at < until]
        near = behind[:1] or [time for time in times if time.at < date.at][-1:]
        if not near:
            self.warnings.append(_MIDNIGHT.format("{:04}-{:02}-{:02}".format(*date.value)))
            return datetime(*date.value, tzinfo=self.rules.zone)
        return datetime(*date.value, *near[0].value, tzinfo=near[0].zone or self.rules.zone)

    def rest(self) -> str:
        """The words that are left, without the small words that belong to a date."""
        words = _WEEKDAY.sub(" ", self.text).split()
        for end in (0, -1):
            while words and _is_filler(words[end]):
                words.pop(end)
        return " ".join(words).strip(" ,;:|·•–—-/()[]")


def _segments(labels: list[tuple[int, bool]], length: int) -> list[tuple[int, int, bool]]:
    """The parts of a line that a label governs: from each label to the next; before the first, publication."""
    marks = [(0, False), *labels, (length, False)]
    return [(start, end, kind) for (start, kind), (end, _) in pairwise(marks)]


def _is_filler(word: str) -> bool:
    bare = word.strip(" ,;:|·•–—-/()[].").casefold()
    return not bare or bare in FILLERS


def _valid_day(year: int, month: int, day: int) -> tuple[int, int, int] | None:
    if not 1600 <= year <= 2200:
        return None
    try:
        datetime(year, month, day)  # noqa: DTZ001
    except ValueError:
        return None
    return year, month, day


def _fixed(minutes: int) -> tzinfo | None:
    return timezone(timedelta(minutes=minutes)) if abs(minutes) < 24 * 60 else None


def _end(match: re.Match[str] | None) -> int:
    return match.end() if match else 0
