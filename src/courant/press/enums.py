"""The words of this room."""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of an address that was to be pressed."""

    PRESSED = "pressed"
    FETCHED = "fetched"  # another host had printed it
    OVERTAKEN = "overtaken"  # withdrawn while it was being printed: it is wanted again
    NO_PAGE = "no_page"  # nothing public stands there, or nothing that is stored
    FAILED = "failed"


class Share(StrEnum):
    """How hosts share what one of them has printed."""

    NONE = "none"
    DATABASE = "database"
