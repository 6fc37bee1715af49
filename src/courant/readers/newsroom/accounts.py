"""The newsroom's screens for accounts."""

from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from wagtail.admin.ui.tables import Column
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views import users

from courant.readers.actions.accounts import follow_address
from courant.readers.models import Reader

ACCOUNT_FIELDS = ["email", "name", "state", "is_superuser", "groups"]


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
