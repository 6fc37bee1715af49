"""Wagtail's search in the database, made to bear quotation marks.

SQLite's full-text search reads a query as a small language with quoted strings, and Wagtail puts words into it as
they were typed: a lone quotation mark would be an error of the server.
"""

from typing import Any

from modelsearch.backends import database
from modelsearch.query import And, Not, Or, Phrase, PlainText

UNQUOTABLE = str.maketrans('"\x00', "  ")
NO_WORD = "."  # has nothing that is indexed, and is a query all the same


class BearsQuotes:
    """Mixed into the backend of the database in use."""

    def _search(self, query_compiler_class: Any, query: Any, model_or_queryset: Any, **options: Any) -> Any:
        found = super()._search  # type: ignore[misc]
        return found(query_compiler_class, without_quotes(query), model_or_queryset, **options)


def without_quotes(query: Any) -> Any:
    """The query with spaces for quotation marks, however it is put together."""
    match query:
        case str():
            return query.translate(UNQUOTABLE).strip()
        case PlainText():
            words = query.query_string.translate(UNQUOTABLE).strip()
            return PlainText(words or NO_WORD, operator=query.operator, boost=query.boost)
        case Phrase():
            return Phrase(query.query_string.translate(UNQUOTABLE).strip() or NO_WORD)
        case And() | Or():
            return type(query)([without_quotes(part) for part in query.subqueries])
        case Not():
            return Not(without_quotes(query.subquery))
    return query


def SearchBackend(params: dict[str, Any]) -> Any:  # the name that Wagtail looks for
    kind = type(database.SearchBackend(params))
    return type("SearchBackend", (BearsQuotes, kind), {})(params)
