"""Addresses of the paper that are not pages of the tree."""

from django.urls import path

from courant.stories import feeds, giving, marks, oembed, robots, sitemaps, views

app_name = "stories"

urlpatterns = [
    path("account/gifts/new/", giving.give, name="story-give"),
    path("search/", views.search, name="stories-search"),
    path("feeds/", feeds.show_feeds, name="feeds-list"),
    path("feeds/authors/<slug:slug>/<str:file>", feeds.show_author_feed, name="author-feed"),
    path("feeds/topics/<slug:slug>/<str:file>", feeds.show_topic_feed, name="topic-feed"),
    path("feeds/<slug:slug>/<str:file>", feeds.show_section_feed, name="section-feed"),
    path("feeds/<str:file>", feeds.show_paper_feed, name="paper-feed"),
    path("sitemap.xml", sitemaps.show_index, name="sitemaps-list"),
    path("sitemaps/pages.xml", sitemaps.show_pages, name="sitemap-pages"),
    path("sitemaps/news.xml", sitemaps.show_news, name="sitemap-news"),
    path("sitemaps/stories-<str:stretch>.xml", sitemaps.show_stories, name="sitemap-stories"),
    path("oembed/", oembed.show_oembed, name="story-embed"),
    path("robots.txt", robots.show_robots, name="robots-show"),
    path(".well-known/security.txt", robots.show_security, name="security-show"),
    path("-/speculation-rules.json", robots.show_speculation_rules, name="speculation-rules"),
    path("-/theme.css", marks.show_look, name="look-show"),
    path("manifest.webmanifest", marks.show_manifest, name="manifest-show"),
    path("favicon.ico", marks.show_favicon_ico, name="favicon-ico"),
    path("favicon.svg", marks.show_favicon_svg, name="favicon-svg"),
    path("apple-touch-icon.png", marks.show_icon_png, {"size": 180}, name="touch-icon"),
    path("icon-192.png", marks.show_icon_png, {"size": 192}, name="icon-192"),
    path("icon-512.png", marks.show_icon_png, {"size": 512}, name="icon-512"),
]
