"""What the newsroom may set, and what the tables refuse."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from courant.wall.models import Institution, Opening, SampleCount, WallSettings
from tests.factories import make_reader
from tests.wall.conftest import NOW


@pytest.mark.django_db
def test_an_institution_has_networks_that_can_be_read() -> None:
    """access.md: Institutions."""
    Institution(name="Library", networks="192.0.2.0/24\n2001:db8::/32").full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("networks", "message"),
    [
        ("", "cannot be blank"),
        ("\n \n", "at least one network"),
        ("192.0.2.0/24\nlibrary", "“library” is no network"),
        ("0.0.0.0/0", "too wide"),
        ("192.0.2.1\n" * 2001, "at most 2000"),
    ],
)
def test_a_bad_network_is_refused_with_its_line(networks: str, message: str) -> None:
    """access.md: Institutions."""
    with pytest.raises(ValidationError, match=message):
        Institution(name="Library", networks=networks).full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("premium_per_month", -1),
        ("premium_per_month", 1001),
        ("preview_paragraphs", -1),
        ("preview_paragraphs", 51),
        ("samples_per_month", 51),
        ("samples_per_network", -1),
    ],
)
def test_the_walls_settings_have_limits(field: str, value: int) -> None:
    with pytest.raises(ValidationError) as refusal:
        WallSettings(**{field: value}).full_clean(exclude=["site"])
    assert list(refusal.value.message_dict) == [field]


def test_the_wall_as_it_comes() -> None:
    """access.md: The cut."""
    rules = WallSettings()
    assert (rules.premium_per_month, rules.preview_paragraphs) == (5, 3)
    assert (rules.samples_per_month, rules.samples_per_network) == (0, 30)


@pytest.mark.django_db
def test_an_opening_stands_once_in_its_month() -> None:
    """metering.md: What counts."""
    reader = make_reader()
    row = {"reader": reader, "story_id": 7, "month": NOW.date().replace(day=1), "opened_at": NOW}
    Opening.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Opening.objects.create(**row)
    Opening.objects.create(**{**row, "story_id": 8})


@pytest.mark.django_db
def test_rows_say_what_they_are() -> None:
    month = NOW.date().replace(day=1)
    assert str(Opening(reader_id=3, story_id=7, month=month)) == "reader 3, story 7, 2026-11"
    assert str(SampleCount(network="a", month=month, count=2)) == "2 samples in 2026-11"
    assert str(Institution(name="Library")) == "Library"
