"""The door through which pictures leave."""

import threading
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connections
from django.test import Client

from courant.pictures.addresses import addresses_of, rendition_url
from courant.pictures.kinds import KINDS
from courant.pictures.models import Picture, PictureRendition
from tests.pictures.samples import (
    SECRETS,
    drawing,
    file_of,
    files_below,
    make_picture,
    opened,
    set_focal_point,
    telephone_jpeg,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("format", "content_type", "written"),
    [("avif", "image/avif", "AVIF"), ("webp", "image/webp", "WEBP"), ("jpeg", "image/jpeg", "JPEG")],
)
def test_a_signed_address_answers_with_the_picture(
    client: Client, format: str, content_type: str, written: str
) -> None:
    answer = client.get(rendition_url(make_picture(), "lead", 640, format))
    assert answer.status_code == 200
    image = opened(answer.content)
    assert (image.format, image.size) == (written, (640, 427))
    assert answer["Content-Type"] == content_type
    assert answer["Content-Length"] == str(len(answer.content))
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["ETag"].startswith('"')
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


def test_every_offered_address_is_answered(client: Client) -> None:
    picture = make_picture(file_of(drawing((700, 500))))
    for kind in KINDS.values():
        for addresses in addresses_of(picture, kind).values():
            for address in addresses:
                answer = client.get(address.url)
                assert answer.status_code == 200
                assert opened(answer.content).size == (address.width, address.height)


def test_a_second_request_makes_nothing_new(client: Client, django_assert_max_num_queries: object) -> None:
    url = rendition_url(make_picture(), "lead", 640)
    first = client.get(url)
    with django_assert_max_num_queries(2):
        assert client.get(url).content == first.content
    assert PictureRendition.objects.count() == 1


def test_an_unchanged_picture_is_not_sent_again(client: Client) -> None:
    url = rendition_url(make_picture(), "lead", 640)
    etag = client.get(url)["ETag"]
    answer = client.get(url, headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer["ETag"] == etag
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(url, headers={"If-None-Match": '"another"'}).status_code == 200


def test_head_answers_as_get_without_the_body(client: Client) -> None:
    url = rendition_url(make_picture(), "lead", 640)
    head, get = client.head(url), client.get(url)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Type", "Content-Length", "ETag", "Cache-Control"):
        assert head[name] == get[name]


@pytest.mark.parametrize("encoding", ["gzip", "gzip, br", "identity"])
def test_a_picture_is_not_compressed_once_more(client: Client, encoding: str) -> None:
    answer = client.get(rendition_url(make_picture(), "lead", 640), headers={"Accept-Encoding": encoding})
    assert "Content-Encoding" not in answer
    assert not answer["ETag"].startswith("W/")


def test_nothing_else_can_be_done_at_an_address(client: Client) -> None:
    url = rendition_url(make_picture(), "lead", 640)
    assert [client.generic(method, url).status_code for method in ("POST", "PUT", "DELETE")] == [405] * 3


def refused(client: Client, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 404
    assert answer["Cache-Control"] == "no-store"
    assert "ETag" not in answer


def test_forged_signatures_are_as_good_as_none(client: Client) -> None:
    url = rendition_url(make_picture(), "lead", 640)
    signature = url.split("/")[2]
    for forged in (
        "A" * 22,
        signature[:-1],
        signature + "A",
        signature.swapcase(),
        signature[::-1],
        "-",
        "é" * 22,
        signature + "%00",
    ):
        refused(client, url.replace(signature, forged))
    assert PictureRendition.objects.count() == 0


def test_the_signature_of_another_picture_opens_nothing(client: Client) -> None:
    one, other = make_picture(), make_picture(file_of(drawing((900, 600))))
    refused(client, rendition_url(one, "lead", 640).replace(f"/{one.pk}/", f"/{other.pk}/"))
    refused(client, rendition_url(one, "lead", 640).replace(f"/{one.pk}/", "/99999999999999999999999/"))
    refused(client, rendition_url(one, "lead", 640).replace(f"/{one.pk}/", "/0/"))


@pytest.mark.parametrize(
    "name",
    [
        "natural-640.jpeg",
        "lead-641.jpeg",
        "lead-9999.jpeg",
        "lead-640.png",
        "lead-640.gif",
        "original.jpg",
        "max-5000x5000.jpg",
        "lead-640%7Cformat-png.jpeg",
        "lead-640.jpeg%0A",
        "..%2F..%2Fsecret.key",
    ],
)
def test_a_signature_opens_only_what_is_offered(client: Client, name: str) -> None:
    answer = client.get(rendition_url(make_picture(), "lead", 640).replace("lead-640.jpeg", name))
    assert answer.status_code == 404


def test_a_moved_focal_point_has_a_new_address_and_a_new_crop(client: Client) -> None:
    picture = make_picture(file_of(drawing((1600, 400)), "PNG"))
    set_focal_point(picture, 1500, 50)
    right = rendition_url(picture, "square", 320)
    assert opened(client.get(right).content).getpixel((300, 20))[1] > 200
    set_focal_point(picture, 100, 50)
    left = rendition_url(picture, "square", 320)
    assert opened(client.get(left).content).getpixel((20, 20))[0] > 200
    refused(client, right)


def test_a_replaced_file_has_a_new_address_and_never_the_old_pixels(client: Client) -> None:
    picture = make_picture()
    before = rendition_url(picture, "lead", 320)
    client.get(before)
    red = file_of(drawing().point(lambda value: 0))
    picture.file = ContentFile(red, name="black.jpg")
    picture.save()
    refused(client, before)
    after = client.get(rendition_url(Picture.objects.get(), "lead", 320))
    assert max(opened(after.content).getpixel((5, 5))) < 10


def test_a_deleted_picture_is_gone(client: Client) -> None:
    picture = make_picture()
    url = rendition_url(picture, "lead", 320)
    assert client.get(url).status_code == 200
    picture.delete()
    refused(client, url)


def test_a_picture_whose_file_has_gone_is_not_found(client: Client, media: Path) -> None:
    picture = make_picture()
    (media / picture.file.name).unlink()
    refused(client, rendition_url(picture, "lead", 320))


def test_media_is_served_by_nobody(client: Client) -> None:
    picture = make_picture()
    client.get(rendition_url(picture, "lead", 320))
    for name in (picture.file.name, PictureRendition.objects.get().file.name):
        assert client.get(f"/media/{name}").status_code == 404


def test_no_rendition_says_where_it_was_taken(client: Client) -> None:
    picture = make_picture(telephone_jpeg(orientation=6))
    for format in ("avif", "webp", "jpeg"):
        content = client.get(rendition_url(picture, "natural", 640, format)).content
        assert [secret for secret in SECRETS if secret in content] == []
        assert opened(content).size == (640, 960)


def test_a_rendition_of_the_newsroom_is_to_be_had_at_its_signed_address(client: Client) -> None:
    picture = make_picture()
    filters = {"max-165x165": (165, 110), "fill-99x99|format-webp": (99, 99), "original": (1600, 1067)}
    for spec, size in filters.items():
        answer = client.get(picture.get_rendition(spec).url)
        assert answer.status_code == 200
        assert answer["Content-Type"] == f"image/{opened(answer.content).format.lower()}"
        assert opened(answer.content).size == size
    refused(client, picture.get_rendition("max-165x165").url.replace("165x165", "166x166"))


def test_on_a_full_disk_readers_still_see_pictures(client: Client, media: Path, request: pytest.FixtureRequest) -> None:
    picture = make_picture()
    kept = files_below(media)
    request.getfixturevalue("full_disk")
    answer = client.get(rendition_url(picture, "lead", 320, "avif"))
    assert opened(answer.content).size == (320, 213)
    assert PictureRendition.objects.count() == 0
    assert files_below(media) == kept


@pytest.mark.django_db(transaction=True)
def test_parallel_requests_for_one_rendition_make_it_once(media: Path) -> None:
    url = rendition_url(make_picture(), "lead", 640, "avif")
    start, answers, faults = threading.Barrier(8), [], []

    def ask() -> None:
        try:
            start.wait()
            answers.append(Client().get(url))
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert [answer.status_code for answer in answers] == [200] * 8
    assert len({answer["ETag"] for answer in answers}) == 1
    assert PictureRendition.objects.count() == 1
    assert len(files_below(media)) == 2
