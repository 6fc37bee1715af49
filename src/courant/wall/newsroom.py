"""The newsroom's screens for institutions: their list, and a test of whose an address is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import HeaderButton
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet

from courant.wall.models import Institution
from courant.wall.networks import Address, read_address
from courant.wall.queries import institutions_at
from courant.wall.visits import address_of_client

TEST = "Test an address"
NAMESPACE = "wagtailsnippets_wall_institution"


class AddressForm(forms.Form):
    """One address; what a log or a colleague says, with or without a port."""

    address = forms.CharField(
        label="Address",
        max_length=100,
        help_text="IPv4 or IPv6: 192.0.2.7 or 2001:db8::7",
        error_messages={"required": "Enter an address."},
    )

    def clean_address(self) -> Address:
        address = read_address(self.cleaned_data["address"])
        if address is None:
            raise ValidationError("This is no address: write 192.0.2.7 or 2001:db8::7.")
        return address


class InstitutionsView(IndexView):
    @cached_property
    def header_buttons(self) -> list[Any]:
        test = HeaderButton(TEST, url=reverse(f"{NAMESPACE}:address"), icon_name="search")
        return [*super().header_buttons, test]


class AddressView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Which institutions an address belongs to, by the tables as they stand and the law that opens stories."""

    template_name = "wall/newsroom/address.html"
    page_title = TEST
    header_icon = "search"
    model = Institution
    any_permission_required = ["add", "change", "delete", "view"]

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        above = {"url": reverse(f"{NAMESPACE}:list"), "label": "Institutions"}
        return [*super().get_breadcrumbs_items(), above, {"url": "", "label": TEST}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = AddressForm(self.request.GET if "address" in self.request.GET else None)
        address = form.cleaned_data["address"] if form.is_valid() else None
        return {
            **super().get_context_data(**kwargs),
            "form": form,
            "address": address,
            "found": institutions_at(address) if address else [],
            "own_address": address_of_client(self.request),
        }


class InstitutionViewSet(SnippetViewSet):
    model = Institution
    icon = "group"
    menu_label = "Institutions"
    add_to_settings_menu = True
    list_display = ["name", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name"]
    index_view_class = InstitutionsView

    def get_urlpatterns(self) -> list[Any]:
        return [*super().get_urlpatterns(), path("address/", AddressView.as_view(), name="address")]
