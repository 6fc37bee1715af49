"""What is refused outside the story's form: publishing many at once, publishing copies, making sections."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin import messages
from wagtail.models import Page

from courant.stories.models import StoryPage
from courant.stories.newsroom.checks import errors_of

MOST_NAMED = 5


def refuse_bulk(request: HttpRequest, action_type: str, pages: list[Any], action: Any) -> HttpResponse | None:
    """Publish all of the chosen pages or none: whoever chose twenty would not see that one is missing."""
    if action_type != "publish" or action.model is not Page:
        return None
    with_descendants = bool(action.cleaned_form.cleaned_data.get("include_descendants"))
    return refuse(request, stories_of(pages, with_descendants), "Nothing was published.", action.next_url)


def refuse_copies(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Copies that are to be published at once are checked as their originals stand."""
    if request.method != "POST" or not request.POST.get("publish_copies"):
        return None
    stories = StoryPage.objects.descendant_of(page, inclusive=True).live()
    return refuse(request, stories, "Nothing was copied.", reverse("wagtailadmin_pages:copy", args=[page.pk]))


def refuse_furniture(request: HttpRequest, parent: Page, page_class: type[Page]) -> HttpResponse | None:
    """Who may add pages but not change those of others writes stories, and makes no page of another kind."""
    if issubclass(page_class, StoryPage) or parent.permissions_for_user(request.user).can_edit():
        return None
    messages.error(request, "Sections, authors and topics are made by editors: ask one of them.")
    return redirect("wagtailadmin_home")


def stories_of(pages: Iterable[Page], with_descendants: bool) -> Iterable[StoryPage]:
    """The chosen stories as they would be published, and the drafts below the chosen pages if they go with them."""
    for page in pages:
        if issubclass(page.specific_class, StoryPage):
            yield page.get_latest_revision_as_object()
        if with_descendants:
            for story in StoryPage.objects.descendant_of(page).not_live():
                yield story.get_latest_revision_as_object()


def refuse(request: HttpRequest, stories: Iterable[StoryPage], what: str, address: str) -> HttpResponse | None:
    """A message that names the stories with errors, with buttons that lead to them; None if there are none."""
    refused = [(story, errors) for story in stories if (errors := errors_of(story))]
    if not refused:
        return None
    named = [f"“{story.headline}”: {errors[0].message}" for story, errors in refused[:MOST_NAMED]]
    more = [f"And {len(refused) - MOST_NAMED} more."] if len(refused) > MOST_NAMED else []
    buttons = [
        messages.button(reverse("wagtailadmin_pages:edit", args=[story.pk]), f"Edit “{story.card_headline[:40]}”")
        for story, _ in refused[:MOST_NAMED]
    ]
    messages.error(request, " ".join([what, *named, *more]), buttons=buttons)
    return redirect(address)
