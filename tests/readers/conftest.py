"""What the tests of accounts share."""

from datetime import UTC, datetime

import pytest

from courant.readers.actions.legal import install_legal_documents
from courant.readers.models import LegalDocument

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def documents(db: None) -> list[LegalDocument]:
    return install_legal_documents(now=NOW)
