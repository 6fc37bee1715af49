"""What the newsroom decides about the paper as a whole."""

from django.core.validators import RegexValidator
from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

HEX_COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}$", "Give a colour as # and six hexadecimal digits, e.g. #9b1c1c.")


class HeadlineFont(models.TextChoices):
    SERIF = "serif", "Source Serif 4"
    SANS = "sans", "Public Sans"


@register_setting(icon="doc-full-inverse")
class PaperSettings(BaseSiteSetting):
    """Name, look and imprint; in force with the next page that is printed, without a build."""

    name = models.CharField(max_length=80, default="The Courant")
    tagline = models.CharField(max_length=160, blank=True)
    logo = models.ForeignKey(
        "pictures.Picture",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Shown instead of the name in the head of each page; the name stays as its alternative text.",
    )
    icon = models.ForeignKey(
        "pictures.Picture",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="A square picture of at least 512 pixels for browser tabs and home screens.",
    )
    accent = models.CharField(max_length=7, default="#9b1c1c", validators=[HEX_COLOUR], help_text="On light paper.")
    accent_dark = models.CharField(
        "accent in the dark", max_length=7, default="#f0a29b", validators=[HEX_COLOUR], help_text="On dark paper."
    )
    headline_font = models.CharField(max_length=8, choices=HeadlineFont.choices, default=HeadlineFont.SERIF)
    contact_email = models.EmailField("contact", blank=True, help_text="Printed in the foot and on error pages.")
    imprint = models.TextField(blank=True, help_text="Publisher and address, printed in the foot.")

    panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("tagline"), FieldPanel("logo"), FieldPanel("icon")], "Name"),
        MultiFieldPanel([FieldPanel("accent"), FieldPanel("accent_dark"), FieldPanel("headline_font")], "Look"),
        MultiFieldPanel([FieldPanel("contact_email"), FieldPanel("imprint")], "Imprint"),
    ]

    class Meta:
        verbose_name = "paper"
