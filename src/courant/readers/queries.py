"""Reads: accounts by address, the documents in force, what a reader agreed to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from wagtail.models import Page

from courant.lib.addresses import path_on_site
from courant.readers.models import IN_PASSES, ConsentRecord, LegalDocument, Reader, language_of_paper
from courant.wall.given import link_of
from courant.wall.models import Gift


def account_at(email: str) -> Reader | None:
    """The account of an address, whatever its case, open or closed."""
    return Reader.objects.filter(email=email.strip().lower()).first()


def is_unproven(reader: Reader) -> bool:
    """Whether nobody has shown yet that the address is theirs: whoever does may have the account."""
    if reader.last_login or reader.has_usable_password() or not reader.is_active:
        return False
    return not EmailAddress.objects.filter(user=reader, verified=True).exists()


def is_other_in_passes(reader: Reader, update_fields: Iterable[str] | None) -> bool:
    """Whether saving these fields (None: all) changes what a pass of the account says or rests on."""
    names = sorted(IN_PASSES.intersection(IN_PASSES if update_fields is None else update_fields))
    if reader._state.adding or not names:
        return False
    kept = Reader.objects.filter(pk=reader.pk).values(*names).first()
    return kept is not None and any(kept[name] != getattr(reader, name) for name in names)


def is_first_proof(address: EmailAddress) -> bool:
    """Whether the account had no proven address before this one."""
    return not EmailAddress.objects.filter(user=address.user_id, verified=True).exclude(pk=address.pk).exists()


def documents_in_force(on: date) -> QuerySet[LegalDocument]:
    """The newest version of each document in the paper's language, by title."""
    return LegalDocument.objects.in_force(on).filter(language=language_of_paper()).order_by("title")


def document_version(kind: str, version: int) -> LegalDocument:
    """One version in the paper's language; Http404 if there is none."""
    return get_object_or_404(LegalDocument, kind=kind, version=version, language=language_of_paper())


def versions_of(kind: str) -> QuerySet[LegalDocument]:
    """Every version of a document, the newest first, without the texts."""
    return LegalDocument.objects.filter(kind=kind, language=language_of_paper()).order_by("-version").defer("body")


def agreements_of(reader: Reader) -> QuerySet[ConsentRecord]:
    """What the reader agreed to or was shown, the latest first, with the documents but not their texts."""
    return ConsentRecord.objects.filter(reader=reader).select_related("document").defer("document__body")


@dataclass(frozen=True)
class GivenStory:
    """A gift as its giver sees it. `state`: open, ended, revoked, withdrawn; no headline where withdrawn."""

    gift: Gift
    headline: str
    address: str
    state: str

    @property
    def link(self) -> str:
        return link_of(self.gift, self.address)

    @property
    def state_in_words(self) -> str:
        return {
            "open": "",
            "ended": "The gift has ended.",
            "revoked": "You took the gift back.",
            "withdrawn": "The paper has withdrawn the story: the link opens nothing.",
        }[self.state]

    @property
    def opened_in_words(self) -> str:
        times = {0: "not at all yet" if self.state == "open" else "not at all", 1: "once", 2: "twice"}
        return f"Opened {times.get(self.gift.opened, f'{self.gift.opened} times')}."


def given_stories(gifts: Iterable[Gift], *, now: datetime) -> list[GivenStory]:
    """Gifts with the stories they give, in their order; two queries, however many there are."""
    gifts = list(gifts)
    pages = Page.objects.live().public().in_bulk([gift.story_id for gift in gifts]) if gifts else {}
    return [given_story(gift, pages.get(gift.story_id), now) for gift in gifts]


def given_story(gift: Gift, page: Page | None, now: datetime) -> GivenStory:
    if page is None:
        return GivenStory(gift, "", "", "withdrawn")
    state = "revoked" if gift.revoked_at else "ended" if gift.ends_at <= now else "open"
    return GivenStory(gift, page.title, path_on_site(page.url_path), state)
