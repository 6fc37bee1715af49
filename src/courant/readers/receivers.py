"""What allauth and Django tell us."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, user_logged_in
from django.contrib.auth.signals import user_logged_in as session_begun
from django.contrib.auth.signals import user_logged_out as session_ended
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from courant.readers.actions.accounts import confirm_reader
from courant.readers.actions.sessions import end_reader_passes
from courant.readers.models import Reader
from courant.readers.queries.accounts import is_first_proof, is_other_in_passes
from courant.readers.signals import readers_updated
from courant.readers.typed import take_typed
from courant.wall.actions import adopt_samples, end_passes
from courant.wall.carrying import begin_session, session_id
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


# -- Passes: whatever ends a session or changes what a pass says (docs/rules/pass.md, "What ends a pass") ----
@receiver(session_begun, dispatch_uid="courant.readers.begin")
def on_session_begun(request: HttpRequest, **kwargs: Any) -> None:
    if earlier := begin_session(request):
        end_passes(session=earlier, now=timezone.now())


@receiver(session_ended, dispatch_uid="courant.readers.end")
def on_session_ended(request: HttpRequest, **kwargs: Any) -> None:
    if session := session_id(request):
        end_passes(session=session, now=timezone.now())


@receiver(pre_save, sender=Reader, dispatch_uid="courant.readers.compare")
def before_reader_saved(instance: Reader, update_fields: Any, raw: bool, **kwargs: Any) -> None:
    instance.__dict__["_is_other_in_passes"] = not raw and is_other_in_passes(instance, update_fields)


@receiver(post_save, sender=Reader, dispatch_uid="courant.readers.change")
def on_reader_saved(instance: Reader, **kwargs: Any) -> None:
    if instance.__dict__.pop("_is_other_in_passes", False):
        end_reader_passes(reader=instance, now=timezone.now())


@receiver(readers_updated, dispatch_uid="courant.readers.changes")
def on_readers_updated(numbers: list[int], **kwargs: Any) -> None:
    for reader in Reader.objects.filter(pk__in=numbers):
        end_reader_passes(reader=reader, now=timezone.now())


@receiver(post_delete, sender=Reader, dispatch_uid="courant.readers.erase")
def on_reader_erased(instance: Reader, **kwargs: Any) -> None:
    end_passes(reader=instance.public_id, version=instance.pass_version, now=timezone.now())
