"""The body of a story: which blocks it is made of, and where the wall stands in it."""

from wagtail import blocks

from courant.stories.blocks.figures import PictureBlock, TableBlock
from courant.stories.blocks.links import LinkCardBlock, RelatedStoryBlock
from courant.stories.blocks.text import (
    INLINE_FEATURES,
    BlockQuoteBlock,
    FactBoxBlock,
    ListBlock,
    ParagraphBlock,
    PullQuoteBlock,
    SubheadingBlock,
)

WALL = "wall"


class WallBlock(blocks.StaticBlock):
    """Where the preview ends. Without it the number of paragraphs in the wall's settings rules."""

    class Meta:
        icon = "lock"
        label = "Wall"
        admin_text = "The preview ends here: what follows is sent only to readers who may read it."


class StoryBody(blocks.StreamBlock):
    """Every block a story may hold."""

    paragraph = ParagraphBlock(features=INLINE_FEATURES)
    subheading = SubheadingBlock(max_length=150)
    picture = PictureBlock()
    pull_quote = PullQuoteBlock(max_length=300)
    block_quote = BlockQuoteBlock()
    fact_box = FactBoxBlock()
    list = ListBlock()
    table = TableBlock()
    link_card = LinkCardBlock()
    related_story = RelatedStoryBlock()
    wall = WallBlock()

    class Meta:
        block_counts = {WALL: {"max_num": 1}}
