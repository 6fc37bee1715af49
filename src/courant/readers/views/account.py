"""The account page, the change of address and password, and who the page's header greets."""

from typing import Any, cast
from zoneinfo import ZoneInfo

from allauth.account import views as allauth_views
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from courant.readers.actions.accounts import change_name
from courant.readers.forms import (
    ChangeAddressForm,
    ChangePasswordForm,
    NameForm,
    ReauthenticateForm,
    SetPasswordForm,
)
from courant.readers.models import Reader
from courant.readers.policy import can_enter_newsroom
from courant.readers.queries.consent import agreements_of
from courant.readers.queries.gifts import given_stories
from courant.readers.views.entrance import ReturnMixin
from courant.wall.decision import month_of
from courant.wall.enums import ReaderState
from courant.wall.policy import can_give
from courant.wall.queries import default_wall_settings, gifts_to_show, month_gifts, month_openings
from courant.wall.visits import paper_zone


@login_required
def account(request: HttpRequest) -> HttpResponse:
    reader = cast(Reader, request.user)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": reader.name})
    if form.is_valid():
        change_name(reader=reader, name=form.cleaned_data["name"], by=reader, now=timezone.now())
        messages.success(request, "Your name is saved.")
        return redirect("readers:account")
    context = {
        "form": form,
        "reader": reader,
        "meter": meter_line(reader),
        "agreements": agreements_of(reader),
        "can_enter_newsroom": can_enter_newsroom(reader),
        **gifts_context(reader),
    }
    return render(request, "readers/account.html", context)


def meter_line(reader: Reader) -> str:
    """What the meter says of this month, in words; staff and subscribers have none."""
    if reader.state != ReaderState.REGISTERED:
        return ""
    month = month_of(timezone.now(), ZoneInfo(settings.TIME_ZONE))
    try:
        limit = default_wall_settings().premium_per_month
        opened = month_openings(reader_id=reader.pk, month=month).counted
    except DatabaseError:
        return "The meter of Premium stories cannot be read just now."
    return f"{max(limit - opened, 0)} of {limit} Premium stories left this month"


def gifts_context(reader: Reader) -> dict[str, Any]:
    """What the reader gave, and how many more they can give; None for who gives nothing."""
    now, zone = timezone.now(), paper_zone()
    gifts = given_stories(gifts_to_show(giver_id=reader.pk, now=now, zone=zone), now=now)
    limit = default_wall_settings().gifts_per_month if can_give(reader) else 0
    if limit == 0:
        return {"gifts": gifts, "gifts_left": None}
    given = month_gifts(giver_id=reader.pk, month=month_of(now, zone), limit=limit)
    return {"gifts": gifts, "gifts_left": given.left, "gifts_limit": limit}


@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """Who is signed in, for the header of a page that is the same for everyone."""
    reader = request.user
    known: dict[str, Any] = {
        "signed_in": reader.is_authenticated,
        "name": "",
        "state": ReaderState.STRANGER.value,
    }
    if reader.is_authenticated:
        known.update(name=reader.get_short_name(), state=reader.state)
    return JsonResponse(known)


class AddressView(ReturnMixin, allauth_views.EmailView):
    form_class = ChangeAddressForm


class ChangePasswordView(ReturnMixin, allauth_views.PasswordChangeView):
    form_class = ChangePasswordForm


class SetPasswordView(ReturnMixin, allauth_views.PasswordSetView):
    form_class = SetPasswordForm


class ReauthenticateView(ReturnMixin, allauth_views.ReauthenticateView):
    form_class = ReauthenticateForm
