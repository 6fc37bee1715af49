"""Small things that templates ask for: times in the paper's zone, safe JSON, icons, words for access."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# What would end a script element early, or a line inside one (HTML Standard, "restrictions for contents of script").
JSON_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
TIME_FORMATS = {"long": "j F Y, H:i", "day": "j F Y", "short": "j M, H:i", "clock": "H:i"}
ACCESS_WORDS = {"registered": "Registered", "premium": "Premium", "subscribers": "Subscribers"}
RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "ps", "sd", "ug", "ur", "yi"})
# Paths of icons drawn on a grid of 24, stroked with the colour of the text around them.
ICONS = {
    "arrow": "M4 12h15m-6-6 6 6-6 6",
    "check": "m4 12.5 5.5 5.5L20 7",
    "copy": "M9 9h11v11H9zM15 9V4H4v11h5",
    "edit": "m4 20 1-5L16 4l4 4L9 19z",
    "external": "M14 4h6v6m0-6-9 9M10 5H5v14h14v-5",
    "feed": "M5 12a7 7 0 0 1 7 7M5 5a14 14 0 0 1 14 14M5.5 18.5h.01",
    "gift": "M3 8h18v4H3zm2 4h14v8H5zm7-4v12m0-12C9 8 7 7 7 5.5S9.5 3 12 8c2.5-5 5-4 5-2.5S15 8 12 8",
    "mail": "M3 6h18v13H3zm0 1 9 7 9-7",
    "search": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm5-1.5L21 21",
    "share": "M12 15V4m-4 3 4-4 4 4M6 11H5v10h14V11h-1",
}


@register.filter
def json_ld(data: Any) -> SafeString:
    """Data as JSON that may stand inside a script element, whatever words are in it."""
    return mark_safe(json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(JSON_ESCAPES))


@register.simple_tag
def zone_time(moment: datetime | date | None, form: str = "long") -> SafeString:
    """A time element in the paper's zone: 21 January 2022, 16:22 GMT. Forms: long, day, short, clock."""
    if moment is None:
        return SafeString("")
    if not isinstance(moment, datetime):
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), format_date(moment, "j F Y"))
    local = timezone.localtime(moment, timezone.get_default_timezone())
    words = format_date(local, TIME_FORMATS[form])
    if form == "long":
        words = f"{words} {zone_name(local)}"
    stamp = local.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return format_html('<time datetime="{}">{}</time>', stamp, words)


def zone_name(local: datetime) -> str:
    """The zone's abbreviation, or UTC with the distance where the zone has none."""
    name = local.tzname() or "UTC"
    return f"UTC{name.replace('-', '−')}" if name[:1] in "+-" else name


@register.filter
def access_word(access: str) -> str:
    """The one word printed on a card of a story that is not free; empty for a free one."""
    return ACCESS_WORDS.get(str(access), "")


@register.filter
def joined(names: Iterable[Any]) -> str:
    """Names as in a sentence: A, B and C."""
    words = [str(name) for name in names]
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


@register.filter
def direction(language: str | None) -> str:
    """Writing direction of a language tag: rtl or ltr."""
    return "rtl" if re.split("[-_]", str(language or "").lower())[0] in RIGHT_TO_LEFT else "ltr"


@register.simple_tag
def in_language(language: str, page_language: str = "") -> SafeString:
    """Attributes for words in another language than the page's; nothing where it is the same one."""
    page_language = page_language or settings.LANGUAGE_CODE
    if not language or language.split("-")[0] == page_language.split("-")[0]:
        return SafeString("")
    return format_html(' lang="{}" dir="{}"', language, direction(language))


@register.simple_tag
def icon(name: str) -> SafeString:
    """An inline SVG beside words; it has no name of its own."""
    svg = (
        '<svg class="icon" width="18" height="18" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        '<path d="{}"/></svg>'
    )
    return format_html(svg, ICONS[name])


@register.simple_tag(takes_context=True)
def absolute(context: dict[str, Any], path: str) -> str:
    """A path with scheme and host: the configured ones, else those that were asked."""
    if not path.startswith("/"):
        return path
    if settings.SITE_URL:
        return f"{settings.SITE_URL}{path}"
    request = context.get("request")
    return str(request.build_absolute_uri(path)) if request is not None else path


@register.simple_tag(takes_context=True)
def current(context: dict[str, Any], url: str) -> SafeString:
    """aria-current for a link of the navigation: the page itself, or the part of the paper it is in."""
    path = getattr(context.get("request"), "path", "")
    if path == url:
        return SafeString(' aria-current="page"')
    return SafeString(' aria-current="true"' if url != "/" and path.startswith(url) else "")


@register.simple_tag(takes_context=True)
def page_address(context: dict[str, Any], number: int) -> str:
    """The address of another page of the same list, filters kept: ?q=bridge&page=2."""
    request = context.get("request")
    if request is None:
        return f"?page={number}"
    query = request.GET.copy()
    query.pop("page", None)
    if number > 1:
        query["page"] = str(number)
    return f"?{query.urlencode()}" if query else str(request.path)


@register.filter
def minutes(count: int) -> str:
    """Reading time in words."""
    whole = max(1, math.ceil(count))
    return f"{whole} minute{'' if whole == 1 else 's'}"


@register.filter
def is_checkbox(field: Any) -> bool:
    """Whether a form's field is one box to tick, whose label stands after it."""
    return getattr(field.field.widget, "input_type", "") == "checkbox" and not field.use_fieldset


@register.filter
def is_password(field: Any) -> bool:
    return getattr(field.field.widget, "input_type", "") == "password"
