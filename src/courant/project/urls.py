"""Every address of the paper; a room brings its own, and what nobody claims is a page."""

from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as newsroom_urls

from courant.project import views
from courant.readers.urls import account_urls
from courant.wall.views import show_public_keys

handler400 = "courant.project.views.bad_request"
handler403 = "courant.project.views.forbidden"
handler429 = "courant.readers.views.too_many_requests"  # allauth's limits look here
handler404 = "courant.project.views.not_found"
handler500 = "courant.project.views.broken"

urlpatterns = [
    path("-/healthz", views.healthz, name="healthz"),
    path("-/readyz", views.readyz, name="readyz"),
    path(".well-known/jwks.json", show_public_keys, name="public-keys"),
    path("account/", include(account_urls)),
    path("", include("courant.readers.urls")),
    path("newsroom/login/", views.other_sign_in, name="newsroom-sign-in"),
    # A file beside a gated story would be open to all: the paper takes no documents.
    re_path(r"^newsroom/documents/", views.nothing_here),
    path("newsroom/", include(newsroom_urls)),
    path("pictures/", include("courant.pictures.urls")),
    path("", include("courant.stories.urls")),
    # Two of Wagtail's own, which know none of our limits.
    path("_util/login/", views.other_sign_in, name="wagtail-sign-in"),
    path(
        "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/",
        views.open_with_password,
        name="wagtail-page-open",
    ),
    path("", include(wagtail_urls)),
]
