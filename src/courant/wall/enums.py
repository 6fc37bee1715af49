"""The words of the wall; docs/rules/access.md explains each."""

from enum import StrEnum


class Access(StrEnum):
    """To whom a story is open."""

    FREE = "free"
    REGISTERED = "registered"
    PREMIUM = "premium"
    SUBSCRIBERS = "subscribers"


class ReaderState(StrEnum):
    """What the paper knows of whoever asks."""

    STRANGER = "stranger"
    REGISTERED = "registered"
    SUBSCRIBER = "subscriber"
    STAFF = "staff"


class Extent(StrEnum):
    """How much of a story is shown."""

    FULL = "full"
    PREVIEW = "preview"


class Reason(StrEnum):
    """Why a story is shown in full or as a preview."""

    FREE = "free"
    REGISTERED = "registered"
    WITHIN_METER = "within_meter"
    ALREADY_OPENED = "already_opened"
    SUBSCRIBER = "subscriber"
    STAFF = "staff"
    GIFT = "gift"
    INSTITUTION = "institution"
    SAMPLE = "sample"
    SIGN_IN_NEEDED = "sign_in_needed"
    SUBSCRIPTION_NEEDED = "subscription_needed"
    METER_SPENT = "meter_spent"
    METER_UNREACHABLE = "meter_unreachable"
    CLOSED_ACCOUNT = "closed_account"


class Wall(StrEnum):
    """Which wall stands under a preview; NONE under a story in full. OPEN offers to open it by a visit."""

    NONE = "none"
    OPEN = "open"
    REGISTRATION = "registration"
    METER = "meter"
    SUBSCRIPTION = "subscription"
    RETRY = "retry"
    CLOSED = "closed"


class GiftFault(StrEnum):
    """Why a gift link does not open the story at whose address it was followed."""

    ALTERED = "altered"
    OTHER_STORY = "other_story"
    ENDED = "ended"
    REVOKED = "revoked"
    UNREACHABLE = "unreachable"
