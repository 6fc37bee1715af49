"""What a stranger opened moves to the account at sign-in (docs/rules/metering.md)."""

import pytest
from django.test import Client

from courant.wall.models import Opening, WallSettings
from tests.factories import PASSWORD, make_paper, make_reader, make_section, make_story

pytestmark = pytest.mark.django_db


def test_a_sample_stays_open_after_signing_in_and_is_not_counted() -> None:
    section = make_section("World", front=make_paper())
    WallSettings.objects.update(samples_per_month=2)
    story = make_story(section, access="registered")
    reader, client = make_reader(), Client()
    assert "Paragraph 6" in client.get(f"/world/{story.slug}/").content.decode()
    client.post("/account/sign-in/", {"email": reader.email, "password": PASSWORD})
    opening = Opening.objects.get(reader=reader)
    assert (opening.story_id, opening.was_sample) == (story.pk, True)
