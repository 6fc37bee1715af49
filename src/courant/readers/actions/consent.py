"""The one door to the ledger of consents."""

from datetime import datetime

from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate

from courant.readers.enums import ConsentAct, LegalKind
from courant.readers.evidence import Evidence
from courant.readers.models import ConsentRecord, LegalDocument, Reader
from courant.readers.queries.legal import documents_in_force

ACTS_AT_REGISTRATION = {
    LegalKind.TERMS: ConsentAct.ACCEPTED,
    LegalKind.COOKIES: ConsentAct.SHOWN,
    LegalKind.PRIVACY: ConsentAct.SHOWN,
}


def record_registration(*, reader: Reader, evidence: Evidence, now: datetime) -> None:
    """One record per document named at registration; the same act from the same browser is recorded once."""
    for document in documents_in_force(localdate(now)).filter(kind__in=list(ACTS_AT_REGISTRATION)):
        act = ACTS_AT_REGISTRATION[LegalKind(document.kind)]
        same = ConsentRecord.objects.filter(
            reader=reader,
            act=act,
            document=document,
            network=evidence.network,
            user_agent=evidence.user_agent,
        )
        if not same.exists():
            record_consent(reader=reader, act=act, document=document, evidence=evidence, now=now)


def record_consent(
    *, reader: Reader, act: ConsentAct, document: LegalDocument, evidence: Evidence, now: datetime
) -> ConsentRecord:
    return ConsentRecord.objects.create(
        reader=reader,
        subject=salted_hmac("courant.readers.subject", reader.email, algorithm="sha256").hexdigest(),
        act=act,
        document=document,
        version=document.version,
        sha256=document.sha256,
        language=document.language,
        wording=evidence.wording,
        at=now,
        url=evidence.url,
        network=evidence.network,
        user_agent=evidence.user_agent,
    )
