"""The gifts of a reader: the page of one link, and taking it back."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from courant.readers.models import Reader
from courant.readers.queries.gifts import given_stories
from courant.wall.actions import revoke_gift
from courant.wall.models import Gift


@require_safe
@login_required
def show_gift(request: HttpRequest, number: int) -> HttpResponse:
    """One's own gift with its link; another's is no page at all."""
    (given,) = given_stories([own_gift(request, number)], now=timezone.now())
    return render(request, "readers/gift.html", {"given": given})


@require_POST
@login_required
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    revoke_gift(gift=own_gift(request, number), by=cast(Reader, request.user), now=timezone.now())
    messages.success(request, "The gift is taken back: its link opens nothing any more.")
    return redirect("readers:account")


def own_gift(request: HttpRequest, number: int) -> Gift:
    return get_object_or_404(Gift, pk=number, giver_id=request.user.pk)
