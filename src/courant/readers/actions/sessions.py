"""The end of sessions and of the passes they gave."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F

from courant.readers.models import Reader
from courant.wall.actions import end_passes


@transaction.atomic
def end_reader_passes(*, reader: Reader, now: datetime) -> None:
    """End every pass of a reader, by raising the version that later ones bear; sessions go on and give new ones."""
    Reader.objects.filter(pk=reader.pk).update(pass_version=F("pass_version") + 1)
    reader.refresh_from_db(fields=["pass_version"])
    end_passes(reader=reader.public_id, version=reader.pass_version - 1, now=now)


@transaction.atomic
def sign_out_everywhere(*, reader: Reader, by: Reader, now: datetime) -> None:
    """End every session of a reader with its next request, and every pass. PermissionDenied for another's."""
    if by != reader:
        raise PermissionDenied
    Reader.objects.filter(pk=reader.pk).update(session_version=F("session_version") + 1)
    reader.refresh_from_db(fields=["session_version"])
    end_reader_passes(reader=reader, now=now)
