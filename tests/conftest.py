"""What every test may use; which database they run on is decided in tests/settings.py."""

import os

import pytest
from django.conf import settings
from hypothesis import settings as property_settings

# The same examples in every run, so that a red run is the fault of a change. `HYPOTHESIS_PROFILE=search` looks for
# new ones; what it finds becomes a test with a name.
property_settings.register_profile("same", derandomize=True, database=None, deadline=None)
property_settings.register_profile("search", deadline=None, max_examples=2_000)
property_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="run on PostgreSQL instead of SQLite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--postgres") and settings.NO_POSTGRES:
        reason = pytest.mark.skip(reason=settings.NO_POSTGRES)
        for item in items:
            item.add_marker(reason)
