"""The newsroom's form for pictures: what cannot be taken is said at the field."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from courant.pictures.cleaning import CleanPicture
from courant.pictures.fields import clean_file
from courant.pictures.inspection import ACCEPTED
from courant.pictures.refusals import PictureNotStored, PictureRefused


class CleanPictureField(WagtailImageField):
    """A file field whose value went through `clean_picture`; Wagtail's decodes before it counts pixels."""

    def to_python(self, data: Any) -> CleanPicture | None:
        if data in self.empty_values:
            return None
        try:
            return clean_file(data, data.name)
        except PictureRefused as refused:
            raise ValidationError(str(refused), code="refused") from refused


class PictureForm(BaseImageForm):
    """Base of every form in which the newsroom uploads or edits a picture."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            given = self.fields["file"]
            field = CleanPictureField(label=given.label, required=given.required, widget=given.widget)
            field.help_text = (
                f"{ACCEPTED}, up to {field.max_upload_size_text}. Moving pictures become stills. "
                "What the file says of where, when and with what it was taken is removed."
            )
            self.fields["file"] = field

    def _post_clean(self) -> None:
        """Store the file while there is still a form to say that the disk is full."""
        super()._post_clean()
        if "file" not in self.changed_data:
            return
        if not self.errors:
            self.store_file()
        if self.errors and self.original_file:
            # The page is shown again, with the picture as it is and not as it did not become.
            self.instance.file = self.original_file.name

    def store_file(self) -> None:
        file = self.instance.file
        try:
            file.save(file.name, file.file, save=False)
        except OSError as error:
            self.instance.discard_new_file()
            self.add_error("file", str(PictureNotStored(error)))

    class Meta(BaseImageForm.Meta):
        pass
