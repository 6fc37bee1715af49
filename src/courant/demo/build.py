"""Prints the demo paper: once, whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from courant.demo.accounts import ACCOUNTS
from courant.demo.texts import DemoText, has_picture, read_authors, read_picture, read_texts
from courant.pictures.actions import add_picture
from courant.pictures.models import Picture
from courant.readers.actions.accounts import save_account
from courant.readers.actions.legal import install_legal_documents
from courant.readers.models import Reader
from courant.stories.actions import (
    StoryText,
    add_section,
    ensure_author,
    ensure_topic,
    place_stories,
    save_story,
    set_up_paper,
)
from courant.stories.models import AuthorPage, FrontPage, PaperSettings, SectionPage, StoryPage, TopicPage
from courant.wall.enums import Access

PAPER = "The Meridian"
TAGLINE = "News from Port Alder and the world"
SECTIONS = [
    {"title": "World", "colour": "#1f4e79", "colour_dark": "#9cc4ea", "strapline": "Diplomacy, conflict and trade"},
    {"title": "City", "colour": "#8a3b12", "colour_dark": "#f0b08c", "strapline": "Port Alder and its people"},
    {"title": "Business", "colour": "#5b4a00", "colour_dark": "#e0c766", "strapline": "Work, money and the harbour"},
    {"title": "Science", "colour": "#0f5a47", "colour_dark": "#8ad3bc", "strapline": "Climate, health and discovery"},
    {"title": "Culture", "colour": "#6a2c5f", "colour_dark": "#dfa6d4", "strapline": "Books, stage and screen"},
]
TOPIC_INTRODUCTIONS = {
    "The Geneva talks": (
        "In January 2022 American, Russian and European diplomats met in Geneva, Brussels and Vienna over Russia’s "
        "demands for the security of Europe and its troops near Ukraine. The Meridian’s reporting, newest first."
    )
}
LEAD = "blinken-lavrov-geneva"
SECONDARY = ["written-answers", "tram-line-four", "sodium-battery", "bulgaria-romania-answer"]


def is_demo() -> bool:
    """Whether the paper in this data directory is the demo."""
    return Reader.objects.filter(email=ACCOUNTS[0].email).exists()


@transaction.atomic
def build_demo(*, now: datetime, tick: Callable[[str], None]) -> None:
    """Make the whole demo paper in one transaction; `tick` is told of each piece. Refuses to touch another paper."""
    front = set_up_paper(name=PAPER, section_names=(), tagline=TAGLINE)
    if front is None:
        raise ValueError("There is a paper here already; the demo is built only in an empty data directory.")
    sections = {section.slug: section for section in (add_section(front=front, **values) for values in SECTIONS)}
    settings = PaperSettings.objects.get()
    settings.contact_email = "desk@meridian.example"
    settings.imprint = "The Meridian is the demo paper of Courant. Port Alder and its people are invented."
    install_legal_documents(now=now)
    editor, *_ = [
        save_account(email=one.email, name=one.name, state=one.state, password=one.password, by=None, now=now)[0]
        for one in ACCOUNTS
    ]
    builder = Builder(sections=sections, by=editor, now=now)
    settings.icon = builder.add_picture("icon-512.png", alt=f"{PAPER}'s mark", caption="")
    settings.save()
    builder.add_authors()
    for text in read_texts():
        builder.add_story(text)
        tick(text.slug)
    builder.place(front)
    builder.leave_work_for_tomorrow()


class Builder:
    """Keeps what stories refer to while they are added one by one."""

    def __init__(self, *, sections: dict[str, SectionPage], by: Any, now: datetime) -> None:
        self.sections, self.by, self.now = sections, by, now
        self.authors: dict[str, AuthorPage] = {}
        self.topics: dict[str, TopicPage] = {}
        self.stories: dict[str, StoryPage] = {}

    def add_authors(self) -> None:
        for one in read_authors():
            file = f"author-{one['slug']}.jpg"
            portrait = (
                self.add_picture(file, alt=f"Portrait of {one['name']}", caption="") if has_picture(file) else None
            )
            self.authors[one["slug"]] = ensure_author(
                name=one["name"], slug=one["slug"], role=one["role"], bio=one["bio"], portrait=portrait
            )

    def add_picture(self, name: str, *, alt: str, caption: str, credit: str = "Illustration: The Meridian") -> Picture:
        picture: Picture = add_picture(
            file=io.BytesIO(read_picture(name)),
            name=name,
            title=name.rsplit(".", 1)[0].replace("-", " ").capitalize(),
            alt=alt,
            caption=caption,
            credit=credit,
            rights="Own work; may be used freely",
            by=self.by,
            now=self.now,
        )
        return picture

    def add_story(self, text: DemoText) -> None:
        self.stories[text.slug] = save_story(
            section=self.sections[text.fields["section"]],
            text=StoryText(
                slug=text.slug,
                fields=self.fields_of(text),
                body=[block for kind, value in text.blocks if (block := self.block(kind, value)) is not None],
                bylines=[(self.authors[slug], "", role) for slug, role in text.bylines],
                topics=[self.topic(title) for title in text.fields["topics"]],
                corrections=text.corrections,
            ),
            is_published=text.state == "published",
            by=self.by,
            now=self.now,
        )
        if text.state == "published":
            self.date_back(self.stories[text.slug], text)

    def date_back(self, story: StoryPage, text: DemoText) -> None:
        """As if it had been published when it says, so that the newsroom does not show an archive as today's work."""
        last = text.updated_at or text.published_at
        StoryPage.objects.filter(pk=story.pk).update(
            first_published_at=text.published_at, last_published_at=last, latest_revision_created_at=last
        )
        story.revisions.update(created_at=last)

    def fields_of(self, text: DemoText) -> dict[str, Any]:
        written = text.fields
        copied = ("short_headline", "kicker", "standfirst", "dateline", "what_changed")
        file = written.get("picture", "")
        picture = (
            self.add_picture(file, alt=written["alt"], caption=written["caption"], credit=written["credit"])
            if file and has_picture(file)
            else None
        )
        return {
            **{name: written.get(name, "") for name in copied},
            "title": written["headline"],
            "lead_picture": picture,
            "access": "" if written["access"] == Access.FREE else written["access"],
            "published_at": text.published_at,
            "updated_at": text.updated_at,
            "sensitive_note": written.get("sensitive", ""),
            "search_description": "",
        }

    def topic(self, title: str) -> TopicPage:
        if title not in self.topics:
            self.topics[title] = ensure_topic(title=title, introduction=TOPIC_INTRODUCTIONS.get(title, ""))
        return self.topics[title]

    def block(self, kind: str, value: Any) -> tuple[str, Any] | None:
        """The block as StoryBody keeps it; what refers to a later story is left out."""
        if kind == "related_story":
            story = self.stories.get(value)
            return (kind, {"story": story.pk}) if story else None
        if kind == "picture":
            picture = self.add_picture(
                value["name"], alt=value["alt"], caption=value["caption"], credit=value["credit"]
            )
            return kind, {"picture": picture.pk, "caption": "", "credit": "", "alt": ""}
        if kind == "table":
            columns = [{"type": "text", "heading": heading} for heading in value["head"]]
            table = {"columns": columns, "rows": [{"values": row} for row in value["rows"]], "caption": ""}
            return kind, {"caption": value["caption"], "table": table}
        return kind, value

    def leave_work_for_tomorrow(self) -> None:
        """A change that is not published yet, a story that waits for approval, and one that is scheduled."""
        changed = StoryPage.objects.get(pk=self.stories["letterpress"].pk)
        changed.what_changed = "Adds the opening hours of the workshop."
        changed.save_revision(user=self.by)
        for text in read_texts():
            story = self.stories[text.slug]
            if text.state == "waiting":
                workflow = story.get_workflow()
                workflow.start(story, self.by)
            if text.state == "scheduled":
                story.go_live_at = (self.now + timedelta(days=1)).replace(hour=6, minute=0, second=0, microsecond=0)
                story.published_at = None
                story.publish(story.save_revision(user=self.by), user=self.by, skip_permission_checks=True)

    def place(self, front: FrontPage) -> None:
        place_stories(
            front=FrontPage.objects.get(pk=front.pk),
            lead=self.stories[LEAD],
            secondary=[self.stories[slug] for slug in SECONDARY],
            strips=[(section, []) for section in self.sections.values()],
            by=self.by,
        )
