"""Pages of the paper: translate the request in, ask, translate the answer out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import InvalidPage, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from courant.lib.keys import note
from courant.readers.forms import WallForm
from courant.readers.returns import sign_next
from courant.stories import keys
from courant.stories.addresses import address_of, full_address
from courant.stories.audience import is_signed_in, printed_for
from courant.stories.cards import Card, for_cards, make_cards
from courant.stories.doors import answers
from courant.stories.forms import SearchForm
from courant.stories.giving import giver_context
from courant.stories.models import (
    AuthorPage,
    AuthorsPage,
    FrontPage,
    SectionPage,
    StoryPage,
    TopicPage,
    TopicsPage,
)
from courant.stories.printed import PrintedStory, print_story
from courant.stories.queries import (
    authors_with_counts,
    free_stories,
    front_layout,
    running_strip,
    stories_about,
    stories_beside,
    stories_by,
    stories_in_section,
    topics_with_counts,
)
from courant.stories.search import search_stories
from courant.stories.structured import story_data
from courant.stories.terms import terms_of
from courant.wall.decision import Decision
from courant.wall.enums import Extent, Wall
from courant.wall.gifts import PARAMETER
from courant.wall.given import keep_gift
from courant.wall.models import WallSettings
from courant.wall.visits import can_spend, decide_as, decide_visit, is_prefetch, remember_sample

PAGE_LENGTH = 20


def decide_story(request: HttpRequest, story: StoryPage) -> Decision:
    """The decision for this request: what press prints it for, in the newsroom's preview the reader it is viewed as."""
    audience = printed_for(request)
    if audience is not None:
        if audience.decision is None:  # when press asked what stands here, it was no story yet
            raise Http404("There was no story here a moment ago.")
        return audience.decision
    now = timezone.now()
    if getattr(request, "is_preview", False):
        return decide_as(getattr(request, "preview_mode", "") or "staff", terms_of(story), now=now)
    return decide_visit(request, terms_of(story), now=now)


@answers("StoryPage")
def show_story(request: HttpRequest, story: StoryPage) -> HttpResponse:
    decision = decide_story(request, story)
    if is_prefetch(request) and (decision.extent == Extent.PREVIEW or PARAMETER in request.GET):
        # A prefetch never spends, so it would bring the preview of a story that a click would open, or a gift that
        # is not counted; and a browser shows what it prefetched. It drops an error instead, and asks again when the
        # reader clicks.
        return HttpResponse(status=503, headers={"Cache-Control": "no-store"})
    printed = print_story(
        story,
        decision,
        url=address_of(story),
        full_url=full_address(address_of(story), request),
        preview_paragraphs=WallSettings.for_request(request).preview_paragraphs,
    )
    response = render(request, "stories/story.html", story_context(request, story, printed))
    remember_sample(response, request, decision, story_id=printed.id, now=timezone.now())
    keep_gift(response, request, decision, is_read=can_spend(request), now=timezone.now())
    return response


def story_context(request: HttpRequest, story: StoryPage, printed: PrintedStory) -> dict[str, Any]:
    is_saved = bool(story.pk)
    running = running_strip(story) if is_saved else []
    return_token = sign_next(f"{printed.url}#{printed.first_withheld}")
    return {
        "story": printed,
        "decision": printed.decision,
        "structured": story_data(printed, request),
        "running": running,
        "beside": stories_beside(story, apart_from=[card.id for card in running]) if is_saved else [],
        "free_stories": [] if printed.is_whole or not is_saved else free_stories(apart_from=story.pk),
        "wall_form": wall_form(printed, return_token),
        "return_token": return_token,
        **giver_context(request, printed.decision),
        "sign_in_url": f"/account/sign-in/?{urlencode({'next': return_token})}",
        "is_stored": printed_for(request) is not None,
        # Hidden from who is no editor; on stored pages from all who are signed in, until a script knows better.
        "editable_id": story.pk if is_signed_in(request) else None,
        "is_editor": request.user.is_authenticated and request.user.is_staff,
    }


def wall_form(printed: PrintedStory, return_token: str) -> WallForm | None:
    """The form in the registration wall; what it sends goes to the room readers."""
    if printed.decision is None or printed.decision.wall != Wall.REGISTRATION:
        return None
    return WallForm(initial={"next": return_token})


@answers("FrontPage")
def show_front(request: HttpRequest, page: FrontPage) -> HttpResponse:
    return render(request, "stories/front.html", {"front": front_layout(page), "page_url": "/"})


@answers("SectionPage")
def show_section(request: HttpRequest, page: SectionPage) -> HttpResponse:
    note(keys.section(page.pk), keys.stories_in(page.pk))
    return show_list(
        request, page, stories_in_section(page), "stories/section.html", feed=f"/feeds/{page.slug}/rss.xml"
    )


@answers("AuthorPage")
def show_author(request: HttpRequest, page: AuthorPage) -> HttpResponse:
    note(keys.author(page.pk), keys.stories_by(page.pk))
    return show_list(request, page, stories_by(page), "stories/author.html", feed=f"/feeds/authors/{page.slug}/rss.xml")


@answers("TopicPage")
def show_topic(request: HttpRequest, page: TopicPage) -> HttpResponse:
    note(keys.topic(page.pk), keys.stories_about(page.pk))
    return show_list(
        request, page, stories_about(page), "stories/topic.html", feed=f"/feeds/topics/{page.slug}/rss.xml"
    )


@answers("AuthorsPage")
def show_authors(request: HttpRequest, page: AuthorsPage) -> HttpResponse:
    note(keys.page(page.pk))
    return render(
        request,
        "stories/authors.html",
        {"page_title": page.title, "authors": authors_with_counts(), "page_url": address_of(page)},
    )


@answers("TopicsPage")
def show_topics(request: HttpRequest, page: TopicsPage) -> HttpResponse:
    note(keys.page(page.pk))
    return render(
        request,
        "stories/topics.html",
        {"page_title": page.title, "topics": topics_with_counts(), "page_url": address_of(page)},
    )


def show_list(
    request: HttpRequest, page: Any, stories: QuerySet[StoryPage], template: str, *, feed: str
) -> HttpResponse:
    """A page of cards; a page number that does not exist is 404, not the last page."""
    chunk, cards = page_of_cards(request, stories)
    context = {"page": page, "page_url": address_of(page), "chunk": chunk, "cards": cards, "feed_url": feed}
    return render(request, template, context)


def page_of_cards(request: HttpRequest, stories: QuerySet[StoryPage]) -> tuple[Any, list[Card]]:
    paginator = Paginator(for_cards(stories), PAGE_LENGTH)
    try:
        chunk = paginator.page(request.GET.get("page", "1"))
    except InvalidPage as error:
        raise Http404("There is no such page of this list.") from error
    return chunk, make_cards(chunk.object_list)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET or None)
    results = search_stories(form.cleaned_data) if form.is_bound and form.is_valid() else None
    chunk, cards = (None, []) if results is None else page_of_results(request, results)
    query = request.GET.get("q", "").replace("\x00", "")[:200]
    context = {"form": form, "chunk": chunk, "cards": cards, "query": query}
    return render(request, "stories/search.html", context)


def page_of_results(request: HttpRequest, results: Any) -> tuple[Any, list[Card]]:
    try:
        chunk = Paginator(results, PAGE_LENGTH).page(request.GET.get("page", "1"))
    except InvalidPage as error:
        raise Http404("There is no such page of results.") from error
    ids = [story.pk for story in chunk.object_list]
    by_id = {story.pk: story for story in for_cards(StoryPage.objects.filter(pk__in=ids))}
    return chunk, make_cards(by_id[pk] for pk in ids if pk in by_id)


def show_gone(request: HttpRequest) -> HttpResponse:
    """A story stood here and was withdrawn: 410 tells readers and search engines so."""
    return render(request, "410.html", status=410)
