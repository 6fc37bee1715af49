"""What a story asks of its readers, in the wall's words."""

from __future__ import annotations

from courant.stories.models import StoryPage
from courant.wall.decision import StoryTerms


def terms_of(story: StoryPage) -> StoryTerms:
    """The only translation of a story for the wall; every surface decides with it."""
    return StoryTerms(
        story_id=story.pk or 0,
        access=story.effective_access,
        free_from=story.free_from,
        free_until=story.free_until,
    )
