"""Bodies of stories in which every place has its canary: one of each kind of block, around a wall."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from courant.pictures.models import Picture
from tests.factories import block, make_picture
from tests.leak.canaries import Canaries, Place

Blocks = list[tuple[str, Any]]
EVERYONE = frozenset({"stranger", "registered", "subscriber", "staff"})
NEWSROOM = frozenset({"staff"})


@dataclass
class Planter:
    """Plants one story's canaries. `open_to` says who may see what is planted from now on."""

    canaries: Canaries
    story: str
    open_to: frozenset[str]
    related: Any = None
    planted: list[Place] = field(default_factory=list)

    def place(self, where: str, *, is_printed: bool = True) -> Place:
        made = self.canaries.plant(self.story, where, self.open_to, is_printed=is_printed)
        self.planted.append(made)
        return made

    def says(self, where: str) -> str:
        return self.place(where).sentence

    def picture(self, where: str, *, is_printed: bool) -> Picture:
        """A picture of its own, with canaries in all that is known of it; its address is withheld like the place."""
        title = self.place(f"{where}, title", is_printed=False)
        made = make_picture(
            title=title.sentence,
            size=(360, 240),
            description=self.place(f"{where}, its own alternative text", is_printed=is_printed).sentence,
            caption=self.place(f"{where}, its own caption", is_printed=is_printed).sentence,
            credit=self.place(f"{where}, its own credit", is_printed=is_printed).sentence,
            rights=self.place(f"{where}, rights", is_printed=False).sentence,
        )
        self.canaries.pictures[made.pk] = title.code
        return made

    # -- Blocks -------------------------------------------------------------------------------------------
    def paragraph(self, where: str = "paragraph") -> tuple[str, Any]:
        link, strong = self.place(f"{where}, address of a link"), self.place(f"{where}, in bold")
        return block(
            "paragraph",
            f'<p>{self.says(where)} <b>{strong.sentence}</b>, <a href="https://elsewhere.example/{link.word}">so</a>.</p>'
            f"<p>{self.says(f'{where}, second of one block')}.</p>",
        )

    def subheading(self) -> tuple[str, Any]:
        return block("subheading", self.says("subheading"))

    def pull_quote(self) -> tuple[str, Any]:
        return block("pull_quote", self.says("pull quote"))

    def block_quote(self) -> tuple[str, Any]:
        return block(
            "block_quote", {"quotation": self.says("quotation"), "attribution": self.says("quotation, attribution")}
        )

    def fact_box(self) -> tuple[str, Any]:
        text = f"<p>{self.says('fact box')}</p><ul><li>{self.says('fact box, item')}</li></ul>"
        return block("fact_box", {"title": self.says("fact box, title"), "text": text})

    def list(self, *, is_numbered: bool) -> tuple[str, Any]:
        name = "numbered list" if is_numbered else "list"
        items = [f"<p>{self.says(f'{name}, item {number}')}</p>" for number in (1, 2)]
        return block("list", {"is_numbered": is_numbered, "items": items})

    def table(self) -> tuple[str, Any]:
        columns = [{"type": "text", "heading": self.says(f"table, heading {number}")} for number in (1, 2)]
        rows = [{"values": [self.says(f"table, cell {row}{column}") for column in (1, 2)]} for row in (1, 2)]
        return block(
            "table",
            {"caption": self.says("table, caption"), "table": {"columns": columns, "rows": rows, "caption": ""}},
        )

    def own_picture(self) -> tuple[str, Any]:
        """Printed with the words of the picture itself."""
        picture = self.picture("picture", is_printed=True)
        return block("picture", {"picture": picture.pk, "caption": "", "credit": "", "alt": ""})

    def worded_picture(self) -> tuple[str, Any]:
        """Printed with words of this story; the picture's own are printed nowhere."""
        picture = self.picture("picture with words", is_printed=False)
        words = {
            name: self.says(f"picture with words, {label}")
            for name, label in {"caption": "caption", "credit": "credit", "alt": "alternative text"}.items()
        }
        return block("picture", {"picture": picture.pk, **words})

    def link_card(self) -> tuple[str, Any]:
        address = self.place("link card, address")
        return block(
            "link_card",
            {
                "url": f"https://elsewhere.example/{address.word}",
                "title": self.says("link card, title"),
                "publisher": self.says("link card, publisher"),
                "summary": self.says("link card, summary"),
            },
        )

    def everything(self) -> Blocks:
        """One of each kind of block there is, the wall apart."""
        blocks = [
            self.own_picture(),
            self.paragraph(),
            self.subheading(),
            self.pull_quote(),
            self.block_quote(),
            self.fact_box(),
            self.list(is_numbered=False),
            self.list(is_numbered=True),
            self.table(),
            self.worded_picture(),
            self.link_card(),
        ]
        if self.related is not None:
            blocks.append(block("related_story", {"story": self.related.pk}))
        return [*blocks, self.paragraph("last paragraph")]


def open_paragraphs(count: int) -> Blocks:
    return [
        block("paragraph", f"<p>Grey water lay before the harbour, {number}.</p>") for number in range(1, count + 1)
    ]


def wall_block() -> tuple[str, Any]:
    return block("wall", None)


def wall_first(planter: Planter) -> Blocks:
    return [wall_block(), *planter.everything()]


def wall_middle(planter: Planter) -> Blocks:
    return [*open_paragraphs(2), wall_block(), *planter.everything()]


def wall_late(planter: Planter) -> Blocks:
    """All but the last blocks are open."""
    return [
        *open_paragraphs(5),
        block("subheading", "A subheading that all may read"),
        wall_block(),
        planter.worded_picture(),
        planter.paragraph(),
    ]


def wall_last(planter: Planter) -> Blocks:
    """A marker behind everything withholds nothing (access.md, "The cut")."""
    planter.open_to = EVERYONE
    return [*open_paragraphs(1), planter.paragraph(), planter.own_picture(), wall_block()]


def wall_absent(planter: Planter) -> Blocks:
    """Three counted blocks are open, and what stands between them; the first withheld block counts nothing."""
    first, *rest = open_paragraphs(3)
    return [first, block("pull_quote", "A quote that all may read"), *rest, *planter.everything()]


def short(planter: Planter) -> Blocks:
    """Of two counted blocks one is shown."""
    return [*open_paragraphs(1), planter.worded_picture(), planter.paragraph()]


def single(planter: Planter) -> Blocks:
    """Of one counted block none is shown, nor what stands before it."""
    return [planter.own_picture(), planter.paragraph()]


SHAPES = {
    "first": wall_first,
    "middle": wall_middle,
    "late": wall_late,
    "last": wall_last,
    "absent": wall_absent,
    "short": short,
    "single": single,
}
