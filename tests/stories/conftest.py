"""What the tests of the paper share."""

import pytest
from django.test import Client

from tests.factories import make_reader


@pytest.fixture
def subscriber() -> Client:
    """A browser in which a subscriber is signed in."""
    client = Client()
    client.force_login(make_reader(state="subscriber"))
    return client
