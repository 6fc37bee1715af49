"""What allauth tells us."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from courant.readers.actions import confirm_reader
from courant.readers.models import Reader
from courant.readers.queries import is_first_proof
from courant.readers.typed import take_typed
from courant.wall.actions import adopt_samples
from courant.wall.visits import paper_zone, sampled_stories


@receiver(email_confirmed, dispatch_uid="courant.readers.confirm")
def on_address_proven(request: HttpRequest, email_address: EmailAddress, **kwargs: Any) -> None:
    if is_first_proof(email_address):
        reader = email_address.user
        confirm_reader(reader=reader, **take_typed(request, email_address.email), by=reader, now=timezone.now())


@receiver(user_logged_in, dispatch_uid="courant.readers.adopt")
def on_signed_in(request: HttpRequest, user: Reader, **kwargs: Any) -> None:
    """What was opened as a stranger is open to the account too, and counts neither again (metering.md)."""
    now = timezone.now()
    if stories := sampled_stories(request, now=now):
        adopt_samples(reader=user, story_ids=stories, now=now, zone=paper_zone())
