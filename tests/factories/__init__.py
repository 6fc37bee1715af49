"""One plain factory for each model: real rows, sensible defaults, every field open to the caller.

Times are fixed, so that what a test prints does not depend on the day it runs.
"""

from tests.factories.accounts import PASSWORD, make_reader
from tests.factories.gifts import make_gift
from tests.factories.pages import (
    PUBLISHED_AT,
    block,
    make_author,
    make_front,
    make_paper,
    make_section,
    make_story,
    make_topic,
    paragraph,
    wall,
)
from tests.factories.pictures import make_picture, picture_file

__all__ = [
    "PASSWORD",
    "PUBLISHED_AT",
    "block",
    "make_author",
    "make_front",
    "make_gift",
    "make_paper",
    "make_picture",
    "make_reader",
    "make_section",
    "make_story",
    "make_topic",
    "paragraph",
    "picture_file",
    "wall",
]
