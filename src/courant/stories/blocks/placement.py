"""Blocks by which an editor places stories on the front page; their order is the order on the page."""

from wagtail import blocks

STORY = "stories.StoryPage"


class LeadBlock(blocks.StructBlock):
    """The lead, with the stories that stand beside it."""

    story = blocks.PageChooserBlock(page_type=STORY)
    secondary = blocks.ListBlock(blocks.PageChooserBlock(page_type=STORY), max_num=4, default=[])

    class Meta:
        icon = "pick"


class StripBlock(blocks.StructBlock):
    """A strip of one section: chosen stories first, filled with its newest."""

    section = blocks.PageChooserBlock(page_type="stories.SectionPage")
    chosen = blocks.ListBlock(blocks.PageChooserBlock(page_type=STORY), max_num=6, default=[])
    count = blocks.IntegerBlock(min_value=2, max_value=8, default=4, label="Number of stories")

    class Meta:
        icon = "list-ul"


class FrontPlacement(blocks.StreamBlock):
    """What an editor may place on the front page."""

    lead = LeadBlock()
    strip = StripBlock()

    class Meta:
        block_counts = {"lead": {"max_num": 1}}
