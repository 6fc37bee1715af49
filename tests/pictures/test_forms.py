"""Pictures in the newsroom, through its own pages."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from courant.pictures.models import Picture, PictureRendition
from tests.factories import make_reader
from tests.pictures.samples import (
    SECRETS,
    content_of,
    drawing,
    file_of,
    files_below,
    make_picture,
    png_header_only,
    telephone_jpeg,
)

pytestmark = pytest.mark.django_db

DISK_FULL = "The picture could not be stored: the disk is full. Nothing was kept; try again later."


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(make_reader(state="staff", is_superuser=True))
    return client


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def send(editor: Client, content: bytes, **values: object) -> object:
    """Upload by the page for one picture."""
    form = {"title": "Harbour", "file": upload(content), "description": "Cranes", "credit": "A. Moreau"}
    return editor.post(reverse("wagtailimages:add"), form | values)


def errors_in(answer: object) -> str:
    return " ".join(BeautifulSoup(answer.content, "html.parser").get_text(" ").split())


def test_the_form_speaks_of_alternative_text_credit_and_rights(editor: Client) -> None:
    page = errors_in(editor.get(reverse("wagtailimages:add")))
    for words in (
        "Alternative text",
        "for readers who cannot see it",
        "Caption",
        "Who made it: Name/Agency.",
        "What the paper may do with it",
        "JPEG, PNG, WebP, AVIF and GIF, up to 20.0 MB",
        "What the file says of where, when and with what it was taken is removed.",
    ):
        assert words in page


def test_an_upload_is_cleaned(editor: Client) -> None:
    answer = send(editor, telephone_jpeg((1200, 800), orientation=6))
    assert answer.status_code == 302
    picture = Picture.objects.get()
    assert (picture.width, picture.height, picture.alt, picture.credit) == (800, 1200, "Cranes", "A. Moreau")
    assert [secret for secret in SECRETS if secret in content_of(picture)] == []
    assert (picture.file_size, len(picture.file_hash)) == (picture.file.size, 40)
    assert picture.uploaded_by_user.email


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG drawings are not taken"),
        (b"words", "This is not a picture that can be read."),
        (b"%PDF-1.7", "Files of the type PDF are not taken."),
        (telephone_jpeg()[:9000], "The file is damaged or incomplete."),
        (png_header_only(20_000, 20_000), "too many pixels; at most 60 million are taken"),
    ],
)
def test_what_cannot_be_taken_is_said_at_the_field(editor: Client, media: Path, content: bytes, message: str) -> None:
    answer = send(editor, content)
    assert answer.status_code == 200
    assert message in errors_in(answer)
    assert (Picture.objects.count(), files_below(media)) == (0, [])


def test_several_at_once_are_cleaned_or_refused_each(editor: Client, media: Path) -> None:
    address = reverse("wagtailimages:add_multiple")
    taken = editor.post(address, {"title": "Harbour", "files[]": upload(telephone_jpeg())}).json()
    refused = editor.post(address, {"title": "Bad", "files[]": upload(b"<svg/>")}).json()
    assert taken["success"] is True
    assert "Alternative text" in taken["form"]
    assert refused["success"] is False
    assert refused["error_message"].startswith("SVG drawings are not taken")
    assert files_below(media) == sorted(
        [Picture.objects.get().file.name, *PictureRendition.objects.values_list("file", flat=True)]
    )


def test_a_picture_that_waits_for_a_better_title_is_cleaned_too(editor: Client) -> None:
    waiting = editor.post(
        reverse("wagtailimages:add_multiple"), {"title": "t" * 300, "files[]": upload(telephone_jpeg())}
    ).json()
    assert Picture.objects.count() == 0
    number = waiting["uploaded_file_id"]
    prefix = f"uploaded-image-{number}"
    done = editor.post(
        reverse("wagtailimages:create_multiple_from_uploaded_image", args=[number]),
        {f"{prefix}-title": "Harbour", f"{prefix}-description": "", f"{prefix}-tags": ""},
    ).json()
    assert done["success"] is True
    assert [secret for secret in SECRETS if secret in content_of(Picture.objects.get())] == []


def test_the_chooser_takes_and_refuses_alike(editor: Client, media: Path) -> None:
    address = reverse("wagtailimages_chooser:create")
    prefix = "image-chooser-upload"
    refused = editor.post(address, {f"{prefix}-title": "Bad", f"{prefix}-file": upload(b"<svg/>")}).json()
    assert "SVG drawings are not taken" in refused["htmlFragment"]
    good = {f"{prefix}-title": "Good", f"{prefix}-file": upload(telephone_jpeg())}
    taken = editor.post(address, good).json()
    assert taken["step"] == "chosen"
    assert taken["result"]["preview"]["url"].startswith("/pictures/")
    assert editor.get(taken["result"]["preview"]["url"]).status_code == 200
    assert Picture.objects.count() == 1


@pytest.mark.parametrize("name", ["wagtailimages:add", "wagtailimages:add_multiple", "wagtailimages_chooser:create"])
def test_on_a_full_disk_every_door_says_so_and_keeps_nothing(editor: Client, full_disk: Path, name: str) -> None:
    prefix = "image-chooser-upload-" if "chooser" in name else ""
    field = "files[]" if name.endswith("multiple") else f"{prefix}file"
    answer = editor.post(reverse(name), {f"{prefix}title": "Harbour", field: upload(file_of(drawing()))})
    assert answer.status_code == 200
    assert DISK_FULL in answer.content.decode()
    assert (Picture.objects.count(), files_below(full_disk)) == (0, [])


def test_on_a_full_disk_a_replacement_leaves_the_picture_as_it_was(
    editor: Client, media: Path, request: pytest.FixtureRequest
) -> None:
    picture = make_picture()
    request.getfixturevalue("full_disk")
    answer = editor.post(
        reverse("wagtailimages:edit", args=[picture.pk]),
        {"title": "New", "file": upload(file_of(drawing((900, 600)))), "description": "New"},
    )
    assert DISK_FULL in errors_in(answer)
    unchanged = Picture.objects.get()
    assert (unchanged.title, unchanged.file.name, unchanged.width) == ("Harbour", picture.file.name, 1600)
    assert files_below(media) == [picture.file.name]


def test_a_replaced_file_drops_the_old_one_and_its_renditions(
    editor: Client, media: Path, django_capture_on_commit_callbacks: object
) -> None:
    picture = make_picture()
    picture.get_rendition("lead-320|format-avif")
    with django_capture_on_commit_callbacks(execute=True):
        answer = editor.post(
            reverse("wagtailimages:edit", args=[picture.pk]),
            {"title": "New", "file": upload(telephone_jpeg((900, 600))), "description": "New", "credit": "B"},
        )
    assert answer.status_code == 302
    replaced = Picture.objects.get()
    assert (replaced.title, replaced.width, replaced.height) == ("New", 900, 600)
    assert replaced.file_hash != picture.file_hash
    assert [secret for secret in SECRETS if secret in content_of(replaced)] == []
    assert files_below(media) == [replaced.file.name]


def test_words_can_be_changed_without_sending_the_file_again(editor: Client, media: Path) -> None:
    picture = make_picture()
    editor.post(reverse("wagtailimages:edit", args=[picture.pk]), {"title": "New", "description": "Other"})
    assert (Picture.objects.get().title, Picture.objects.get().alt) == ("New", "Other")
    assert picture.file.name in files_below(media)


def test_the_pages_of_a_picture_show_it_by_signed_addresses(editor: Client) -> None:
    picture = make_picture()
    for address in (reverse("wagtailimages:edit", args=[picture.pk]), reverse("wagtailimages:index")):
        soup = BeautifulSoup(editor.get(address).content, "html.parser")
        shown = [image["src"] for image in soup.select("img[src^='/pictures/']")]
        linked = [link["href"] for link in soup.select("a[href^='/pictures/']")]
        assert shown
        assert "/media/" not in str(soup)
        assert {editor.get(url).status_code for url in shown + linked} == {200}


@pytest.mark.parametrize("layout", ["grid", "list"])
def test_the_list_of_pictures_shows_what_is_missing(editor: Client, layout: str) -> None:
    make_picture()
    page = errors_in(editor.get(reverse("wagtailimages:index"), {"layout": layout}))
    assert "No alternative text" not in page
    assert "No credit" not in page
    make_picture(file_of(drawing((900, 600))), alt="", credit="")
    page = errors_in(editor.get(reverse("wagtailimages:index"), {"layout": layout}))
    assert page.count("No alternative text") == 1
    assert page.count("No credit") == 1
