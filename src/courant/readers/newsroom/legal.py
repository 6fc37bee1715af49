"""The newsroom's screens for legal documents."""

from typing import Any, cast

from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.chooser import SnippetChooserViewSet
from wagtail.snippets.views.snippets import CreateView as SnippetCreateView
from wagtail.snippets.views.snippets import EditView as SnippetEditView
from wagtail.snippets.views.snippets import SnippetViewSet

from courant.readers.actions.legal import publish_legal_document
from courant.readers.models import LegalDocument, Reader


class KeepingPolicy(ModelPermissionPolicy):
    """Nobody deletes: what somebody once agreed to stays readable."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "delete" and super().user_has_permission(user, action)


class LegalDocumentForm(WagtailAdminModelForm):
    """Which document it is cannot change, only its words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["kind"].disabled = self.fields["language"].disabled = True


class PublishMixin:
    """Saving publishes a version; the row that was opened stays as it is."""

    form: Any
    request: HttpRequest

    def save_instance(self) -> LegalDocument:
        values = {name: self.form.cleaned_data[name] for name in ("kind", "title", "body", "effective_on", "language")}
        return publish_legal_document(**values, by=cast(Reader, self.request.user), now=timezone.now())


class NewDocumentView(PublishMixin, SnippetCreateView):
    pass


class DocumentView(PublishMixin, SnippetEditView):
    success_message = "In force or to come: %(object)s. Earlier versions stay as they were."


class LegalDocumentViewSet(SnippetViewSet):
    """`/newsroom/snippets/readers/legaldocument/`."""

    model = LegalDocument
    icon = "doc-full"
    menu_label = "Legal documents"
    add_to_settings_menu = True
    list_display = ["title", "kind", "language", "version", "effective_on"]
    list_filter = ["kind", "language"]
    copy_view_enabled = False
    chooser_viewset_class = SnippetChooserViewSet
    add_view_class = NewDocumentView
    edit_view_class = DocumentView
    edit_handler = ObjectList(
        [
            FieldPanel("title"),
            FieldPanel("kind"),
            FieldPanel("language"),
            FieldPanel("effective_on"),
            FieldPanel("body"),
        ],
        base_form_class=LegalDocumentForm,
    )
