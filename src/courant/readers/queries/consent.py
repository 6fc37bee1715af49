"""What a reader agreed to."""

from django.db.models import QuerySet

from courant.readers.models import ConsentRecord, Reader


def agreements_of(reader: Reader) -> QuerySet[ConsentRecord]:
    """What the reader agreed to or was shown, the latest first, with the documents but not their texts."""
    return ConsentRecord.objects.filter(reader=reader).select_related("document").defer("document__body")
