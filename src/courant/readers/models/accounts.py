"""Accounts: everyone who can sign in."""

import secrets
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from courant.readers.signals import readers_updated
from courant.wall.enums import ReaderState

ACCOUNT_STATES = [(state.value, state.value.capitalize()) for state in ReaderState if state != ReaderState.STRANGER]
PLAIN_STATES = {
    ReaderState.REGISTERED: "Registered reader",
    ReaderState.SUBSCRIBER: "Subscriber",
    ReaderState.STAFF: "Newsroom",
}
# Of these a save takes only what a deed of its own has set: whoever loaded the account earlier knows old ones.
VERSIONS = frozenset({"pass_version", "session_version"})
# The state stands in a pass; the rest is what somebody must have had to be given one.
IN_PASSES = frozenset({"state", "is_active", "password", "email"})


def new_public_id() -> str:
    """128 bits by chance: says nothing of the account and cannot be guessed."""
    return secrets.token_urlsafe(16)


class ReaderQuerySet(models.QuerySet["Reader"]):
    def update(self, **values: Any) -> int:
        """As ever; of what passes rest on, receivers hear in the same transaction, as they do of a save."""
        if IN_PASSES.isdisjoint(values):
            return super().update(**values)
        with transaction.atomic():
            numbers = list(self.values_list("pk", flat=True))
            changed = super().update(**values)
            readers_updated.send(sender=Reader, numbers=numbers)
        return changed


class ReaderManager(BaseUserManager["Reader"]):
    """Finds accounts by address, whatever its case."""

    def get_queryset(self) -> ReaderQuerySet:
        return ReaderQuerySet(self.model, using=self._db)

    def create_user(self, email: str, password: str | None = None, **values: Any) -> "Reader":
        reader = self.model(email=self.normalize_email(email).lower(), **values)
        reader.set_password(password)
        reader.full_clean(exclude=["password"])
        reader.save(using=self._db)
        return reader

    def create_superuser(self, email: str, password: str | None = None, **values: Any) -> "Reader":
        return self.create_user(email, password, state=ReaderState.STAFF, is_superuser=True, **values)

    def get_by_natural_key(self, username: str | None) -> "Reader":
        return self.get(email__iexact=username)


class Reader(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]  # Wagtail's are untyped
    """An account. `state` is what the wall goes by; what staff may do in the newsroom comes from groups."""

    email = models.EmailField("e-mail address", max_length=254, unique=True)
    name = models.CharField("name", max_length=120, blank=True)
    state = models.CharField(max_length=12, choices=ACCOUNT_STATES, default=ReaderState.REGISTERED.value)
    is_active = models.BooleanField("open", default=True, help_text="A closed account can no longer sign in.")
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    pass_version = models.PositiveBigIntegerField(default=1, editable=False)
    session_version = models.PositiveBigIntegerField(default=0, editable=False)

    objects = ReaderManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = "reader"
        constraints = [models.UniqueConstraint(Lower("email"), name="reader_email_any_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """What changes, and the end of the passes that say otherwise, are one transaction (receivers.py)."""
        if not self._state.adding and not args and kwargs.get("update_fields") is None:
            names = {field.name for field in self._meta.concrete_fields if not field.primary_key}
            kwargs["update_fields"] = names - VERSIONS - self.get_deferred_fields()
        with transaction.atomic():
            super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions are bound to the password, as Django's are, and to this: raising it ends them all."""
        bound = super()._get_session_auth_hash(secret)  # type: ignore[misc]
        return f"{bound}.{self.session_version}" if self.session_version else bound

    @property
    def is_staff(self) -> bool:
        return self.state == ReaderState.STAFF

    @property
    def state_in_words(self) -> str:
        return PLAIN_STATES[ReaderState(self.state)]

    @property
    def first_name(self) -> str:
        """What Wagtail's menu calls the person by."""
        return self.name

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email.split("@")[0]
