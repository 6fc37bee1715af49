"""Fills the paper of a data directory: ten stories of each access, and readers who can sign in."""

# ruff: noqa: E402  -- Django must be set up before its models are imported
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "courant.project.settings")

import django

django.setup()

from django.db import transaction

from courant.stories.models import FrontPage
from tests.factories import make_reader, make_section, make_story
from tests.survival.paper import WITHHELD


def main() -> None:
    with transaction.atomic():
        section = make_section("World", front=FrontPage.objects.get())
        for access in ("free", "registered", "premium", "subscribers"):
            for number in range(1, 11):
                texts = ["Edition 0.", "Second.", "Third.", f"Fourth {WITHHELD}.", f"Fifth {WITHHELD}."]
                story = make_story(section, slug=f"{access}-{number}", access=access, paragraphs=texts)
                story.save_revision()
        for number in range(1, 9):
            make_reader(f"reader{number}@paper.example")
        make_reader("subscriber@paper.example", state="subscriber")


if __name__ == "__main__":
    main()
