"""The planted paper: stories of every access, with the wall everywhere it can stand, in every state a page can be in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.contrib.auth.models import Group
from wagtail.models import PageViewRestriction, Site

from courant.pictures.addresses import addresses_of
from courant.pictures.kinds import KINDS
from courant.pictures.models import Picture
from courant.stories.models import Byline, Correction, FrontPage, SectionPage, StoryPage, StoryTopic, TopicPage
from courant.wall.enums import Access
from courant.wall.models import Institution, WallSettings
from tests.factories import block, make_author, make_picture, make_section, make_story, make_topic
from tests.leak.bodies import EVERYONE, NEWSROOM, SHAPES, Blocks, Planter, open_paragraphs
from tests.leak.canaries import Canaries

OPEN_TO = {
    Access.FREE: EVERYONE,
    Access.REGISTERED: EVERYONE - {"stranger"},
    Access.PREMIUM: frozenset({"subscriber", "staff"}),
    Access.SUBSCRIBERS: frozenset({"subscriber", "staff"}),
}
GATED = (Access.REGISTERED, Access.PREMIUM, Access.SUBSCRIBERS)
PREMIUM_PER_MONTH = 2
# Readers on these networks have an institution's leave; the second is one that tests can connect from.
INSTITUTION = ("198.51.100.0/24", "127.9.0.0/16", "2001:db8:77::/48")
PASSWORD = "let me in"
# Of each access with the wall in each place, and of each free time, what a smaller paper has.
FEWER = {
    "registered-middle", "registered-absent", "registered-short", "premium-middle", "premium-single", "premium-last",
    "subscribers-first", "subscribers-late", "subscribers-absent", "premium-was-free", "registered-will-be-free",
    "subscribers-between",
}  # fmt: skip


@dataclass(frozen=True)
class Story:
    """`path` is where it stands, or would; `old_paths` where it once stood. `is_gated`: there is a preview of it."""

    key: str
    pk: int
    path: str
    access: str
    is_gated: bool
    old_paths: tuple[str, ...] = ()


@dataclass
class Paper:
    """What was planted, and the numbers that addresses of the newsroom are made of. `origin`: its host, as asked."""

    canaries: Canaries = field(default_factory=Canaries)
    stories: dict[str, Story] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    picture_guesses: list[str] = field(default_factory=list)
    origin: str = "testserver"

    @property
    def gated(self) -> list[Story]:
        return [story for story in self.stories.values() if story.is_gated]


@dataclass
class Editor:
    """Plants stories as an editor would publish them: by revisions, so that search and pages know of each."""

    paper: Paper
    front: FrontPage
    now: datetime
    is_whole: bool
    sections: dict[str, SectionPage] = field(default_factory=dict)
    related: Any = None

    def planter(self, key: str, open_to: frozenset[str]) -> Planter:
        return Planter(self.paper.canaries, key, open_to, related=self.related)

    def put(
        self,
        key: str,
        body: Blocks,
        *,
        section: str = "world",
        is_published: bool = True,
        hang_on: Callable[[StoryPage], None] = lambda story: None,
        **fields: Any,
    ) -> StoryPage:
        fields.setdefault("headline", f"Headline of {key}")
        fields.setdefault("slug", key)
        fields.setdefault("published_at", self.now - timedelta(hours=len(self.paper.stories) + 1))
        story = make_story(
            self.sections[section], body=body, live=False, first_published_at=None, last_published_at=None, **fields
        )
        hang_on(story)
        revision = story.save_revision()
        if is_published:
            revision.publish()
        return StoryPage.objects.get(pk=story.pk)

    def gated(self, key: str, shape: str, access: Access, **fields: Any) -> StoryPage:
        """A published story with a preview; withheld places are open to whom the access names."""
        planter = self.planter(key, OPEN_TO[access])
        own = fields.pop("own_access", access)
        story = self.put(key, SHAPES[shape](planter), access=own, **fields)
        return self.keep(key, story, access, is_gated=True)

    def hidden(
        self, key: str, *, access: Access = Access.FREE, open_to: frozenset[str] = NEWSROOM, **fields: Any
    ) -> StoryPage:
        """A story that readers must not know of: even its headline and its slug are canaries."""
        planter = self.planter(key, open_to)
        body, words = planter.everything(), hidden_fields(planter)
        story = self.put(key, body, access=access, hang_on=partial(hang_on, planter), **words, **fields)
        return self.keep(key, story, access, is_gated=False)

    def keep(
        self, key: str, story: StoryPage, access: Access, *, is_gated: bool, old: tuple[str, ...] = ()
    ) -> StoryPage:
        self.paper.stories[key] = Story(key, story.pk, path_of(story), str(access), is_gated, old)
        return story


def path_of(page: Any) -> str:
    return "/" + "/".join(page.url_path.strip("/").split("/")[1:]) + "/"


def hidden_fields(planter: Planter) -> dict[str, Any]:
    """Every field of a story that is words, with a canary."""
    picture = planter.picture("lead picture", is_printed=False)
    return {
        "headline": planter.says("headline"),
        "slug": f"hidden-{planter.place('slug').word}",
        "kicker": planter.place("kicker").word,
        "short_headline": planter.place("short headline").word,
        "standfirst": planter.says("standfirst"),
        "dateline": planter.place("dateline").word,
        "lead_picture": picture,
        "lead_caption": planter.says("lead caption"),
        "lead_credit": planter.says("lead credit"),
        "what_changed": planter.says("what changed"),
        "sensitive_note": planter.says("sensitive note"),
        "seo_title": planter.says("title for search engines"),
        "search_description": planter.says("description for search engines"),
        "canonical_link": f"https://elsewhere.example/{planter.place('canonical address').word}",
    }


def hang_on(planter: Planter, story: StoryPage) -> None:
    """Byline, topic and correction of a hidden story."""
    story.bylines.add(Byline(name=planter.place("byline").word, role=planter.place("byline, role").word))
    story.topic_links.add(StoryTopic(topic=TopicPage.objects.order_by("pk").first()))
    story.corrections.add(Correction(corrected_on=story.published_at.date(), text=planter.says("correction")))


# -- The whole paper ------------------------------------------------------------------------------------
def plant_paper(front: FrontPage, now: datetime, *, is_whole: bool = True) -> Paper:
    """Plant everything below this front page; else one story for each law, not each access with each."""
    paper = Paper()
    set_the_wall()
    editor = Editor(paper, front, now, is_whole)
    for key, access in {"world": Access.FREE, "arts": Access.FREE, "money": Access.PREMIUM, "law": Access.FREE}.items():
        editor.sections[key] = make_section(key.title(), front=front, slug=key, default_access=access)
    author, topic = make_author("Ada Moreau", front=front), make_topic("Lakes", front=front)
    editor.related = editor.put("read-also", open_paragraphs(4), access=Access.FREE, section="arts")
    for plant in (plant_hidden, plant_private, plant_walls, plant_times, plant_moves, plant_revisions, plant_links):
        plant(editor)
    for key in ("premium-middle", "registered-absent"):
        story = StoryPage.objects.get(pk=paper.stories[key].pk)
        story.bylines.add(Byline(author=author))
        story.topic_links.add(StoryTopic(topic=topic))
        story.lead_picture = make_picture(size=(360, 240))
        story.save_revision().publish()
    place_on_front(editor)
    paper.ids |= {"front": front.pk, "section": editor.sections["world"].pk, "author": author.pk, "topic": topic.pk}
    paper.picture_guesses = guesses_of_pictures(paper.canaries)
    paper.ids |= {"picture": min(paper.canaries.pictures), "picture_after": max(paper.canaries.pictures)}
    return paper


def set_the_wall() -> None:
    rules = WallSettings.for_site(Site.objects.get(is_default_site=True))
    rules.premium_per_month, rules.preview_paragraphs, rules.samples_per_month = PREMIUM_PER_MONTH, 3, 0
    rules.save()
    Institution.objects.create(name="The library", networks="\n".join(INSTITUTION))


def plant_walls(editor: Editor) -> None:
    """Every access with the wall in every place; some are old, one is new."""
    ages = [timedelta(minutes=5), timedelta(days=2), timedelta(days=400), timedelta(days=9_000)]
    for access in GATED:
        for number, shape in enumerate(SHAPES):
            if editor.is_whole or f"{access}-{shape}" in FEWER:
                editor.gated(f"{access}-{shape}", shape, access, published_at=editor.now - ages[number % len(ages)])


def plant_times(editor: Editor) -> None:
    """Free for a time: that has passed, that is to come, and both."""
    day, now = timedelta(days=1), editor.now
    times: dict[str, dict[str, Any]] = {
        "was-free": {"free_until": now - day},
        "will-be-free": {"free_from": now + day},
        "between": {"free_until": now - day, "free_from": now + day},
    }
    for key, fields in times.items():
        for access in GATED:
            if editor.is_whole or f"{access}-{key}" in FEWER:
                editor.gated(f"{access}-{key}", "absent", access, **fields)
    window = editor.gated("window-passed", "middle", Access.PREMIUM)
    # The form refuses this order, which imports and older papers may have all the same.
    StoryPage.objects.filter(pk=window.pk).update(free_from=now - 2 * day, free_until=now - day)


def plant_moves(editor: Editor) -> None:
    """Stories that stood elsewhere, were open to more readers, or have their access from their section."""
    editor.gated("inherited", "middle", Access.PREMIUM, own_access="", section="money")
    moved = editor.gated("moved", "absent", Access.PREMIUM, own_access="")
    old = path_of(moved)
    moved.move(editor.sections["money"], pos="last-child")
    editor.keep("moved", StoryPage.objects.get(pk=moved.pk), Access.PREMIUM, is_gated=True, old=(old,))
    for key, access in {"tightened": Access.SUBSCRIBERS, "closed-to-strangers": Access.REGISTERED}.items():
        story = editor.gated(key, "absent", access, own_access=Access.FREE)
        story.access = access
        story.save_revision().publish()
    renamed = editor.gated("renamed", "middle", Access.SUBSCRIBERS)
    old = path_of(renamed)
    renamed.slug = "has-another-name"
    renamed.save_revision().publish()
    editor.keep("renamed", StoryPage.objects.get(pk=renamed.pk), Access.SUBSCRIBERS, is_gated=True, old=(old,))
    editor.gated("section-tightened", "absent", Access.SUBSCRIBERS, own_access="", section="law")
    law = editor.sections["law"]
    law.refresh_from_db()
    law.default_access = Access.SUBSCRIBERS
    law.save_revision().publish()


def plant_hidden(editor: Editor) -> None:
    """Drafts, what is to come, what was withdrawn."""
    tomorrow = editor.now + timedelta(days=1)
    editor.hidden("draft", is_published=False)
    editor.hidden("premium-draft", is_published=False, access=Access.PREMIUM)
    editor.hidden("scheduled", is_published=True, go_live_at=tomorrow)
    editor.hidden("under-embargo", is_published=True, embargoed_until=tomorrow, go_live_at=tomorrow)
    for key, access in {"withdrawn": Access.FREE, "premium-withdrawn": Access.PREMIUM}.items():
        editor.hidden(key, access=access).unpublish()
    expired = editor.hidden("expired")
    StoryPage.objects.filter(pk=expired.pk).update(expire_at=editor.now - timedelta(hours=1))
    expired.refresh_from_db()
    expired.unpublish()
    editor.hidden("deleted").delete()


def plant_private(editor: Editor) -> None:
    """Published, but with Wagtail's own restriction: a password, a group, an account; or below a private section."""
    kinds: dict[str, tuple[str, frozenset[str]]] = {
        "with-password": (PageViewRestriction.PASSWORD, NEWSROOM),
        "for-a-group": (PageViewRestriction.GROUPS, NEWSROOM),
        "for-accounts": (PageViewRestriction.LOGIN, EVERYONE - {"stranger"}),
    }
    for key, (kind, open_to) in kinds.items():
        restrict(editor.hidden(key, open_to=open_to), kind, editor.paper, key)
    editor.sections["secret"] = make_section("Secret", front=editor.front, slug="secret")
    restrict(editor.sections["secret"], PageViewRestriction.GROUPS, editor.paper, "private-section")
    editor.hidden("in-a-private-section", section="secret")


def restrict(page: Any, kind: str, paper: Paper, key: str) -> None:
    restriction = PageViewRestriction(page=page, restriction_type=kind)
    restriction.password = PASSWORD if kind == PageViewRestriction.PASSWORD else ""
    restriction.save()
    if kind == PageViewRestriction.GROUPS:
        restriction.groups.add(Group.objects.get_or_create(name="A group")[0])
    paper.ids[f"restriction of {key}"] = restriction.pk


def plant_revisions(editor: Editor) -> None:
    """Live stories whose newest revision nobody but the newsroom may see; one of them goes live tomorrow."""
    for key, access in {
        "revised": Access.FREE,
        "revised-premium": Access.PREMIUM,
        "to-be-revised": Access.FREE,
    }.items():
        planter = editor.planter(key, NEWSROOM)
        story = editor.put(key, open_paragraphs(5), access=access)
        story.refresh_from_db()
        fields = hidden_fields(planter)
        story.title = fields.pop("headline")
        for name, value in fields.items():
            setattr(story, name, value)
        story.body = planter.everything()
        if key == "to-be-revised":
            story.go_live_at = editor.now + timedelta(days=1)
        revision = story.save_revision()
        if key == "to-be-revised":
            revision.publish()
        editor.paper.ids[f"revision of {key}"] = revision.pk
        # Nothing of the live story is withheld but what the revision brings.
        editor.keep(key, StoryPage.objects.get(pk=story.pk), access, is_gated=False)


def plant_links(editor: Editor) -> None:
    """Open stories that name hidden ones: in links of the text, as related stories, as topic and author."""
    names = [story for story in editor.paper.stories.values() if story.key in HIDDEN and story.key != "deleted"]
    links = "".join(f'<p>It lay <a linktype="page" id="{story.pk}">there</a>.</p>' for story in names)
    items = [f'<p><a linktype="page" id="{story.pk}">there</a></p>' for story in names]
    body = [
        block("paragraph", links),
        block("list", {"is_numbered": False, "items": items}),
        block("fact_box", {"title": "Water", "text": links}),
        *(block("related_story", {"story": story.pk}) for story in names),
    ]
    planter = editor.planter("links", NEWSROOM)
    topics = [
        make_topic(planter.says("topic that is a draft"), live=False, slug=planter.place("slug of a draft topic").word),
        make_topic(planter.says("private topic"), slug=planter.place("slug of a private topic").word),
    ]
    restrict(topics[1], PageViewRestriction.GROUPS, editor.paper, "private topic")
    authors = [
        make_author("Ben Draft", live=False, slug=planter.place("slug of a draft author").word),
        make_author("Cleo Private", slug=planter.place("slug of a private author").word),
    ]
    restrict(authors[1], PageViewRestriction.GROUPS, editor.paper, "private author")
    for author in authors:
        author.bio = planter.says(f"biography of {author.title}")
        author.save()
    story = editor.put("links", body, access=Access.FREE)
    for topic in topics:
        story.topic_links.add(StoryTopic(topic=topic))
    for author in authors:
        story.bylines.add(Byline(author=author))
    story.save_revision().publish()
    editor.keep("links", story, Access.FREE, is_gated=False)


def guesses_of_pictures(canaries: Canaries) -> list[str]:
    """What somebody may try who knows the numbers of withheld pictures, and signed addresses of another one."""
    other = Picture.objects.exclude(pk__in=canaries.pictures).first() or make_picture(size=(360, 240))
    signature = addresses_of(other, KINDS["natural"])["jpeg"][0].url.split("/")[2]
    found: list[str] = []
    withheld = [pk for pk, code in canaries.pictures.items() if "stranger" not in canaries.places[code].open_to]
    for picture in Picture.objects.filter(pk__in=withheld[::9]):
        own = {name: addresses_of(picture, kind)[kind.formats[-1]][0].url.split("/") for name, kind in KINDS.items()}
        name, right, rendition = own["natural"][-1], own["natural"][2], picture.get_rendition("width-100")
        wrong = [signature, own["wide"][2], right.swapcase(), right[:-1], "", "-", "A" * 22]
        found += [f"/pictures/{one}/{picture.pk}/{name}" for one in wrong]
        found += [
            f"/pictures/{picture.pk}/{name}",
            f"/pictures/{right}/{picture.pk}/original.jpg",
            f"/pictures/{right}/{picture.pk}/width-100.jpg",
            f"/images/{picture.pk}/width-100/",
            f"/media/{picture.file.name}",
            f"/media/{rendition.file.name}",
            f"/static/../media/{picture.file.name}",
            f"/{picture.file.name}",
        ]
    return found


HIDDEN = (
    "draft", "premium-draft", "scheduled", "under-embargo", "withdrawn", "premium-withdrawn", "expired", "deleted",
    "with-password", "for-a-group", "for-accounts", "in-a-private-section",
)  # fmt: skip


def place_on_front(editor: Editor) -> None:
    """The front page names hidden stories first, and then some that have a wall."""
    pk: Callable[[str], int] = lambda key: editor.paper.stories[key].pk  # noqa: E731
    placed = [
        {"type": "lead", "value": {"story": pk("draft"), "secondary": [pk("with-password"), pk("premium-middle")]}},
        {
            "type": "strip",
            "value": {
                "section": editor.sections["world"].pk,
                "chosen": [pk("scheduled"), pk("withdrawn"), pk("subscribers-first")],
                "count": 6,
            },
        },
        {"type": "strip", "value": {"section": editor.sections["secret"].pk, "chosen": [], "count": 4}},
        {"type": "strip", "value": {"section": editor.sections["money"].pk, "chosen": [], "count": 4}},
    ]
    front = FrontPage.objects.get(pk=editor.front.pk)
    front.placement = front._meta.get_field("placement").stream_block.to_python(placed)
    front.save_revision().publish()
