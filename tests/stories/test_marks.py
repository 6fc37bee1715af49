"""The marks of the paper: icons, manifest, the newsroom's colours, and what machines are told."""

import io
import re
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from PIL import Image

from courant.stories.colours import contrast, ink_on, lightened_for_dark, mix
from courant.stories.drawing import draw_ico, draw_png, draw_svg, letter_of
from courant.stories.marks import MARK_FONT
from courant.stories.models import PaperSettings, SectionPage
from courant.stories.robots import expiry
from tests.factories import make_paper, make_picture, make_section

ICONS = {
    "/favicon.svg": "image/svg+xml",
    "/favicon.ico": "image/x-icon",
    "/apple-touch-icon.png": "image/png",
    "/icon-192.png": "image/png",
    "/icon-512.png": "image/png",
}


def get(address: str) -> Any:
    response = Client().get(address)
    assert response.status_code == 200, address
    return response


@pytest.mark.django_db
class TestDrawnIcons:
    @pytest.mark.parametrize("address", list(ICONS))
    def test_are_drawn_where_the_newsroom_has_set_none(self, address: str) -> None:
        make_paper(name="The Courant", accent="#9b1c1c")
        response = get(address)
        assert response["Content-Type"] == ICONS[address]
        assert response["Cache-Control"] == "public, max-age=3600"
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"

    @pytest.mark.parametrize(
        ("address", "size"), [("/apple-touch-icon.png", 180), ("/icon-192.png", 192), ("/icon-512.png", 512)]
    )
    def test_have_the_size_and_colour_asked_for(self, address: str, size: int) -> None:
        make_paper(accent="#204060")
        icon = Image.open(io.BytesIO(get(address).content))
        assert (icon.format, icon.size, icon.mode) == ("PNG", (size, size), "RGB")
        assert icon.getpixel((0, 0)) == (0x20, 0x40, 0x60)

    def test_ico_holds_three_sizes(self) -> None:
        make_paper()
        icon: Any = Image.open(io.BytesIO(get("/favicon.ico").content))
        assert icon.ico.sizes() == {(16, 16), (32, 32), (48, 48)}

    def test_svg_shows_the_letter_of_the_papers_name(self) -> None:
        make_paper(name="The <Daily> & Co")
        root = ElementTree.fromstring(get("/favicon.svg").content)
        assert root[1].text == "D"

    def test_are_not_made_twice_for_the_same_etag(self) -> None:
        make_paper()
        first = get("/icon-192.png")
        again = Client().get("/icon-192.png", headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304

    def test_change_with_the_colour(self) -> None:
        make_paper(accent="#204060")
        first = get("/icon-192.png")
        make_paper(accent="#604020")
        assert get("/icon-192.png").content != first.content


@pytest.mark.django_db
class TestOwnIcon:
    @pytest.mark.parametrize(("address", "size"), list(zip(ICONS, [192, 32, 180, 192, 512], strict=True)))
    def test_leads_to_the_newsrooms_picture(self, address: str, size: int) -> None:
        make_paper(icon=make_picture(size=(800, 800), colour="#112233"))
        response = Client().get(address, follow=True)
        assert response.redirect_chain[0][0].startswith("/pictures/")
        icon = Image.open(io.BytesIO(response.getvalue()))
        assert (icon.format, icon.size) == ("PNG", (size, size))

    def test_manifest_names_it(self) -> None:
        make_paper(icon=make_picture(size=(800, 800)))
        icons = get("/manifest.webmanifest").json()["icons"]
        assert [(icon["sizes"], icon["type"]) for icon in icons] == [
            ("192x192", "image/png"),
            ("512x512", "image/png"),
        ]
        for icon in icons:
            assert get(icon["src"])["Content-Type"] == "image/png"


@pytest.mark.django_db
def test_manifest() -> None:
    make_paper(name="The Courant", tagline="News that runs", accent="#204060")
    response = get("/manifest.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    assert response.json() == {
        "id": "/",
        "name": "The Courant",
        "short_name": "The Courant",
        "description": "News that runs",
        "lang": "en-gb",
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#fffefb",
        "theme_color": "#204060",
        "icons": [
            {"src": "/icon-192.png", "sizes": "192x192", "type": "image/png", "purpose": "any maskable"},
            {"src": "/icon-512.png", "sizes": "512x512", "type": "image/png", "purpose": "any maskable"},
        ],
    }


@pytest.mark.django_db
class TestLook:
    def test_prints_the_newsrooms_colours_and_font(self) -> None:
        make_paper(accent="#204060", accent_dark="#a0c0e0", headline_font="sans")
        make_section("World", colour="#1F4E79", colour_dark="#9ec5ea")
        make_section("Science", colour="#206020")
        make_section("Culture")
        response = get("/-/theme.css")
        assert response["Content-Type"] == "text/css; charset=utf-8"
        assert response["Cache-Control"] == "public, max-age=60"
        assert response.content.decode().splitlines() == [
            ":root{--accent:#204060;--accent-dark:#a0c0e0;--headline-font:var(--sans)}",
            ".section-world{--section:light-dark(#1F4E79,#9ec5ea)}",
            f".section-science{{--section:light-dark(#206020,{lightened_for_dark('#206020')})}}",
        ]

    def test_same_look_is_answered_304(self) -> None:
        make_paper()
        etag = get("/-/theme.css")["ETag"]
        assert Client().get("/-/theme.css", headers={"If-None-Match": etag}).status_code == 304

    def test_change_is_in_force_at_once(self) -> None:
        make_paper(accent="#204060")
        etag = get("/-/theme.css")["ETag"]
        make_paper(accent="#604020")
        again = Client().get("/-/theme.css", headers={"If-None-Match": etag})
        assert "--accent:#604020" in again.content.decode()

    def test_values_that_came_past_the_forms_add_no_rule(self) -> None:
        front = make_paper()
        world = make_section("World", colour="#123456")
        PaperSettings.objects.update(accent="#0;}*{x", accent_dark="red", headline_font="x}*{a:b")
        SectionPage.objects.filter(pk=world.pk).update(slug="a}*{b", colour_dark="url(//x")
        bad = make_section("Bad", colour="#123456", front=front)
        SectionPage.objects.filter(pk=bad.pk).update(colour="#}*{b:c")
        assert get("/-/theme.css").content.decode() == (
            ":root{--accent:#9b1c1c;--accent-dark:#f0a29b;--headline-font:var(--serif)}\n"
        )

    def test_queries(self, django_assert_num_queries: Any) -> None:
        make_paper()
        for number in range(3):
            make_section(f"Section {number}", colour="#123456")
        with django_assert_num_queries(4):
            get("/-/theme.css")


@pytest.mark.django_db
class TestForMachines:
    def test_robots(self) -> None:
        make_paper()
        response = get("/robots.txt")
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert response.content.decode() == (
            "User-agent: *\nAllow: /-/theme.css\nDisallow: /account/\nDisallow: /newsroom/\n"
            "Disallow: /search/\nDisallow: /-/\n\nSitemap: http://testserver/sitemap.xml\n"
        )

    def test_security_names_the_papers_contact(self) -> None:
        make_paper(contact_email="desk@paper.example")
        lines = get("/.well-known/security.txt").content.decode().splitlines()
        assert lines[0] == "Contact: mailto:desk@paper.example"
        assert re.fullmatch(r"Expires: \d{4}-\d\d-\d\dT00:00:00Z", lines[1])
        assert lines[2] == "Canonical: http://testserver/.well-known/security.txt"

    def test_security_is_404_without_a_contact(self) -> None:
        make_paper()
        assert Client().get("/.well-known/security.txt").status_code == 404

    def test_security_expires_in_a_year(self) -> None:
        assert expiry(datetime(2026, 11, 24, 23, 59, tzinfo=UTC)) == "2027-11-24T00:00:00Z"

    def test_speculation_rules_prefetch_stories_only(self) -> None:
        make_paper()
        response = get("/-/speculation-rules.json")
        assert response["Content-Type"] == "application/speculationrules+json"
        rules = response.json()
        assert list(rules) == ["prefetch"]
        rule = rules["prefetch"][0]
        assert (rule["source"], rule["eagerness"]) == ("document", "moderate")
        wanted, *refused = rule["where"]["and"]
        assert wanted == {"href_matches": "/*/*/"}
        assert [condition["not"].get("href_matches") for condition in refused] == [
            "/account/*",
            "/newsroom/*",
            "/search/*",
            "/feeds/*",
            "/-/*",
            None,
        ]


class TestLetter:
    @pytest.mark.parametrize(
        ("name", "letter"),
        [
            ("The Courant", "C"),
            ("the daily", "D"),
            ("Le Monde", "M"),
            ("Theatre Weekly", "T"),
            ("The ", "T"),
            ("“Échos”", "É"),
            ("ßtraße", "S"),
            ("العربي", "ا"),
            ("24 hours", "2"),
            ("…", ""),
            ("", ""),
        ],
    )
    def test_is_the_first_after_the_article(self, name: str, letter: str) -> None:
        assert letter_of(name) == letter


class TestDrawing:
    def test_letter_stands_in_the_middle(self) -> None:
        mark = Image.open(io.BytesIO(draw_png("O", "#000000", "#ffffff", 192, MARK_FONT)))
        left, top, right, bottom = mark.convert("L").getbbox() or (0, 0, 0, 0)
        assert abs(left - (192 - right)) <= 3
        assert abs(top - (192 - bottom)) <= 3

    @pytest.mark.parametrize("letter", ["", "ا", "中"])
    def test_letter_that_the_font_lacks_becomes_a_column_of_lines(self, letter: str) -> None:
        blank = draw_png("", "#000000", "#ffffff", 64, MARK_FONT)
        assert draw_png(letter, "#000000", "#ffffff", 64, MARK_FONT) == blank
        assert Image.open(io.BytesIO(blank)).convert("L").getbbox() == (15, 16, 49, 49)

    def test_missing_font_is_replaced(self, tmp_path: Any) -> None:
        assert draw_ico("C", "#000000", "#ffffff", tmp_path / "none.woff2")[:4] == b"\0\0\1\0"

    def test_svg_is_safe_whatever_the_letter(self) -> None:
        assert "&lt;" in draw_svg("<", "#000000", "#ffffff")


class TestColours:
    def test_contrast_is_wcags(self) -> None:
        assert contrast("#000000", "#ffffff") == pytest.approx(21)
        assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)

    def test_ink_is_the_one_that_can_be_read(self) -> None:
        assert (ink_on("#9b1c1c"), ink_on("#ffee00")) == ("#ffffff", "#000000")

    def test_mix_goes_from_one_to_the_other(self) -> None:
        assert [mix("#000000", "#ffffff", share) for share in (0, 0.5, 1)] == [
            "#000000",
            "#808080",
            "#ffffff",
        ]

    @pytest.mark.parametrize("colour", ["#000000", "#00008b", "#9b1c1c", "#1f4e79", "#ffffff"])
    def test_lightened_colour_is_readable_on_dark_paper(self, colour: str) -> None:
        assert contrast(lightened_for_dark(colour), "#141311") >= 4.5

    def test_colour_that_is_light_enough_stays(self) -> None:
        assert lightened_for_dark("#f0a29b") == "#f0a29b"
