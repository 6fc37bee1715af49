"""Lists of the newsroom's menu: stories, authors, topics."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import CharField, Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Cast
from django.forms import CheckboxSelectMultiple, RadioSelect
from django.utils.formats import date_format
from django.utils.timezone import localtime
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.models import Page, Site, WorkflowState

from courant.stories.models import AuthorPage, Byline, SectionPage, StoryPage, TopicPage
from courant.stories.models.section import ACCESS_CHOICES
from courant.stories.newsroom.desk import active_workflows, scheduled_revisions
from courant.stories.newsroom.home import ChooseSectionView

SHORT_ACCESS = {value: label.partition(":")[0].removesuffix(" only") for value, label in ACCESS_CHOICES}
STATUSES = [
    ("published", "Published"),
    ("draft", "In work: drafts and changes not published"),
    ("waiting", "Waiting for approval"),
    ("scheduled", "Scheduled"),
]


class StoryFilters(WagtailFilterSet):
    section = django_filters.ModelMultipleChoiceFilter(
        queryset=lambda request: SectionPage.objects.order_by("path"),
        method="in_sections",
        label="Section",
        widget=CheckboxSelectMultiple,
    )
    access = django_filters.MultipleChoiceFilter(
        choices=list(SHORT_ACCESS.items()), method="with_access", label="Access", widget=CheckboxSelectMultiple
    )
    status = django_filters.ChoiceFilter(
        choices=STATUSES, method="with_status", label="Status", empty_label="Any", widget=RadioSelect
    )
    author = django_filters.ModelChoiceFilter(
        queryset=lambda request: AuthorPage.objects.order_by("title"), field_name="bylines__author", label="Author"
    )

    class Meta:
        model = StoryPage
        fields: list[str] = []

    def in_sections(self, stories: QuerySet[StoryPage], name: str, sections: Any) -> QuerySet[StoryPage]:
        return stories.filter(below(sections)) if sections else stories

    def with_access(self, stories: QuerySet[StoryPage], name: str, wanted: list[str]) -> QuerySet[StoryPage]:
        """Access in force: a story's own, or its section's default where it states none."""
        if not wanted:
            return stories
        sections = SectionPage.objects.filter(default_access__in=wanted)
        return stories.filter(Q(access__in=wanted) | Q(access="") & below(sections))

    def with_status(self, stories: QuerySet[StoryPage], name: str, status: str) -> QuerySet[StoryPage]:
        if status == "published":
            return stories.filter(live=True)
        if status == "draft":
            return stories.filter(has_unpublished_changes=True).exclude(Exists(scheduled_revisions()))
        if status == "scheduled":
            return stories.filter(Exists(scheduled_revisions()))
        this_page = Q(object_id=Cast(OuterRef("pk"), CharField()))
        return stories.filter(Exists(active_workflows(WorkflowState.STATUS_IN_PROGRESS).filter(this_page)))


def below(sections: Any) -> Q:
    found = Q(pk__in=[])
    for section in sections:
        found |= Q(path__startswith=section.path)
    return found


def access_in_words(story: StoryPage) -> str:
    """Short words for the access in force; `section_page` was attached by the list."""
    section = getattr(story, "section_page", None)
    return SHORT_ACCESS.get(story.access or (section.default_access if section else ""), "")


def published_in_words(story: StoryPage) -> str:
    return date_format(localtime(story.published_at), "j M Y, H:i") if story.published_at else ""


class ListView(IndexView):
    """A list that costs the same number of queries however long it is."""

    def annotate_queryset(self, pages: Any) -> Any:
        return (
            pages.prefetch_workflow_states()
            .annotate_site_root_state()
            .annotate_approved_schedule()
            .prefetch_related("content_type", "sites_rooted_here", "view_restrictions")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        roots = Site.get_site_root_paths()
        for page in context["object_list"]:
            # Else Wagtail asks the shared cache, once or twice for each line, where the paper's root is.
            page._wagtail_cached_site_root_paths = roots
        return context


class StoriesView(ListView):
    """Stories of all sections, last changed first."""

    default_ordering = "-latest_revision_created_at"

    def annotate_queryset(self, pages: QuerySet[StoryPage]) -> QuerySet[StoryPage]:
        bylines = Prefetch("bylines", Byline.objects.select_related("author").order_by("sort_order"))
        return super().annotate_queryset(pages.defer("body")).prefetch_related(bylines)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        parents = {story.path[: -StoryPage.steplen] for story in context["object_list"]}
        sections = {section.path: section for section in SectionPage.objects.filter(path__in=parents)}
        for story in context["object_list"]:
            story.section_page = sections.get(story.path[: -StoryPage.steplen])
        return context


class StoryListing(PageListingViewSet):
    model = StoryPage
    index_view_class = StoriesView
    choose_parent_view_class = ChooseSectionView
    filterset_class = StoryFilters
    icon = "doc-full-inverse"
    menu_label = "Stories"
    menu_order = 50
    add_to_admin_menu = True
    columns = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label="Headline", sort_key="title", classname="title newsroom-headline"),
        Column("section", label="Section", accessor="section_page.title", width="10%"),
        Column("access", label="Access", accessor=access_in_words, width="10%"),
        Column("author", label="Author", accessor="byline_names", width="15%"),
        PageStatusColumn("status", label="Status", sort_key="live", width="11%"),
        Column("published_at", label="Published", accessor=published_in_words, sort_key="published_at", width="13%"),
    ]


class NoFilters(WagtailFilterSet):
    """Names are found by searching."""

    class Meta:
        model = Page
        fields: list[str] = []


class CountedView(ListView):
    """Authors or topics with the number of their stories."""

    default_ordering = "title"
    counted = ""

    def annotate_queryset(self, pages: QuerySet[Any]) -> QuerySet[Any]:
        return super().annotate_queryset(pages).annotate(story_count=Count(self.counted, distinct=True))


class AuthorsView(CountedView):
    counted = "bylines__story"


class TopicsView(CountedView):
    counted = "story_links__story"


COUNTED_COLUMNS = [
    BulkActionsColumn("bulk_actions"),
    PageTitleColumn("title", label="Name", sort_key="title", classname="title"),
    Column("story_count", label="Stories", sort_key="story_count", width="10%"),
    PageStatusColumn("status", label="Status", sort_key="live", width="12%"),
]


class AuthorListing(PageListingViewSet):
    model = AuthorPage
    index_view_class = AuthorsView
    icon = "group"
    menu_label = "Authors"
    menu_order = 60
    add_to_admin_menu = True
    columns = [*COUNTED_COLUMNS[:2], Column("role", label="Role", sort_key="role", width="25%"), *COUNTED_COLUMNS[2:]]
    filterset_class = NoFilters


class TopicListing(PageListingViewSet):
    model = TopicPage
    index_view_class = TopicsView
    icon = "tag"
    menu_label = "Topics"
    menu_order = 70
    add_to_admin_menu = True
    columns = COUNTED_COLUMNS
    filterset_class = NoFilters
