"""What each process remembers of the institutions' networks, and the reading of the meters."""

from ipaddress import ip_address
from typing import Any

import pytest

from courant.wall.decision import MeterReading
from courant.wall.models import Institution, SampleCount
from courant.wall.queries import KnownNetworks, default_wall_settings, known_networks, sample_reading
from tests.wall.conftest import NOW, Rules

INSIDE, OUTSIDE = ip_address("192.0.2.9"), ip_address("198.51.100.9")
NOVEMBER = NOW.date().replace(day=1)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def make_library(**fields: Any) -> Institution:
    values = {"name": "Library", "networks": "192.0.2.0/24\n2001:db8::/32", **fields}
    return Institution.objects.create(**values)


@pytest.mark.django_db
def test_an_address_belongs_to_the_institution_of_its_network() -> None:
    """access.md: Institutions."""
    make_library()
    make_library(name="School", networks="198.51.100.0/25")
    networks = KnownNetworks()
    assert networks.institution_at(INSIDE) == "Library"
    assert networks.institution_at(ip_address("2001:db8:5::1")) == "Library"
    assert networks.institution_at(OUTSIDE) == "School"
    assert networks.institution_at(ip_address("198.51.100.200")) is None
    assert networks.institution_at(None) is None


@pytest.mark.django_db
def test_a_closed_institution_opens_nothing() -> None:
    """access.md: Institutions."""
    make_library(is_active=False)
    assert KnownNetworks().institution_at(INSIDE) is None


@pytest.mark.django_db
def test_networks_are_remembered_for_five_seconds(django_assert_num_queries: Any) -> None:
    """access.md: Institutions."""
    clock = Clock()
    networks = KnownNetworks(clock=clock)
    library = make_library()
    with django_assert_num_queries(1):
        for _ in range(3):
            assert networks.institution_at(INSIDE) == "Library"
    Institution.objects.filter(pk=library.pk).update(is_active=False)
    clock.seconds += 4.9
    assert networks.institution_at(INSIDE) == "Library"
    clock.seconds += 0.1
    assert networks.institution_at(INSIDE) is None


@pytest.mark.django_db
def test_a_change_is_in_force_at_once_where_it_is_made() -> None:
    """access.md: Institutions."""
    library = make_library()
    assert known_networks.institution_at(INSIDE) == "Library"
    library.is_active = False
    library.save()
    assert known_networks.institution_at(INSIDE) is None
    library.is_active = True
    library.save()
    assert known_networks.institution_at(INSIDE) == "Library"
    library.delete()
    assert known_networks.institution_at(INSIDE) is None


@pytest.mark.django_db
def test_networks_that_cannot_be_read_are_nobodys(broken_table: Any) -> None:
    """access.md: Institutions."""
    make_library()
    networks = KnownNetworks(seconds=0)
    assert networks.institution_at(INSIDE) == "Library"
    with broken_table("wall_institution"):
        assert networks.institution_at(INSIDE) is None
    assert networks.institution_at(INSIDE) == "Library"


@pytest.mark.django_db
def test_a_line_that_nobody_checked_opens_nothing() -> None:
    make_library(networks="everything\n0.0.0.0/0\n192.0.2.0/24")
    networks = KnownNetworks()
    assert networks.institution_at(INSIDE) == "Library"
    assert networks.institution_at(OUTSIDE) is None


def reading(sampled: set[int], *, limit: int = 3, cap: int = 2, story_id: int = 7) -> MeterReading:
    return sample_reading(
        sampled=frozenset(sampled), story_id=story_id, network="a", month=NOVEMBER, limit=limit, cap=cap
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sampled", "limit", "cap", "expected"),
    [
        (set(), 3, 3, MeterReading(3, 0, False)),
        ({1, 2}, 3, 3, MeterReading(3, 2, False)),
        ({1, 7}, 3, 2, MeterReading(3, 2, True)),
        (set(), 3, 2, MeterReading(3, 3, False)),
        (set(), 3, 0, MeterReading(3, 3, False)),
        (set(), 0, 3, MeterReading(0, 0, False)),
        ({1, 2, 3}, 3, 3, MeterReading(3, 3, False)),
        ({1, 2, 3}, 2, 3, MeterReading(2, 3, False)),
    ],
)
def test_samples_are_spent_by_the_cookie_or_by_the_network(
    sampled: set[int], limit: int, cap: int, expected: MeterReading
) -> None:
    """metering.md: Samples for strangers."""
    SampleCount.objects.create(network="a", month=NOVEMBER, count=2)
    SampleCount.objects.create(network="b", month=NOVEMBER, count=9)
    assert reading(sampled, limit=limit, cap=cap) == expected


@pytest.mark.django_db
def test_samples_that_cannot_be_read_are_no_samples(broken_table: Any) -> None:
    """metering.md: When the meter cannot be reached."""
    with broken_table("wall_samplecount"):
        assert not reading(set()).is_reachable


@pytest.mark.django_db
def test_the_papers_settings_are_the_default_sites(rules: Rules) -> None:
    assert default_wall_settings().premium_per_month == 5
    rules(premium_per_month=9)
    assert default_wall_settings().premium_per_month == 9
