"""What is no longer right, who has heard of it, and pages that one host printed for all."""

from __future__ import annotations

from typing import Any

from django.db import models


class TransactionNumber(models.Func):
    """The number of the running transaction on PostgreSQL (xid8, which never comes round); none elsewhere."""

    output_field = models.BigIntegerField()
    arity = 0

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[str | int, ...]]:  # type: ignore[override]
        """Django asks the same of every database, and lets us say it once."""
        return "pg_current_xact_id()::text::bigint" if connection.vendor == "postgresql" else "NULL", ()


class Withdrawal(models.Model):
    """Pages with this key are no longer right. Written in the transaction of the change, followed on every host."""

    key = models.CharField(max_length=100)
    made_at = models.DateTimeField(db_index=True)
    # By this PostgreSQL says exactly which rows have been committed since somebody last looked.
    transaction = models.BigIntegerField(null=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.key} at {self.made_at:%Y-%m-%d %H:%M:%S}"


class Follower(models.Model):
    """A host that follows the withdrawals: when it last did, and how long after a change it was."""

    host = models.CharField(max_length=200, unique=True)
    followed_at = models.DateTimeField()
    lag = models.FloatField(default=0, help_text="Seconds from the last change to its being in force there.")

    def __str__(self) -> str:
        return self.host


class SharedPage(models.Model):
    """A page as one host printed it. It holds until one of its keys is withdrawn by a transaction that `position`
    does not know of yet."""

    address = models.CharField(max_length=500)
    edition = models.CharField(max_length=64)
    position = models.TextField()
    pressed_at = models.DateTimeField(db_index=True)
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "edition"], name="shared_page_once")]

    def __str__(self) -> str:
        return self.address
