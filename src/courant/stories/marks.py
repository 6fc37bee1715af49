"""The marks of the paper in browsers and on home screens: icons, manifest, the newsroom's colours."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import get_language_info
from django.views.decorators.http import require_safe

from courant import theme
from courant.pictures.addresses import rendition_address, rendition_url
from courant.pictures.models import Picture
from courant.stories.colours import ink_on, is_colour, lightened_for_dark
from courant.stories.drawing import draw_ico, draw_png, draw_svg, letter_of
from courant.stories.keeping import kept_for, shown_anywhere
from courant.stories.models import PaperSettings, SectionPage
from courant.stories.models.paper import HeadlineFont
from courant.stories.queries import paper_of, sections_in_order

MARK_FONT = Path(theme.__path__[0]) / "static/theme/fonts/source-serif-display.woff2"
SLUG = re.compile(r"[A-Za-z0-9_-]+")
FONT_STACKS: dict[str, str] = {
    HeadlineFont.SERIF: "var(--serif)",
    HeadlineFont.SANS: "var(--sans)",
}
ICON_SECONDS, LOOK_SECONDS = 3600, 60
MANIFEST_SIZES = (192, 512)


@require_safe
def show_favicon_svg(request: HttpRequest) -> HttpResponse:
    paper = paper_of(request)
    if paper.icon:
        return to_own_icon(paper.icon, 192)
    return as_mark(HttpResponse(draw_svg(*mark_of(paper)), content_type="image/svg+xml"))


@require_safe
def show_favicon_ico(request: HttpRequest) -> HttpResponse:
    paper = paper_of(request)
    if paper.icon:
        return to_own_icon(paper.icon, 32)
    return as_mark(HttpResponse(draw_ico(*mark_of(paper), MARK_FONT), content_type="image/x-icon"))


@require_safe
def show_icon_png(request: HttpRequest, size: int) -> HttpResponse:
    paper = paper_of(request)
    if paper.icon:
        return to_own_icon(paper.icon, size)
    return as_mark(HttpResponse(draw_png(*mark_of(paper), size, MARK_FONT), content_type="image/png"))


@require_safe
def show_manifest(request: HttpRequest) -> HttpResponse:
    """The web manifest, https://www.w3.org/TR/appmanifest/."""
    paper = paper_of(request)
    manifest = {
        "id": "/",
        "name": paper.name,
        "short_name": paper.name if len(paper.name) <= 12 else paper.name.removeprefix("The "),
        "description": paper.tagline,
        "lang": settings.LANGUAGE_CODE,
        "dir": "rtl" if get_language_info(settings.LANGUAGE_CODE)["bidi"] else "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#fffefb",
        "theme_color": colour_or_default(paper.accent, "accent"),
        "icons": [manifest_icon(paper, size) for size in MANIFEST_SIZES],
    }
    known = {key: value for key, value in manifest.items() if value}
    return kept_for(ICON_SECONDS, JsonResponse(known, content_type="application/manifest+json"))


@require_safe
def show_look(request: HttpRequest) -> HttpResponse:
    """The newsroom's colours and fonts as custom properties; in force within a minute, without a build."""
    css = look_of(paper_of(request), sections_in_order())
    return kept_for(LOOK_SECONDS, HttpResponse(css, content_type="text/css; charset=utf-8"))


def look_of(paper: PaperSettings, sections: Iterable[SectionPage]) -> str:
    """The style sheet. Only checked colours, known fonts and plain slugs get into it: a value that came
    past the forms cannot add a rule."""
    accent = colour_or_default(paper.accent, "accent")
    accent_dark = colour_or_default(paper.accent_dark, "accent_dark")
    font = FONT_STACKS.get(paper.headline_font, FONT_STACKS[HeadlineFont.SERIF])
    rules = [f":root{{--accent:{accent};--accent-dark:{accent_dark};--headline-font:{font}}}"]
    for section in sections:
        if is_colour(section.colour) and SLUG.fullmatch(section.slug):
            light, dark = section.colour, section.colour_dark
            dark = dark if is_colour(dark) else lightened_for_dark(light)
            rules.append(f".section-{section.slug}{{--section:light-dark({light},{dark})}}")
    return "\n".join(rules) + "\n"


def colour_or_default(value: str, field: str) -> str:
    return value if is_colour(value) else str(PaperSettings._meta.get_field(field).default)


def mark_of(paper: PaperSettings) -> tuple[str, str, str]:
    """Letter, ground and ink of the drawn mark."""
    ground = colour_or_default(paper.accent, "accent")
    return letter_of(paper.name), ground, ink_on(ground)


def manifest_icon(paper: PaperSettings, size: int) -> dict[str, str]:
    if paper.icon:
        address = rendition_address(paper.icon, "icon", size, "png")
        return {"src": address.url, "sizes": f"{address.width}x{address.height}", "type": "image/png"}
    # The drawn mark is full to its edges, so a system may cut any shape out of it.
    return {
        "src": f"/icon-{size}.png",
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": "any maskable",
    }


def to_own_icon(icon: Picture, size: int) -> HttpResponse:
    return as_mark(HttpResponseRedirect(rendition_url(icon, "icon", size, "png")))


def as_mark(response: HttpResponse) -> HttpResponse:
    return shown_anywhere(kept_for(ICON_SECONDS, response))
