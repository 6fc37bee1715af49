"""The legal documents that readers agree to, each version a row."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from wagtail.fields import RichTextField

LEGAL_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link"]


def language_of_paper() -> str:
    return settings.LANGUAGE_CODE


class LegalDocumentQuerySet(models.QuerySet["LegalDocument"]):
    def in_force(self, on: date) -> "LegalDocumentQuerySet":
        """Of each kind and language, the newest version whose day has come."""
        newest = LegalDocument.objects.filter(
            kind=OuterRef("kind"), language=OuterRef("language"), effective_on__lte=on
        ).order_by("-version")
        return self.filter(version=Subquery(newest.values("version")[:1]))


class LegalDocument(models.Model):
    """One version of a text readers agree to. A row never changes: new words are a new version."""

    kind = models.SlugField(
        max_length=40,
        help_text="Its address under /legal/: terms-of-use, cookie-policy, privacy-notice, or your own.",
    )
    title = models.CharField(max_length=120)
    language = models.CharField(max_length=12, default=language_of_paper)
    version = models.PositiveIntegerField(default=1, editable=False)
    body = RichTextField(features=LEGAL_FEATURES)
    effective_on = models.DateField("in force from", default=timezone.localdate)
    sha256 = models.CharField("fingerprint", max_length=64, editable=False)
    published_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = LegalDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "legal document"
        ordering = ["kind", "language", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "language", "version"], name="legal_document_version"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ValidationError("A published legal document does not change: publish its next version.")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("readers:legal-version", args=[self.kind, self.version])
