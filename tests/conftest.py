"""What every test may use; which database they run on is decided in tests/settings.py."""

import pytest
from django.conf import settings


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="run on PostgreSQL instead of SQLite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--postgres") and settings.NO_POSTGRES:
        reason = pytest.mark.skip(reason=settings.NO_POSTGRES)
        for item in items:
            item.add_marker(reason)
