"""What the newsroom has on its desk: in work, waiting for approval, scheduled, published today.

Each list costs the same number of queries however long it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils.formats import date_format
from django.utils.timezone import localtime
from wagtail.models import GroupApprovalTask, Page, Revision, WorkflowState, get_default_page_content_type
from wagtail.permissions import policy_registry

from courant.stories.models import SectionPage, StoryPage

LENGTH = 12


@dataclass(frozen=True)
class Piece:
    """A line of a list: `at` is the time the list is about, `note` what is special about this one."""

    id: int
    headline: str
    section: str
    who: str
    at: datetime | None
    note: str = ""
    is_mine: bool = False
    path: str = ""


@dataclass(frozen=True)
class Pile:
    """A list on the desk, at most LENGTH long."""

    pieces: list[Piece]
    has_more: bool

    @classmethod
    def of(cls, pieces: Iterable[Piece]) -> Pile:
        known = list(pieces)
        titles = section_titles(known)
        named = [Piece(**{**vars(piece), "section": titles.get(piece.path[: -Page.steplen], "")}) for piece in known]
        return cls(named[:LENGTH], len(named) > LENGTH)


@dataclass(frozen=True)
class Desk:
    in_work: Pile
    waiting: Pile
    scheduled: Pile
    published_today: Pile


def desk_of(user: Any, now: datetime) -> Desk:
    """Everything that the user may see in the newsroom's tree of pages."""
    return Desk(in_work(user, now), waiting(user), scheduled(user, now), published_today(user, now))


def visible_stories(user: Any) -> QuerySet[StoryPage]:
    explorable = policy_registry.get_by_type(Page).explorable_instances(user)
    stories: QuerySet[StoryPage] = (
        StoryPage.objects.filter(pk__in=explorable.order_by().values("pk"))
        .select_related("latest_revision__user", "owner")
        .defer("body", "latest_revision__content")
    )
    return stories


def scheduled_revisions() -> QuerySet[Revision]:
    revisions: QuerySet[Revision] = Revision.page_revisions.filter(
        object_id=Cast(OuterRef("pk"), CharField()), approved_go_live_at__isnull=False
    )
    return revisions


def active_workflows(*statuses: str) -> QuerySet[WorkflowState]:
    states: QuerySet[WorkflowState] = WorkflowState.objects.filter(
        base_content_type=get_default_page_content_type(), status__in=statuses
    )
    return states


def in_work(user: Any, now: datetime) -> Pile:
    """Drafts and stories with changes not yet published, mine first, newest first."""
    this_page = Q(object_id=Cast(OuterRef("pk"), CharField()))
    mine = Q(owner=user) | Q(latest_revision__user=user)
    stories = (
        visible_stories(user)
        .filter(has_unpublished_changes=True)
        .exclude(Exists(scheduled_revisions()))
        .exclude(Exists(active_workflows(WorkflowState.STATUS_IN_PROGRESS).filter(this_page)))
        .annotate(
            was_sent_back=Exists(active_workflows(WorkflowState.STATUS_NEEDS_CHANGES).filter(this_page)),
            place=Case(When(mine, then=Value(0)), default=Value(1)),
        )
        .order_by("place", "-latest_revision_created_at", "-pk")
    )
    return Pile.of(
        piece(story, at=story.latest_revision_created_at, note=note_on_draft(story, now), is_mine=story.place == 0)
        for story in stories[: LENGTH + 1]
    )


def note_on_draft(story: Any, now: datetime) -> str:
    if story.was_sent_back:
        return "changes requested"
    if story.embargoed_until and story.embargoed_until > now:
        return f"embargo until {date_format(localtime(story.embargoed_until), 'j M, H:i')}"
    if story.live:
        return "published, with newer changes"
    return "withdrawn" if story.first_published_at else ""


def waiting(user: Any) -> Pile:
    """Pages of every kind that wait for approval, longest waiting first; mine are those I may approve."""
    states = {
        int(state.object_id): state
        for state in active_workflows(WorkflowState.STATUS_IN_PROGRESS)
        .select_related("requested_by", "current_task_state")
        .order_by("current_task_state__started_at")[: LENGTH + 1]
    }
    explorable = policy_registry.get_by_type(Page).explorable_instances(user).order_by().values("pk")
    pages = Page.objects.filter(pk__in=states).filter(pk__in=explorable).in_bulk()
    tasks = set(GroupApprovalTask.objects.filter(groups__user=user).values_list("pk", flat=True))
    return Pile.of(
        Piece(
            id=pk,
            headline=pages[pk].get_admin_display_title(),
            section="",
            who=str(state.requested_by or ""),
            at=state.current_task_state.started_at,
            is_mine=user.is_superuser or state.current_task_state.task_id in tasks,
            path=pages[pk].path,
        )
        for pk, state in states.items()
        if pk in pages
    )


def scheduled(user: Any, now: datetime) -> Pile:
    """Stories that will go live by themselves, the next one first."""
    goes_live_at = Subquery(scheduled_revisions().values("approved_go_live_at")[:1], output_field=DateTimeField())
    stories = visible_stories(user).annotate(goes_live_at=goes_live_at).filter(goes_live_at__isnull=False)
    return Pile.of(
        piece(story, at=story.goes_live_at, note=note_on_schedule(story, now))
        for story in stories.order_by("goes_live_at", "pk")[: LENGTH + 1]
    )


def note_on_schedule(story: Any, now: datetime) -> str:
    if story.goes_live_at < now:
        return "overdue: the task worker is not running"
    if story.embargoed_until == story.goes_live_at:
        return "embargo"
    return "replaces the published version" if story.live else ""


def published_today(user: Any, now: datetime) -> Pile:
    """What went out since midnight in the paper's time zone, newest first."""
    midnight = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    stories = (
        visible_stories(user)
        .filter(live=True)
        .annotate(out_at=Coalesce("last_published_at", "first_published_at"))
        .filter(out_at__gte=midnight)
        .order_by("-out_at", "-pk")
    )
    return Pile.of(
        piece(story, at=story.out_at, note="updated" if is_older(story, midnight) else "")
        for story in stories[: LENGTH + 1]
    )


def is_older(story: StoryPage, midnight: datetime) -> bool:
    return bool(story.first_published_at and story.first_published_at < midnight)


def piece(story: StoryPage, *, at: datetime | None, note: str = "", is_mine: bool = False) -> Piece:
    who = story.latest_revision.user if story.latest_revision else story.owner
    headline = story.draft_title or story.title
    return Piece(story.pk, headline, "", str(who or ""), at, note, is_mine, story.path)


def section_titles(pieces: Iterable[Piece]) -> dict[str, str]:
    paths = {one.path[: -Page.steplen] for one in pieces}
    return dict(SectionPage.objects.filter(path__in=paths).order_by().values_list("path", "title")) if paths else {}
