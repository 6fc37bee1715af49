"""Names that belong to addresses and cannot be slugs."""

RESERVED_SLUGS = frozenset(
    {
        "-",
        "account",
        "accounts",
        "ads-txt",
        "api",
        "authors",
        "comments",
        "events",
        "favicon",
        "feeds",
        "humans",
        "legal",
        "letters",
        "media",
        "newsletters",
        "newsroom",
        "oembed",
        "robots",
        "search",
        "sitemap",
        "sitemaps",
        "static",
        "tag",
        "tags",
        "topics",
    }
)
