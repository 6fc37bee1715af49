"""The wall in the newsroom: the list of institutions."""

from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from courant.wall.models import Institution


class InstitutionViewSet(SnippetViewSet):
    model = Institution
    icon = "group"
    menu_label = "Institutions"
    add_to_settings_menu = True
    list_display = ["name", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name"]


register_snippet(InstitutionViewSet)
