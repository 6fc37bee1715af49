"""Blocks that are made of words."""

from wagtail import blocks

INLINE_FEATURES = ["bold", "italic", "link", "superscript", "subscript"]


class ParagraphBlock(blocks.RichTextBlock):
    """One or more paragraphs; each gets its own address (#p4) when it is printed."""

    class Meta:
        icon = "pilcrow"
        label = "Paragraph"


class SubheadingBlock(blocks.CharBlock):
    """A heading inside the story, one level below the headline."""

    class Meta:
        icon = "title"
        template = "stories/blocks/subheading.html"


class PullQuoteBlock(blocks.CharBlock):
    """Words of the story set large; decoration, so never the only place where they stand."""

    class Meta:
        icon = "openquote"
        template = "stories/blocks/pull_quote.html"


class BlockQuoteBlock(blocks.StructBlock):
    """Somebody's words, with who said them."""

    quotation = blocks.TextBlock()
    attribution = blocks.CharBlock(required=False, help_text="Name, role")

    class Meta:
        icon = "openquote"
        template = "stories/blocks/block_quote.html"


class FactBoxBlock(blocks.StructBlock):
    """Background beside the story."""

    title = blocks.CharBlock(max_length=120)
    text = blocks.RichTextBlock(features=[*INLINE_FEATURES, "ul", "ol"])

    class Meta:
        icon = "info-circle"
        template = "stories/blocks/fact_box.html"


class ListBlock(blocks.StructBlock):
    """A list, numbered or with bullets."""

    is_numbered = blocks.BooleanBlock(required=False, label="Numbered")
    items = blocks.ListBlock(blocks.RichTextBlock(features=INLINE_FEATURES), min_num=1)

    class Meta:
        icon = "list-ul"
        template = "stories/blocks/list.html"
