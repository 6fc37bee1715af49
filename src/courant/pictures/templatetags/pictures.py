"""Tags that print pictures. They compute addresses and sizes; they read no table and encode nothing."""

from __future__ import annotations

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from courant.pictures.addresses import Address, addresses_of, rendition_address
from courant.pictures.kinds import KINDS
from courant.pictures.models import Picture

register = template.Library()

# What a browser gets that knows neither AVIF nor srcset.
PLAIN_WIDTH = 640


@register.simple_tag
def picture(
    image: Picture | None,
    kind: str = "natural",
    sizes: str = "100vw",
    alt: str | None = None,
    is_lead: bool = False,
    css_class: str = "",
    max_width: int | None = None,
) -> SafeString:
    """`<picture>` with AVIF, WebP and JPEG. `alt` is the picture's own unless given; "" for decoration."""
    if image is None:
        return mark_safe("")
    addresses = addresses_of(image, KINDS[kind], max_width)
    last = KINDS[kind].formats[-1]
    escaped_sizes = conditional_escape(sizes)
    sources = "".join(
        f'<source type="image/{format}" srcset="{srcset(addresses[format])}" sizes="{escaped_sizes}">'
        for format in KINDS[kind].formats[:-1]
    )
    plain = [address for address in addresses[last] if address.width <= PLAIN_WIDTH] or addresses[last][:1]
    attributes = [
        f'src="{plain[-1].url}" srcset="{srcset(addresses[last])}" sizes="{escaped_sizes}"',
        f'width="{addresses[last][-1].width}" height="{addresses[last][-1].height}"',
        f'alt="{conditional_escape(image.alt if alt is None else alt)}"',
        'fetchpriority="high"' if is_lead else 'loading="lazy" decoding="async"',
    ]
    if css_class:
        attributes.insert(0, f'class="{conditional_escape(css_class)}"')
    return mark_safe(f"<picture>{sources}<img {' '.join(attributes)}></picture>")


@register.simple_tag
def picture_address(image: Picture | None, kind: str, width: int, format: str = "jpeg") -> Address | None:
    """`{% picture_address image "card" 1200 as card %}`: url, width, height; for Open Graph and the like."""
    return rendition_address(image, kind, width, format) if image is not None else None


def srcset(addresses: list[Address]) -> str:
    return ", ".join(f"{address.url} {address.width}w" for address in addresses)
