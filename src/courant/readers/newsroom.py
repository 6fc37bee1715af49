"""The newsroom's screens for accounts and legal documents."""

from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.chooser import SnippetChooserViewSet
from wagtail.snippets.views.snippets import CreateView as SnippetCreateView
from wagtail.snippets.views.snippets import EditView as SnippetEditView
from wagtail.snippets.views.snippets import SnippetViewSet
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views import users

from courant.readers.actions import follow_address, publish_legal_document
from courant.readers.models import LegalDocument, Reader

ACCOUNT_FIELDS = ["email", "name", "state", "is_superuser", "groups"]


# -- Accounts -------------------------------------------------------------------------------------------
class AccountFormMixin:
    """Our fields in Wagtail's form. Passwords are the reader's affair: a mailed code opens an account."""

    password_enabled = False

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()  # type: ignore[attr-defined]

    def save(self, commit: bool = True) -> Reader:
        reader: Reader = super().save(commit=False)  # type: ignore[misc]
        if not reader.pk:
            reader.set_unusable_password()
        if commit:
            reader.save()
            self.save_m2m()  # type: ignore[attr-defined]
        return reader


class NewAccountForm(AccountFormMixin, UserCreationForm):
    first_name = None
    last_name = None

    class Meta:
        model = Reader
        fields = ACCOUNT_FIELDS
        widgets = {"groups": forms.CheckboxSelectMultiple}


class AccountForm(AccountFormMixin, UserEditForm):
    first_name = None
    last_name = None

    class Meta:
        model = Reader
        fields = [*ACCOUNT_FIELDS, "is_active"]
        widgets = {"groups": forms.CheckboxSelectMultiple}


class AccountViewMixin:
    """Only who may do everything can make others so; an address that is new is unproven."""

    request: HttpRequest

    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(*args, **kwargs)  # type: ignore[misc]
        if not self.request.user.is_superuser and "is_superuser" in form.fields:
            form.fields["is_superuser"].disabled = True
        return form

    def save_instance(self) -> Reader:
        reader: Reader = super().save_instance()  # type: ignore[misc]
        follow_address(reader=reader, by=cast(Reader, self.request.user), now=timezone.now())
        return reader


class NewAccountView(AccountViewMixin, users.CreateView):
    pass


class AccountView(AccountViewMixin, users.EditView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.object.is_superuser and not request.user.is_superuser:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class AccountsView(users.IndexView):
    search_fields = ("email", "name")

    @property
    def columns(self) -> list[Column]:
        state = Column("state", accessor="state_in_words", label="Account", sort_key="state", width="15%")
        columns = super().columns
        return [*columns[:3], state, *columns[3:]]


class AccountFilterSet(users.UserFilterSet):
    class Meta:
        model = Reader
        fields = ["state"]


class ReaderViewSet(users.UserViewSet):
    """`/newsroom/users/`: list, open, change and close accounts."""

    menu_label = "Accounts"
    ordering = "email"
    template_prefix = "readers/accounts/"
    filterset_class = AccountFilterSet
    index_view_class = AccountsView
    add_view_class = NewAccountView
    edit_view_class = AccountView

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return AccountForm if for_update else NewAccountForm


# -- Legal documents ------------------------------------------------------------------------------------
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
