"""The newsroom's doors: what Wagtail's admin is told of the paper."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page

from courant.stories.models import FrontPage
from courant.stories.newsroom.editing import AnyPageViewSet, StoryViewSet
from courant.stories.newsroom.home import set_desk
from courant.stories.newsroom.lists import AuthorListing, StoryListing, TopicListing
from courant.stories.newsroom.publishing import refuse_bulk, refuse_copies, refuse_furniture


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[Any]:
    return [
        AnyPageViewSet(),
        StoryViewSet(),
        StoryListing("stories_list", url_prefix="stories"),
        AuthorListing("authors_list", url_prefix="authors"),
        TopicListing("topics_list", url_prefix="topics"),
    ]


@hooks.register("construct_homepage_panels")
def construct_home(request: HttpRequest, panels: list[Any]) -> None:
    set_desk(request, panels)


@hooks.register("construct_homepage_summary_items")
def construct_summary(request: HttpRequest, items: list[Any]) -> None:
    items.clear()


@hooks.register("construct_main_menu")
def construct_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Without Wagtail's help, which leads to other people's sites, and its documents, which the paper does not
    take. Pictures are called so (docs/words.md)."""
    items[:] = [item for item in items if item.name not in ("help", "documents")]
    for item in items:
        if item.name == "images":
            item.label = "Pictures"


class FrontPageItem(MenuItem):
    """Straight to placing stories; hidden from those who may not."""

    def is_shown(self, request: HttpRequest) -> bool:
        front = FrontPage.objects.order_by("path").first()
        return bool(front and front.permissions_for_user(request.user).can_edit())


@hooks.register("register_admin_menu_item")
def register_front_page() -> MenuItem:
    return FrontPageItem("Front page", reverse("newsroom_front_page"), name="front-page", icon_name="home", order=40)


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    return [path("front-page/", edit_front_page, name="newsroom_front_page")]


def edit_front_page(request: HttpRequest) -> HttpResponse:
    front = get_object_or_404(FrontPage.objects.order_by("path")[:1])
    return redirect("wagtailadmin_pages:edit", front.pk)


@hooks.register("insert_global_admin_css")
def add_styles() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("stories/newsroom.css"))


@hooks.register("insert_global_admin_js")
def add_script() -> SafeString:
    return format_html('<script src="{}"></script>', static("stories/desk.js"))


@hooks.register("before_bulk_action")
def before_bulk(request: HttpRequest, action_type: str, pages: list[Any], action: Any) -> HttpResponse | None:
    return refuse_bulk(request, action_type, pages, action)


@hooks.register("before_create_page")
def before_create(request: HttpRequest, parent: Page, page_class: type[Page]) -> HttpResponse | None:
    return refuse_furniture(request, parent, page_class)


@hooks.register("before_copy_page")
def before_copy(request: HttpRequest, page: Page) -> HttpResponse | None:
    return refuse_copies(request, page)
