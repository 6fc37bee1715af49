"""Counting the queries that read this room's tables; what the page around costs is counted elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext


@contextmanager
def our_queries(count: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as queries:
        yield
    ours = [query["sql"] for query in queries if 'FROM "readers_' in query["sql"]]
    assert len(ours) == count, "\n\n".join(ours)
