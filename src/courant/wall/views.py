"""What the wall shows to machines: the keys by which others check a pass."""

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from courant.wall.rings import key_ring, public_keys


@require_safe
def show_public_keys(request: HttpRequest) -> JsonResponse:
    """The public halves of the pass keys (RFC 7517); not found while passes are signed with a shared secret."""
    keys = public_keys(key_ring())
    if not keys:
        raise Http404
    return JsonResponse({"keys": keys}, headers={"Cache-Control": "public, max-age=300"})
