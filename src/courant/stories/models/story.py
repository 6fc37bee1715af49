"""The story: the page that everything else in the paper is for."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    PageChooserPanel,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from courant.stories.blocks import StoryBody
from courant.stories.doors import Served
from courant.stories.models.section import ACCESS_CHOICES
from courant.stories.newsroom.forms import StoryForm
from courant.stories.newsroom.panels import ChecksPanel
from courant.stories.printed import text_for_strangers
from courant.wall.enums import Access
from courant.wall.models import WallSettings

SHORT_HEADLINE_LENGTH = 70
LANGUAGE_TAG = RegexValidator(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", "Give a language tag such as en-gb or ar.")
PREVIEW_MODES = [
    ("", "As the newsroom"),
    ("stranger", "As a stranger"),
    ("registered", "As a registered reader"),
    ("registered_spent", "As a registered reader with no premium story left"),
    ("subscriber", "As a subscriber"),
]


class StoryPage(Served, Page):
    """A story; the page's title is its headline. Nothing but `printed` may put its body into a page."""

    kicker = models.CharField(max_length=60, blank=True, help_text="One to three words above the headline.")
    short_headline = models.CharField(
        max_length=SHORT_HEADLINE_LENGTH, blank=True, help_text="For cards and menus. Empty: the headline."
    )
    standfirst = models.TextField(max_length=500, blank=True, help_text="One or two sentences below the headline.")
    dateline = models.CharField(max_length=80, blank=True, help_text="Where it was reported from: Geneva")
    lead_picture = models.ForeignKey(
        "pictures.Picture", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lead_caption = models.CharField(max_length=500, blank=True, help_text="Empty: the picture's own caption.")
    lead_credit = models.CharField(max_length=200, blank=True, help_text="Empty: the picture's own credit.")
    body = StreamField(StoryBody(), blank=True)

    access = models.CharField(
        max_length=12, choices=ACCESS_CHOICES, blank=True, default="", help_text="Empty: the section's default."
    )
    free_from = models.DateTimeField(null=True, blank=True, help_text="From this time on everyone may read it.")
    free_until = models.DateTimeField(null=True, blank=True, help_text="Until this time everyone may read it.")

    published_at = models.DateTimeField(
        "published", null=True, blank=True, help_text="As printed. Empty: the time of the first publication."
    )
    updated_at = models.DateTimeField("updated", null=True, blank=True, help_text="As printed; set when it matters.")
    what_changed = models.CharField(max_length=300, blank=True, help_text="What the update brought, for readers.")
    embargoed_until = models.DateTimeField(
        "embargo", null=True, blank=True, help_text="Published before this time, the story waits for it."
    )
    sensitive_note = models.CharField(max_length=200, blank=True, help_text="Shown above the text: what may distress.")
    canonical_link = models.URLField(
        "canonical address", blank=True, help_text="Where it first appeared, if elsewhere."
    )
    language = models.CharField(
        max_length=16,
        blank=True,
        validators=[LANGUAGE_TAG],
        help_text="Where it differs from the paper's: ar, de, fr-ca.",
    )
    source_digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)

    content_panels = [
        ChecksPanel(heading="Before you publish", icon="tasks"),
        TitleFieldPanel(
            "title",
            heading="Headline",
            placeholder="Headline*",
            help_text="At best 85 characters or fewer.",
            widget=AdminAutoHeightTextInput(attrs={"rows": 1}),
        ),
        FieldRowPanel([FieldPanel("kicker"), FieldPanel("short_headline")]),
        FieldPanel("standfirst"),
        InlinePanel("bylines", label="Byline", heading="Bylines"),
        FieldPanel("dateline"),
        MultiFieldPanel(
            [FieldPanel("lead_picture"), FieldRowPanel([FieldPanel("lead_caption"), FieldPanel("lead_credit")])],
            "Lead picture",
        ),
        FieldPanel("body"),
        InlinePanel("topic_links", label="Topic", heading="Topics", help_text="The first is the main one."),
    ]
    access_panels = [
        FieldPanel("access"),
        FieldRowPanel([FieldPanel("free_from"), FieldPanel("free_until")]),
        FieldPanel("sensitive_note"),
    ]
    record_panels = [
        FieldRowPanel([FieldPanel("published_at"), FieldPanel("updated_at")]),
        FieldPanel("what_changed"),
        FieldPanel("embargoed_until"),
        InlinePanel("corrections", label="Correction", heading="Corrections"),
        FieldRowPanel([FieldPanel("canonical_link"), FieldPanel("language")]),
    ]
    # Menus are made of sections: a story is never in one.
    found_panels = [
        MultiFieldPanel(
            [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")], "Address and search"
        )
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading="Story"),
            ObjectList(access_panels, heading="Access"),
            ObjectList(record_panels, heading="Times and corrections"),
            ObjectList(found_panels, heading="Search"),
            ObjectList(Page.settings_panels, heading="Settings"),
        ]
    )
    base_form_class = StoryForm
    # Only what a stranger may read is indexed: a search must not find a word of a withheld paragraph.
    search_fields = [
        *Page.search_fields,
        index.SearchField("kicker"),
        index.SearchField("standfirst", boost=2),
        index.SearchField("dateline"),
        index.SearchField("public_text"),
        index.SearchField("byline_names"),
        index.FilterField("published_at"),
        index.FilterField("access"),
    ]
    parent_page_types = ["stories.SectionPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "story"
        verbose_name_plural = "stories"
        indexes = [models.Index(fields=["-published_at"], name="story_newest")]

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        return PREVIEW_MODES

    @property
    def headline(self) -> str:
        return str(self.title)

    @property
    def card_headline(self) -> str:
        return self.short_headline or self.headline

    @property
    def effective_access(self) -> Access:
        """The story's own access, or its section's default; a story without a section is withheld."""
        if self.access:
            return Access(self.access)
        section = self.get_parent()
        specific = section.specific if section else None
        return Access(getattr(specific, "default_access", Access.SUBSCRIBERS))

    @property
    def byline_names(self) -> str:
        return ", ".join(byline.printed_name for byline in self.bylines.all())

    @property
    def public_text(self) -> str:
        """Plain text that a stranger may read, whatever the time; what search may know of the body."""
        site = self.get_site()
        return text_for_strangers(self, WallSettings.for_site(site).preview_paragraphs if site else 0)

    def clean(self) -> None:
        super().clean()
        if self.free_from and self.free_until and self.free_from <= self.free_until:
            raise ValidationError(
                {"free_from": "Give a time after the end of the free period, or leave one of both empty."}
            )
        planned = getattr(self, "go_live_at", None)  # Wagtail keeps it
        if self.embargoed_until and (planned is None or planned < self.embargoed_until):
            # Wagtail publishes at go_live_at; so a story under embargo cannot be published early by mistake.
            self.go_live_at = self.embargoed_until
        if self.go_live_at and self.expire_at and self.go_live_at > self.expire_at:
            raise ValidationError({"embargoed_until": "The story is to be withdrawn before its embargo ends."})


class Byline(Orderable):
    """One name above a story: an author of the paper, or a name as printed."""

    story = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey(
        "stories.AuthorPage", null=True, blank=True, on_delete=models.SET_NULL, related_name="bylines"
    )
    name = models.CharField(max_length=120, blank=True, help_text="For somebody without a page here.")
    role = models.CharField(max_length=120, blank=True, help_text="As printed beside the name: in Geneva")

    panels = [PageChooserPanel("author"), FieldRowPanel([FieldPanel("name"), FieldPanel("role")])]

    def clean(self) -> None:
        super().clean()
        if not self.author_id and not self.name:
            raise ValidationError({"name": "Choose an author or write a name."})

    @property
    def printed_name(self) -> str:
        return self.name or (str(self.author.title) if self.author else "")


class Correction(Orderable):
    """Something the paper got wrong, and what is right; shown under the story for good."""

    story = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="corrections")
    corrected_on = models.DateField()
    text = models.TextField(max_length=1000)

    panels = [FieldPanel("corrected_on"), FieldPanel("text")]


class StoryTopic(Orderable):
    """A topic of a story; the first is its main one."""

    story = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="topic_links")
    topic = models.ForeignKey("stories.TopicPage", on_delete=models.CASCADE, related_name="story_links")

    panels = [PageChooserPanel("topic")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["story", "topic"], name="story_topic_once")]
