"""Date lines of many papers; what cannot be known gives a warning, never a guess."""

import pytest

from courant.exchange.page.dates import date_rules, read_moment, read_stamp

LONDON = date_rules("Europe/London")


@pytest.mark.parametrize(
    ("line", "published", "modified", "rest"),
    [
        ("Friday 21 January 2022 16:22", "2022-01-21T16:22:00+00:00", None, ""),
        ("Fri 21 Jan 2022 16.22 GMT", "2022-01-21T16:22:00+00:00", None, ""),
        ("1 July 2022 16:22", "2022-07-01T16:22:00+01:00", None, ""),
        ("Friday 21 January 2022 16:22, UK", "2022-01-21T16:22:00+00:00", None, ""),
        ("January 21, 2022 4:22 PM EST", "2022-01-21T16:22:00-05:00", None, ""),
        ("July 21, 2022, 4:22 p.m. ET", "2022-07-21T16:22:00-04:00", None, ""),
        ("2022-01-21T16:22:00Z", "2022-01-21T16:22:00+00:00", None, ""),
        ("2022-01-21 16:22:00+01:00", "2022-01-21T16:22:00+01:00", None, ""),
        ("21/01/2022 16:22", "2022-01-21T16:22:00+00:00", None, ""),
        ("21.01.2022, 16:22 Uhr", "2022-01-21T16:22:00+00:00", None, ""),
        ("16:22, 21 January 2022", "2022-01-21T16:22:00+00:00", None, ""),
        ("21 de enero de 2022 a las 16:22", "2022-01-21T16:22:00+00:00", None, ""),
        ("21 בינואר 2022 16:22", "2022-01-21T16:22:00+00:00", None, ""),
        ("الجمعة ٢١ يناير ٢٠٢٢ ١٦:٢٢", "2022-01-21T16:22:00+00:00", None, ""),
        ("Updated 4:22 PM ET, Fri January 21, 2022", None, "2022-01-21T16:22:00-05:00", ""),
        ("Last modified on Fri 21 Jan 2022 17.22 GMT", None, "2022-01-21T17:22:00+00:00", ""),
        (
            "PUBLISHED: 16:22, 21 January 2022 | UPDATED: 17:30, 21 January 2022",
            "2022-01-21T16:22:00+00:00",
            "2022-01-21T17:30:00+00:00",
            "",
        ),
        (
            "Publié le 21 janvier 2022 à 16h22, mis à jour le 21 janvier 2022 à 18h05",
            "2022-01-21T16:22:00+00:00",
            "2022-01-21T18:05:00+00:00",
            "",
        ),
        ("Posted by Jane Doe on January 21, 2022 at 4:22 pm", "2022-01-21T16:22:00+00:00", None, "by Jane Doe"),
        ("Geneva, 21 January 2022 09:00", "2022-01-21T09:00:00+00:00", None, "Geneva"),
    ],
)
def test_dates_of_many_papers(line: str, published: str | None, modified: str | None, rest: str) -> None:
    stamp = read_stamp(line, LONDON)
    assert stamp is not None
    found = [each.isoformat() if each else None for each in (stamp.published_at, stamp.modified_at)]
    assert (found, stamp.rest, stamp.warnings) == ([published, modified], rest, [])


@pytest.mark.parametrize(
    ("line", "warning"),
    [
        ("2 hours ago", "“2 hours ago” cannot be placed in time without knowing when it was written."),
        ("Updated yesterday", "“yesterday” cannot be placed in time without knowing when it was written."),
        ("21 January", "“21 January” cannot be placed in time without knowing when it was written."),
        ("31/31/2022", "“31/31/2022” is no day of the calendar."),
        ("30 February 2022", "“30 February 2022” is no day of the calendar."),
    ],
)
def test_what_cannot_be_known_is_no_time(line: str, warning: str) -> None:
    stamp = read_stamp(line, LONDON)
    assert stamp is not None
    assert (stamp.published_at, stamp.modified_at, stamp.warnings) == (None, None, [warning])


@pytest.mark.parametrize("line", ["16:22", "The talks opened at noon.", "Page 3", "", "x" * 300 + " 21 January 2022"])
def test_lines_without_a_date(line: str) -> None:
    assert read_stamp(line, LONDON) is None


@pytest.mark.parametrize(
    ("zone", "language", "expected"),
    [
        ("Europe/London", "", "2022-04-03"),
        ("Europe/London", "en-US", "2022-03-04"),
        ("America/New_York", "", "2022-03-04"),
        ("America/Mexico_City", "es", "2022-04-03"),
    ],
)
def test_numbers_alone_follow_the_papers_country(zone: str, language: str, expected: str) -> None:
    stamp = read_stamp("03/04/2022 10:00", date_rules(zone, language))
    assert stamp is not None
    assert stamp.published_at is not None
    assert stamp.published_at.date().isoformat() == expected
    assert len(stamp.warnings) == 1


def test_numbers_that_leave_no_choice_need_no_warning() -> None:
    stamp = read_stamp("01/21/2022 10:00", LONDON)
    assert stamp is not None
    assert stamp.published_at is not None
    assert (stamp.published_at.isoformat(), stamp.warnings) == ("2022-01-21T10:00:00+00:00", [])


def test_a_zone_with_two_meanings_is_the_papers() -> None:
    stamp = read_stamp("21 January 2022 16:22 CST", date_rules("America/Chicago"))
    assert stamp is not None
    assert stamp.published_at is not None
    assert stamp.published_at.isoformat() == "2022-01-21T16:22:00-06:00"
    assert stamp.warnings == ["The zone CST has several meanings; the paper's zone was taken."]


@pytest.mark.parametrize(
    ("text", "expected", "warnings"),
    [
        ("2022-01-21T16:22:00", "2022-01-21T16:22:00+00:00", 0),
        ("2022-07-21T16:22:00.123Z", "2022-07-21T16:22:00.123000+00:00", 0),
        ("2022-01-21", "2022-01-21T00:00:00+00:00", 1),
        ("Fri, 21 Jan 2022 16:22:00 +0000", "2022-01-21T16:22:00+00:00", 0),
        ("Fri Jan 21 2022 16:22:00 GMT+0100 (CET)", "2022-01-21T16:22:00+01:00", 0),
        ("soon", None, 0),
    ],
)
def test_times_of_metadata(text: str, expected: str | None, warnings: int) -> None:
    moment, found = read_moment(text, LONDON)
    assert (moment.isoformat() if moment else None, len(found)) == (expected, warnings)
