"""What the newsroom shows of this room."""

from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from courant.readers.models import LegalDocument
from courant.readers.newsroom.legal import KeepingPolicy, LegalDocumentViewSet

register_permission_policy(LegalDocument, KeepingPolicy(LegalDocument))
register_snippet(LegalDocumentViewSet)
