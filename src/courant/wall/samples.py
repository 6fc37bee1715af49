"""The samples' cookie: which stories a stranger opened this month, signed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.core import signing

from courant.wall.models import GREATEST_STORY_ID, MOST_SAMPLES
from courant.wall.passes import cookie_names

SALT = "courant.wall.samples"
LONGEST_COOKIE = 4096


def cookie_name() -> str:
    return cookie_names(settings.SESSION_COOKIE_SECURE).samples


def write(story_ids: Iterable[int], month: date) -> str:
    """The cookie's value; of more stories than fit, the lowest numbers stay out."""
    return signing.dumps([month.isoformat(), sorted(story_ids)[-MOST_SAMPLES:]], salt=SALT)


def read(value: str, month: date) -> frozenset[int]:
    """The stories of a cookie of this month; none from one that is altered, foreign, old, or too long."""
    if not value or len(value) > LONGEST_COOKIE:
        return frozenset()
    try:
        content = signing.loads(value, salt=SALT)
    except (signing.BadSignature, ValueError):
        return frozenset()
    return frozenset(content[1]) if is_sound(content, month) else frozenset()


def is_sound(content: Any, month: date) -> bool:
    if not isinstance(content, list) or len(content) != 2 or content[0] != month.isoformat():
        return False
    ids = content[1]
    return isinstance(ids, list) and len(ids) <= MOST_SAMPLES and all(map(is_story_id, ids))


def is_story_id(value: Any) -> bool:
    return type(value) is int and 0 < value <= GREATEST_STORY_ID
