"""The wall in the newsroom: the list of institutions."""

from wagtail.snippets.models import register_snippet

from courant.wall.newsroom import InstitutionViewSet

register_snippet(InstitutionViewSet)
