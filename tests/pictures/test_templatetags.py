"""The tags that print pictures."""

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template
from pytest_django import DjangoAssertNumQueries

from courant.pictures.models import Picture, PictureRendition
from tests.pictures.samples import drawing, file_of, make_picture

pytestmark = pytest.mark.django_db


def printed(arguments: str, picture: Picture | None, tag: str = "picture image") -> str:
    template = Template(f"{{% load pictures %}}{{% {tag} {arguments} %}}")
    return template.render(Context({"image": picture, "alt": 'A "quay" & <crane>'}))


def test_a_lead_picture() -> None:
    picture = make_picture()
    html = printed('kind="lead" sizes="(min-width: 60em) 40em, 100vw" is_lead=True', picture)
    soup = BeautifulSoup(html, "html.parser")
    avif, webp = soup.select("picture > source")
    assert (avif["type"], webp["type"]) == ("image/avif", "image/webp")
    assert [part.split()[1] for part in avif["srcset"].split(", ")] == [
        "320w",
        "480w",
        "640w",
        "960w",
        "1280w",
        "1600w",
    ]
    assert avif["sizes"] == webp["sizes"] == soup.img["sizes"] == "(min-width: 60em) 40em, 100vw"
    assert soup.img["src"].endswith("/lead-640.jpeg")
    assert (soup.img["width"], soup.img["height"], soup.img["alt"]) == ("1600", "1067", "Two cranes")
    assert soup.img["fetchpriority"] == "high"
    assert "loading" not in soup.img.attrs


def test_other_pictures_are_lazy() -> None:
    html = printed('kind="square" css_class="card__picture"', make_picture())
    image = BeautifulSoup(html, "html.parser").img
    assert (image["loading"], image["decoding"], image["class"]) == ("lazy", "async", ["card__picture"])
    assert "fetchpriority" not in image.attrs


def test_no_query_and_no_encoding(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    picture = Picture.objects.get(pk=make_picture().pk)
    with django_assert_num_queries(0):
        printed('kind="lead"', picture)
        printed('"card" 1200 as card', picture, tag="picture_address image")
    assert PictureRendition.objects.count() == 0


def test_alternative_text_is_escaped() -> None:
    html = printed("alt=alt", make_picture())
    assert 'alt="A &quot;quay&quot; &amp; &lt;crane&gt;"' in html


def test_an_empty_alternative_text_is_printed_as_one() -> None:
    assert 'alt=""' in printed('alt=""', make_picture())
    assert 'alt="Two cranes"' in printed("alt=None", make_picture())


def test_a_logo_keeps_its_transparency() -> None:
    html = BeautifulSoup(printed('kind="logo"', make_picture()), "html.parser")
    assert [source["type"] for source in html.select("source")] == ["image/webp"]
    assert html.img["src"].endswith("/logo-640.png")


def test_no_picture_prints_nothing() -> None:
    assert printed('kind="lead"', None) == ""


def test_a_small_picture_is_offered_in_its_own_width() -> None:
    image = BeautifulSoup(printed("", make_picture(file_of(drawing((300, 200))))), "html.parser").img
    assert image["srcset"] == f"{image['src']} 300w"
    assert (image["width"], image["height"]) == ("300", "200")


def test_cards_can_do_without_the_large_widths() -> None:
    image = BeautifulSoup(printed("max_width=640", make_picture()), "html.parser").img
    assert [part.split()[1] for part in image["srcset"].split(", ")] == ["320w", "480w", "640w"]


def test_the_address_alone() -> None:
    template = Template(
        '{% load pictures %}{% picture_address image "card" 1200 as card %}'
        "{{ card.url }} {{ card.width }} {{ card.height }}"
    )
    url, width, height = template.render(Context({"image": make_picture()})).split()
    assert url.endswith("/card-1200.jpeg")
    assert (width, height) == ("1200", "630")
