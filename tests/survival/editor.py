"""An editor in a process of its own: reads a deed a line from standard input, answers when it is committed.

`publish SLUG N` puts "Edition N." into the open part of a story, `access SLUG ACCESS` changes who may read it;
the answer is `done SECONDS`, the clock right after the commit.
"""

# ruff: noqa: E402  -- Django must be set up before its models are imported
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "courant.project.settings")

import django

django.setup()

from django.utils import timezone

from courant.stories.models import StoryPage
from tests.factories import paragraph


def main() -> None:
    print("ready", flush=True)
    for line in sys.stdin:
        deed, slug, value = line.split()
        story = StoryPage.objects.get(slug=slug).get_latest_revision_as_object()
        if deed == "publish":
            story.body = [
                paragraph(f"Edition {value}."),
                *((block.block_type, block.value) for block in story.body[1:]),
            ]
        else:
            story.access = value
        story.save_revision().publish()
        print(f"done {time.time():.6f} {timezone.now():%H:%M:%S}", flush=True)


if __name__ == "__main__":
    main()
