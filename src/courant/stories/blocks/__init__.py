"""Blocks of a story's body, one file for each family."""

from courant.stories.blocks.body import StoryBody

__all__ = ["StoryBody"]
