"""The paper's pages."""

from courant.stories.models.author import AuthorPage, AuthorsPage
from courant.stories.models.front import FrontPage
from courant.stories.models.paper import PaperSettings
from courant.stories.models.section import SectionPage
from courant.stories.models.story import Byline, Correction, StoryPage, StoryTopic
from courant.stories.models.topic import TopicPage, TopicsPage

__all__ = [
    "AuthorPage",
    "AuthorsPage",
    "Byline",
    "Correction",
    "FrontPage",
    "PaperSettings",
    "SectionPage",
    "StoryPage",
    "StoryTopic",
    "TopicPage",
    "TopicsPage",
]
