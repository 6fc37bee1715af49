"""The wall's tables: what was opened, what the newsroom set, who reads from where."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from courant.wall.networks import NetworkError, read_networks

# A cookie of 4,096 bytes holds this many story numbers with room to spare.
MOST_SAMPLES = 50
MOST_NETWORKS = 2_000
# What a BigIntegerField holds; beyond it the database's driver raises instead of finding nothing.
GREATEST_STORY_ID = 2**63 - 1


def refuse_bad_networks(text: str) -> None:
    """Every line must be a network; the first that is not is named."""
    if len(text.splitlines()) > MOST_NETWORKS:
        raise ValidationError(f"An institution has at most {MOST_NETWORKS} networks.")
    try:
        networks = read_networks(text)
    except NetworkError as error:
        raise ValidationError(str(error)) from error
    if not networks:
        raise ValidationError("Give at least one network, one a line.")


class Opening(models.Model):
    """A story that a reader opened in a month of the paper; counted unless it came as a stranger's sample."""

    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="openings", db_index=False
    )
    # No foreign key: a story that is deleted was read all the same, and still counts this month.
    story_id = models.BigIntegerField()
    month = models.DateField(help_text="The first day of the month in the paper's time zone.")
    opened_at = models.DateTimeField()
    was_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "month", "story_id"], name="opening_once")]

    def __str__(self) -> str:
        return f"reader {self.reader_id}, story {self.story_id}, {self.month:%Y-%m}"


class MeterMonth(models.Model):
    """A reader's month: the row that is locked while a story is counted, so that counting is one by one."""

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    month = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "month"], name="meter_month_once")]

    def __str__(self) -> str:
        return f"reader {self.reader_id}, {self.month:%Y-%m}"


class SampleCount(models.Model):
    """How many samples the strangers of one network had in a month; `network` is a keyed hash."""

    network = models.CharField(max_length=64)
    month = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "month"], name="sample_count_once")]

    def __str__(self) -> str:
        return f"{self.count} samples in {self.month:%Y-%m}"


class GiftQuerySet(models.QuerySet["Gift"]):
    def live(self, now: datetime) -> GiftQuerySet:
        """Gifts whose links open their stories: neither ended nor taken back, of accounts that are open."""
        return self.filter(revoked_at__isnull=True, ends_at__gt=now, giver__is_active=True)


class Gift(models.Model):
    """A story that a subscriber gave away by a link. Who opened it is not kept, only how many."""

    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="gifts", db_index=False)
    # No foreign key, as in Opening: a story that is deleted was given all the same.
    story_id = models.BigIntegerField()
    month = models.DateField(help_text="The first day of the month it counts in, in the paper's time zone.")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="A whole second: the link says it too.")
    revoked_at = models.DateTimeField(null=True)
    opened = models.PositiveIntegerField("times opened", default=0)

    objects = GiftQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["giver", "month"], name="gift_of_month")]

    def __str__(self) -> str:
        return f"story {self.story_id} by reader {self.giver_id}, {self.month:%Y-%m}"


class PassEnd(models.Model):
    """Passes that ended before their time: those of a session, or a reader's up to and with a version."""

    session = models.CharField(max_length=64, blank=True)
    reader = models.CharField("reader's public id", max_length=64, blank=True)
    version = models.PositiveBigIntegerField(null=True)
    ended_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="pass_end_of_somebody",
                condition=models.Q(reader="", version__isnull=True) & ~models.Q(session="")
                | ~models.Q(reader="") & models.Q(version__isnull=False, session=""),
            )
        ]

    def __str__(self) -> str:
        return f"session {self.session}" if self.session else f"reader {self.reader}, version {self.version}"


@register_setting(icon="lock")
class WallSettings(BaseSiteSetting):
    """What the newsroom sets about the wall; in force with the next request."""

    premium_per_month = models.PositiveSmallIntegerField(
        "premium stories per month",
        default=5,
        validators=[MaxValueValidator(1000)],
        help_text="For each registered reader. 0: premium stories are for subscribers only.",
    )
    preview_paragraphs = models.PositiveSmallIntegerField(
        "paragraphs in the preview",
        default=3,
        validators=[MaxValueValidator(50)],
        help_text="Where a story has no wall marker. 0: headline and standfirst only.",
    )
    samples_per_month = models.PositiveSmallIntegerField(
        "samples per month",
        default=0,
        validators=[MaxValueValidator(MOST_SAMPLES)],
        help_text="Stories for registered readers that a stranger may open. Counted in a cookie, which can be deleted.",
    )
    samples_per_network = models.PositiveIntegerField(
        "samples per network",
        default=30,
        validators=[MaxValueValidator(1_000_000)],
        help_text="At most so many samples a month for all strangers of one network together.",
    )

    gifts_per_month = models.PositiveSmallIntegerField(
        "gifts per month",
        default=10,
        validators=[MaxValueValidator(1000)],
        help_text="Stories that each subscriber may give away by a link. 0: none; links already made go on working.",
    )
    gift_days = models.PositiveSmallIntegerField(
        "days a gift lasts",
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text="A change is for links made from then on.",
    )

    panels = [
        MultiFieldPanel([FieldPanel("premium_per_month"), FieldPanel("preview_paragraphs")], "Wall"),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("samples_per_month"), FieldPanel("samples_per_network")])],
            "Samples for strangers",
        ),
        MultiFieldPanel([FieldRowPanel([FieldPanel("gifts_per_month"), FieldPanel("gift_days")])], "Gifts"),
    ]

    class Meta:
        verbose_name = "wall"


class Institution(models.Model):
    """A library, school or office whose networks read everything."""

    name = models.CharField(max_length=120, unique=True)
    networks = models.TextField(
        max_length=100_000,
        validators=[refuse_bad_networks],
        help_text="One a line, IPv4 or IPv6: 192.0.2.0/24 or 2001:db8::/32. "
        "All who connect from there read everything.",
    )
    is_active = models.BooleanField("open", default=True)

    panels = [
        FieldPanel("name", help_text="As its readers see it: “Riverside Library gives you access.”"),
        FieldPanel("networks"),
        FieldPanel("is_active", help_text="Without the tick nobody reads by it; its networks are kept."),
    ]

    class Meta:
        verbose_name = "institution"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
