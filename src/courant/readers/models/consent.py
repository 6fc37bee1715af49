"""The ledger of consents."""

from django.db import models

from courant.readers.enums import ConsentAct
from courant.readers.models.accounts import Reader
from courant.readers.models.legal import LegalDocument


class ConsentRecord(models.Model):
    """Proof of one act: who, which text, by which words, when and from where. Append-only."""

    reader = models.ForeignKey(Reader, null=True, on_delete=models.SET_NULL, related_name="consents")
    subject = models.CharField(max_length=64, help_text="Stands for the address when the account is gone.")
    act = models.CharField(max_length=12, choices=[(act.value, act.value.capitalize()) for act in ConsentAct])
    document = models.ForeignKey(LegalDocument, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=12)
    wording = models.TextField(help_text="The sentence beside the button, as the reader saw it.")
    at = models.DateTimeField()
    url = models.CharField(max_length=500, blank=True)
    network = models.CharField(max_length=50, blank=True, help_text="The address's network, never the address.")
    user_agent = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "consent record"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.reader or self.subject[:12]} {self.act} {self.document}"
