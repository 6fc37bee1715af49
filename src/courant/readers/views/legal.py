"""Legal documents: the ones in force, and every version there was."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate

from courant.lib.keys import note
from courant.readers import keys
from courant.readers.queries.legal import document_version, documents_in_force, versions_of


def documents(request: HttpRequest) -> HttpResponse:
    note(keys.DOCUMENTS)
    return render(request, "readers/legal_list.html", {"documents": documents_in_force(localdate())})


def document(request: HttpRequest, kind: str) -> HttpResponse:
    """The version in force today."""
    note(keys.document(kind))
    in_force = documents_in_force(localdate()).filter(kind=kind).first()
    if in_force is None:
        raise Http404
    return render(
        request,
        "readers/legal.html",
        {"document": in_force, "versions": versions_of(kind), "is_current": True},
    )


def version(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """One version, in force, past or to come."""
    note(keys.document(kind))
    shown = document_version(kind, number)
    in_force = documents_in_force(localdate()).filter(kind=kind).first()
    context = {"document": shown, "versions": versions_of(kind), "is_current": shown == in_force}
    return render(request, "readers/legal.html", context)
