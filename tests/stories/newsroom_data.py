"""The newsroom as a test drives it: accounts, and the forms a browser would send."""

from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from courant.readers.models import Reader
from courant.stories.models import FrontPage, SectionPage, StoryPage
from courant.stories.newsroom.setup import ensure_newsroom
from tests.factories import make_paper, make_reader


def make_newsroom() -> FrontPage:
    front = make_paper()
    if not Collection.objects.exists():  # a test that commits leaves nothing of Wagtail's first rows
        Collection.add_root(name="Root")
    ensure_newsroom(front=front)
    return front


def make_member(group: str, email: str = "", **values: Any) -> Reader:
    """An account of the newsroom, in one of its groups."""
    member = make_reader(email or f"{group.lower()}@paper.example", state="staff", **values)
    member.groups.add(Group.objects.get(name=group))
    return member


def enter(member: Reader) -> Client:
    client = Client()
    client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def story_form(**fields: Any) -> dict[str, Any]:
    """The story form as a browser sends it; `body` is a list of (kind, value), a str value of a paragraph is text."""
    body = [
        (kind, rich_text(value) if kind == "paragraph" else value)
        for kind, value in fields.pop("body", [("paragraph", "<p>Grey water.</p>")])
    ]
    bylines = fields.pop("bylines", [{"name": "Ada Moreau", "role": "", "author": ""}])
    data = {
        "title": "A headline",
        "slug": "a-headline",
        "kicker": "", "short_headline": "", "standfirst": "A standfirst.", "dateline": "",
        "lead_picture": "", "lead_caption": "", "lead_credit": "",
        "access": "", "free_from": "", "free_until": "", "sensitive_note": "",
        "published_at": "", "updated_at": "", "what_changed": "", "embargoed_until": "",
        "canonical_link": "", "language": "", "seo_title": "", "search_description": "",
        "go_live_at": "", "expire_at": "",
        "body": streamfield(body),
        "bylines": inline_formset(bylines, initial=sum("id" in byline for byline in bylines)),
        "topic_links": inline_formset([]),
        "corrections": inline_formset([]),
        "comments": inline_formset([]),
        **fields,
    }  # fmt: skip
    return nested_form_data(data)


def add_address(section: SectionPage) -> str:
    return reverse("wagtailadmin_pages:add", args=["stories", "storypage", section.pk])


def edit_address(page: Any) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def loaded(page: Any) -> dict[str, str]:
    """What the edit form says of the version it was opened from."""
    latest = page.get_latest_revision()
    return (
        {"loaded_revision_id": str(latest.pk), "loaded_revision_created_at": latest.created_at.isoformat()}
        if latest
        else {}
    )


def words_of(response: Any) -> str:
    """The messages shown with a response, in one string."""
    return " ".join(str(message) for message in response.context["messages"])


def make_draft(section: SectionPage, by: Reader, **fields: Any) -> StoryPage:
    """A story saved as a draft by the editor's own form."""
    before = set(StoryPage.objects.values_list("pk", flat=True))
    response = enter(by).post(add_address(section), story_form(**fields))
    assert response.status_code == 302, response.context["form"].errors
    return StoryPage.objects.exclude(pk__in=before).get()
