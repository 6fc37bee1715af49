"""The tags and filters of the templates (src/courant/theme/templatetags/theme.py)."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.test import RequestFactory, override_settings

from courant.theme.templatetags import theme
from courant.wall.enums import Access

pytestmark = pytest.mark.anydb


def printed(source: str, **context: object) -> str:
    return Template("{% load theme %}" + source).render(Context(context))


@override_settings(TIME_ZONE="Europe/London")
def test_times_are_printed_in_the_papers_zone_with_its_name() -> None:
    moment = datetime(2022, 7, 21, 16, 22, tzinfo=UTC)
    assert theme.zone_time(moment) == '<time datetime="2022-07-21T16:22:00Z">21 July 2022, 17:22 BST</time>'
    assert ">21 July 2022<" in theme.zone_time(moment, "day")
    assert ">21 Jul, 17:22<" in theme.zone_time(moment, "short")
    assert ">17:22<" in theme.zone_time(moment, "clock")


def test_a_zone_without_a_name_is_printed_as_its_distance() -> None:
    with override_settings(TIME_ZONE="America/Sao_Paulo"):
        assert theme.zone_time(datetime(2022, 1, 1, 2, 0, tzinfo=UTC)).endswith(
            ">31 December 2021, 23:00 UTC−03</time>"
        )
    with override_settings(TIME_ZONE="Asia/Dubai"):
        assert theme.zone_time(datetime(2022, 1, 1, 2, 0, tzinfo=UTC)).endswith(">1 January 2022, 06:00 UTC+04</time>")


def test_a_date_has_no_time_and_nothing_prints_nothing() -> None:
    assert theme.zone_time(date(2022, 1, 9)) == '<time datetime="2022-01-09">9 January 2022</time>'
    assert theme.zone_time(None) == ""


def test_json_cannot_leave_its_script_element() -> None:
    data = {"headline": "</script><script>alert(1)</script> & <!-- \u2028\u2029 “quoted”"}
    inside = theme.json_ld(data)
    assert not re.search("[<>&\u2028\u2029]", inside)
    assert "“quoted”" in inside
    assert json.loads(inside) == data


@pytest.mark.parametrize(
    ("access", "word"),
    [
        (Access.FREE, ""),
        (Access.REGISTERED, "Registered"),
        (Access.PREMIUM, "Premium"),
        (Access.SUBSCRIBERS, "Subscribers"),
    ],
)
def test_every_access_but_free_has_a_word(access: Access, word: str) -> None:
    assert theme.access_word(access) == word


def test_names_are_joined_as_in_a_sentence() -> None:
    assert theme.joined([]) == ""
    assert theme.joined(["Ada"]) == "Ada"
    assert theme.joined(("Ada", "Ben")) == "Ada and Ben"
    assert theme.joined(["Ada", "Ben", "Cleo"]) == "Ada, Ben and Cleo"


def test_direction_follows_the_language() -> None:
    assert [theme.direction(tag) for tag in ("ar", "he-IL", "fa_IR", "en-gb", "", None)] == [
        "rtl", "rtl", "rtl", "ltr", "ltr", "ltr",
    ]  # fmt: skip


def test_words_in_another_language_say_so() -> None:
    assert theme.in_language("ar", "en-gb") == ' lang="ar" dir="rtl"'
    assert theme.in_language("de", "en-gb") == ' lang="de" dir="ltr"'
    assert theme.in_language("en", "en-gb") == ""
    assert theme.in_language("", "en-gb") == ""


def test_every_icon_is_hidden_from_assistive_technology() -> None:
    for name in theme.ICONS:
        assert 'aria-hidden="true"' in theme.icon(name)


def test_addresses_carry_the_configured_host_or_the_one_that_was_asked() -> None:
    request = RequestFactory().get("/world/", HTTP_HOST="testserver")
    with override_settings(SITE_URL="https://paper.example"):
        assert printed("{% absolute '/world/' %}", request=request) == "https://paper.example/world/"
    with override_settings(SITE_URL=""):
        assert printed("{% absolute '/world/' %}", request=request) == "http://testserver/world/"
        assert printed("{% absolute '/world/' %}") == "/world/"
        assert printed("{% absolute 'https://elsewhere.example/' %}") == "https://elsewhere.example/"


@pytest.mark.parametrize(
    ("path", "url", "mark"),
    [
        ("/world/", "/world/", ' aria-current="page"'),
        ("/world/a-story/", "/world/", ' aria-current="true"'),
        ("/worldly/", "/world/", ""),
        ("/world/", "/", ""),
        ("/", "/", ' aria-current="page"'),
    ],
)
def test_navigation_marks_where_the_reader_is(path: str, url: str, mark: str) -> None:
    assert printed("{% current url %}", request=RequestFactory().get(path), url=url) == mark


def test_paging_keeps_the_filters() -> None:
    request = RequestFactory().get("/search/?q=bridge&free=on&page=3")
    assert printed("{% page_address 2 %}", request=request) == "?q=bridge&amp;free=on&amp;page=2"
    assert printed("{% page_address 1 %}", request=request) == "?q=bridge&amp;free=on"
    assert printed("{% page_address 1 %}", request=RequestFactory().get("/world/?page=2")) == "/world/"
    assert printed("{% page_address 2 %}") == "?page=2"


def test_reading_time_is_at_least_a_minute() -> None:
    assert [theme.minutes(count) for count in (0, 1, 2)] == ["1 minute", "1 minute", "2 minutes"]
