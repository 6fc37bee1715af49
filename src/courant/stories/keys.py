"""What a page is made from, named: noted while it is rendered, withdrawn when it changes (courant.lib.keys).

A key names a thing whose words a page shows, or a list that it shows a piece of. Keys of furniture are soft:
lists that merely stand around a story are renewed in the background, never withdrawn.
"""

from __future__ import annotations

ALL = "all"
PAPER = "paper"  # name, look, menu: on every page
WALL = "wall"  # the wall's settings: on every gated story, and in feeds
STORIES = "stories"  # the newest stories: front page, feeds, counts
AUTHORS, TOPICS = "authors", "topics"  # the lists of all of them
FURNITURE = "furniture"  # the newest stories around another story


def page(page_id: int) -> str:
    """Any page of the tree that is linked to, or that has no name of its own below."""
    return f"page/{page_id}"


def story(story_id: int) -> str:
    """The story's page, and wherever a card of it stands."""
    return f"story/{story_id}"


def section(section_id: int) -> str:
    """The section's pages, its stories, and cards of them: they carry its name and its default access."""
    return f"section/{section_id}"


def author(author_id: int) -> str:
    return f"author/{author_id}"


def topic(topic_id: int) -> str:
    return f"topic/{topic_id}"


def stories_in(section_id: int) -> str:
    return f"stories-in/{section_id}"


def stories_by(author_id: int) -> str:
    return f"stories-by/{author_id}"


def stories_about(topic_id: int) -> str:
    return f"stories-about/{topic_id}"


def stories_of(month: str) -> str:
    """What was printed in a month (2022-01): sitemaps."""
    return f"stories-of/{month}"


def furniture_in(section_id: int) -> str:
    return f"{FURNITURE}-in/{section_id}"


def furniture_about(topic_id: int) -> str:
    return f"{FURNITURE}-about/{topic_id}"


def is_soft(key: str) -> bool:
    """Whether pages with this key may go on being served while they are renewed."""
    return key.startswith(FURNITURE)
