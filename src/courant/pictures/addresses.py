"""Addresses of pictures, which nobody can guess: signed for one picture, one version of it, one shape.

The signature covers the shape and not each width and format, so that the dozen addresses of one picture
in a page differ by a few characters and compress to little; widths and formats are a closed set (`kinds`),
checked apart.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from courant.lib.keys import note
from courant.pictures import keys
from courant.pictures.crops import height_for, offered_widths
from courant.pictures.kinds import KINDS, Kind

if TYPE_CHECKING:
    from courant.pictures.models import Picture, PictureRendition

SALT = "courant.pictures.addresses"
SIGNATURE_BYTES = 16
PRINTED_NAME = re.compile(r"(?P<kind>[a-z]+)-(?P<width>[1-9][0-9]{0,5})\.(?P<format>[a-z]+)")
# A rendition of the newsroom: Wagtail's filter specification, its bars written as commas.
NEWSROOM_NAME = re.compile(r"(?P<spec>[a-z][A-Za-z0-9_.,-]*)\.(?P<format>[a-z]+)")
PRINTED_SPEC = re.compile(r"(?P<kind>[a-z]+)-(?P<width>[0-9]+)\|format-(?P<format>[a-z]+)")


@dataclass(frozen=True)
class Address:
    """Where a picture is to be had in one size, and that size in pixels."""

    url: str
    width: int
    height: int


def addresses_of(picture: Picture, kind: Kind, most: int | None = None) -> dict[str, list[Address]]:
    """Every address of a picture in a kind by format, widths rising; one at least, none else above `most`."""
    widths = offered_widths(picture, kind)
    if most is not None:
        widths = tuple(width for width in widths if width <= most) or widths[:1]
    folder = folder_of(picture, kind.name)
    return {
        format: [
            Address(f"{folder}{kind.name}-{width}.{format}", width, height_for(picture, kind, width))
            for width in widths
        ]
        for format in kind.formats
    }


def rendition_address(picture: Picture, kind: str, width: int, format: str = "jpeg") -> Address:
    """The address of the next width from this one up, or of the largest; KeyError for an unknown kind."""
    addresses = addresses_of(picture, KINDS[kind])[format]
    return next((address for address in addresses if address.width >= width), addresses[-1])


def rendition_url(picture: Picture, kind: str, width: int, format: str = "jpeg") -> str:
    """As `rendition_address`, the address alone; it begins with a slash."""
    return rendition_address(picture, kind, width, format).url


def newsroom_url(rendition: PictureRendition) -> str:
    """The signed address of a rendition that Wagtail made, whatever its filter."""
    picture: Picture = rendition.image
    if printed := read_printed_spec(rendition.filter_spec):
        kind, width, format = printed
        return f"{folder_of(picture, kind.name)}{kind.name}-{width}.{format}"
    ending = rendition.file.name.rpartition(".")[2]
    name = f"{rendition.filter_spec.replace('|', ',')}.{ending}"
    return f"{folder_of(picture, name)}{name}"


def read_address(picture: Picture, signature: str, name: str) -> str | None:
    """The filter that an address asks for; None if it is not signed for this picture as it is now."""
    printed = PRINTED_NAME.fullmatch(name)
    if printed and (kind := KINDS.get(printed["kind"])):
        width, format = int(printed["width"]), printed["format"]
        if not is_signed(picture, kind.name, signature):
            return None
        if format not in kind.formats or width not in offered_widths(picture, kind):
            return None
        return f"{kind.name}-{width}|format-{format}"
    newsroom = NEWSROOM_NAME.fullmatch(name)
    if newsroom is None or not is_signed(picture, name, signature):
        return None
    return newsroom["spec"].replace(",", "|")


def read_printed_spec(spec: str) -> tuple[Kind, int, str] | None:
    """Kind, width and format that a filter asks for; None for one of Wagtail's own."""
    printed = PRINTED_SPEC.fullmatch(spec)
    if printed is None or printed["kind"] not in KINDS:
        return None
    return KINDS[printed["kind"]], int(printed["width"]), printed["format"]


def folder_of(picture: Picture, signed: str) -> str:
    note(keys.picture(picture.pk))
    # One reversal for a dozen addresses: a page has hundreds of them.
    signature = sign(picture, signed, settings.SECRET_KEY)
    return reverse("pictures:rendition", args=[signature, picture.pk, "-"]).removesuffix("-")


def is_signed(picture: Picture, signed: str, signature: str) -> bool:
    # Every key is tried in full, so that the time says nothing of which one was near.
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    matches = [constant_time_compare(signature, sign(picture, signed, str(key))) for key in keys]
    return True in matches


def sign(picture: Picture, signed: str, key: str) -> str:
    """The signature of a shape, or of a newsroom rendition's name, of the picture as it is now."""
    text = f"{picture.pk}/{version_of(picture)}/{signed}"
    digest = salted_hmac(SALT, text, secret=key, algorithm="sha256").digest()[:SIGNATURE_BYTES]
    return urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def version_of(picture: Picture) -> str:
    """What changes when the file is replaced or the focal point moves, and with it every address."""
    focal = (picture.focal_point_x, picture.focal_point_y, picture.focal_point_width, picture.focal_point_height)
    return f"{picture.file_hash or picture.file.name}/{focal}"
