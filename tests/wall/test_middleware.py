"""Errors spend nothing."""

import pytest
from django.http import HttpRequest, HttpResponse

from courant.wall.middleware import ErrorsSpendNothing
from courant.wall.models import Opening
from courant.wall.visits import decide_visit
from tests.factories import make_reader
from tests.wall.conftest import NOW, Rules, Visit, premium


def answer_with(status: int) -> ErrorsSpendNothing:
    """A paper that opens a premium story and then answers with this status."""

    def view(request: HttpRequest) -> HttpResponse:
        decide_visit(request, premium(), now=NOW)
        return HttpResponse(status=status)

    return ErrorsSpendNothing(view)


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "openings"), [(200, 1), (304, 0), (404, 0), (412, 0), (500, 0), (503, 0)])
def test_only_an_answer_that_is_the_story_spends(visit: Visit, rules: Rules, status: int, openings: int) -> None:
    """metering.md: What spends."""
    answer_with(status)(visit(reader=make_reader()))
    assert Opening.objects.count() == openings


@pytest.mark.django_db
def test_an_error_takes_nothing_back_that_was_opened_before(visit: Visit, rules: Rules) -> None:
    """metering.md: What spends."""
    reader = make_reader()
    answer_with(200)(visit(reader=reader))
    answer_with(500)(visit(reader=reader))
    assert Opening.objects.count() == 1


@pytest.mark.django_db
def test_an_error_of_a_stranger_changes_nothing(visit: Visit, rules: Rules) -> None:
    assert answer_with(500)(visit()).status_code == 500
