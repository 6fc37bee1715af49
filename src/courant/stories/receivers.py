"""What follows from what Wagtail did: three lines and one action each."""

from typing import Any

from django.db.models import Model
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import page_published, post_page_move

from courant.stories.actions import settle_move, settle_publication, withdraw_from_search
from courant.stories.models import SectionPage, StoryPage
from courant.stories.queries import stories_by_default, stories_not_free
from courant.wall.models import WallSettings

CHANGED = "_changes_what_search_may_know"


@receiver(page_published, sender=StoryPage)
def on_story_published(instance: StoryPage, **kwargs: Any) -> None:
    settle_publication(story=instance)


@receiver(post_page_move, sender=StoryPage)
def on_story_moved(instance: Page, **kwargs: Any) -> None:
    settle_move(story=instance.specific)


@receiver(pre_save, sender=SectionPage)
def note_default_access(instance: SectionPage, update_fields: Any = None, **kwargs: Any) -> None:
    note_change(instance, "default_access", update_fields)


@receiver(post_save, sender=SectionPage)
def on_default_access_changed(instance: SectionPage, **kwargs: Any) -> None:
    if instance.__dict__.pop(CHANGED, False):
        withdraw_from_search(stories=stories_by_default(instance))


@receiver(pre_save, sender=WallSettings)
def note_preview_length(instance: WallSettings, update_fields: Any = None, **kwargs: Any) -> None:
    note_change(instance, "preview_paragraphs", update_fields)


@receiver(post_save, sender=WallSettings)
def on_preview_length_changed(instance: WallSettings, **kwargs: Any) -> None:
    if instance.__dict__.pop(CHANGED, False):
        withdraw_from_search(stories=stories_not_free())


def note_change(instance: Model, field: str, update_fields: Any) -> None:
    """Remember on a row that is being saved whether the field gets another value; a new row has no stories yet."""
    if update_fields is None or field in update_fields:
        before = type(instance)._default_manager.filter(pk=instance.pk).values_list(field, flat=True).first()
        instance.__dict__[CHANGED] = before not in (None, getattr(instance, field))
