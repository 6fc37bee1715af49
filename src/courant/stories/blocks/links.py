"""Blocks that lead elsewhere."""

from wagtail import blocks


class LinkCardBlock(blocks.StructBlock):
    """A page elsewhere, as a card. Nothing is loaded from there until the reader goes there."""

    url = blocks.URLBlock(label="Address")
    title = blocks.CharBlock(max_length=200)
    publisher = blocks.CharBlock(required=False, max_length=100)
    summary = blocks.CharBlock(required=False, max_length=300)

    class Meta:
        icon = "link-external"
        label = "Embed (link card)"
        template = "stories/blocks/link_card.html"


class RelatedStoryBlock(blocks.StructBlock):
    """A story of this paper that belongs beside this paragraph."""

    story = blocks.PageChooserBlock(page_type="stories.StoryPage")

    class Meta:
        icon = "doc-full"
        template = "stories/blocks/related_story.html"
