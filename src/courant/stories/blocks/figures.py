"""Blocks that show something beside words."""

from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.images.blocks import ImageChooserBlock


class PictureBlock(blocks.StructBlock):
    """A picture in the text; empty caption and credit fall back to those of the picture itself."""

    picture = ImageChooserBlock()
    caption = blocks.CharBlock(required=False, max_length=500)
    credit = blocks.CharBlock(required=False, max_length=200)
    alt = blocks.CharBlock(
        required=False, max_length=300, label="Alternative text", help_text="Only where it differs from the picture's."
    )

    class Meta:
        icon = "image"
        template = "stories/blocks/picture.html"


class TableBlock(blocks.StructBlock):
    """Rows and columns with a caption that says what they are."""

    caption = blocks.CharBlock(max_length=200)
    table = TypedTableBlock([("text", blocks.CharBlock(required=False))])

    class Meta:
        icon = "table"
        template = "stories/blocks/table.html"
