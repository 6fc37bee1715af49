"""Keys that no page has: what changes with them is what the page server knows of the newsroom's settings."""

from courant.stories.keys import WALL

INSTITUTIONS = "institutions"
OF_SETTINGS = frozenset({INSTITUTIONS, WALL})
