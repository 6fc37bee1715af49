"""What machines are told before they read: robots.txt, security.txt, what a browser may prefetch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from courant.stories.addresses import full_address
from courant.stories.keeping import kept_for
from courant.stories.queries import paper_of

# Forms, the newsroom and fragments are nobody's search result; crawlers that draw a page need its colours.
ROBOTS = """\
User-agent: *
Allow: /-/theme.css
Disallow: /account/
Disallow: /newsroom/
Disallow: /search/
Disallow: /-/

Sitemap: {sitemap}
"""
NOT_PREFETCHED = ["/account/*", "/newsroom/*", "/search/*", "/feeds/*", "/-/*"]
SECONDS = 3600
SECURITY_DAYS = 365


@require_safe
def show_robots(request: HttpRequest) -> HttpResponse:
    text = ROBOTS.format(sitemap=full_address("/sitemap.xml", request))
    return kept_for(SECONDS, HttpResponse(text, content_type="text/plain; charset=utf-8"))


@require_safe
def show_security(request: HttpRequest) -> HttpResponse:
    """Where to report a hole, by RFC 9116; 404 while the newsroom has given no address."""
    contact = paper_of(request).contact_email
    if not contact:
        raise Http404("The paper has given no contact.")
    address = full_address("/.well-known/security.txt", request)
    text = f"Contact: mailto:{contact}\nExpires: {expiry(timezone.now())}\nCanonical: {address}\n"
    return kept_for(SECONDS, HttpResponse(text, content_type="text/plain; charset=utf-8"))


def expiry(now: datetime) -> str:
    """A year from the start of today, so that the file changes once a day and not with every request."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return f"{today + timedelta(days=SECURITY_DAYS):%Y-%m-%dT%H:%M:%SZ}"


@require_safe
def show_speculation_rules(request: HttpRequest) -> HttpResponse:
    """Stories may be fetched when a pointer rests on a link; never rendered, which would spend the meter."""
    rules = {
        "prefetch": [
            {
                "source": "document",
                "eagerness": "moderate",
                "where": {
                    "and": [
                        {"href_matches": "/*/*/"},
                        *({"not": {"href_matches": path}} for path in NOT_PREFETCHED),
                        {"not": {"selector_matches": "[rel~=nofollow],[download]"}},
                    ]
                },
            }
        ]
    }
    return kept_for(SECONDS, JsonResponse(rules, content_type="application/speculationrules+json"))
