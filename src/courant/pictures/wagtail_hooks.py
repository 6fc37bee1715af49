"""What this room adds to the newsroom: the paper's kinds of crops as Wagtail filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wagtail import hooks
from wagtail.images.image_operations import ImageTransform, TransformOperation
from wagtail.images.rect import Rect

from courant.pictures.crops import crop_box, height_for
from courant.pictures.kinds import KINDS

if TYPE_CHECKING:
    from courant.pictures.models import Picture


class KindOperation(TransformOperation):
    """`lead-640`: the crop of a kind in one width. Varies with the file: an old crop is never found again."""

    vary_fields = ("file_hash", "focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height")

    def construct(self, width: str) -> None:
        self.width = int(width)

    def run(self, transform: ImageTransform, image: Picture) -> ImageTransform:
        kind = KINDS[self.method]
        cropped = transform.crop(Rect(*crop_box(image, kind)).round())
        return cropped.resize((self.width, height_for(image, kind, self.width)))


@hooks.register("register_image_operations")
def register_kinds() -> list[tuple[str, type[TransformOperation]]]:
    return [(name, KindOperation) for name in KINDS]
