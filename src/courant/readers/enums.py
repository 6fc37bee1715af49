"""The words of this room."""

from enum import StrEnum


class ConsentAct(StrEnum):
    """What a reader did with a legal document: three different things, never one for another."""

    ACCEPTED = "accepted"
    SHOWN = "shown"
    CONSENTED = "consented"


class LegalKind(StrEnum):
    """The documents that registration names; a newsroom may add others under slugs of its own."""

    TERMS = "terms-of-use"
    COOKIES = "cookie-policy"
    PRIVACY = "privacy-notice"
