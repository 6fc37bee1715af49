"""Plants the paper of a data directory, and writes down beside it what was planted and who asks."""

# ruff: noqa: E402  -- Django must be set up before its models are imported
import os
import pickle
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "courant.project.settings")

import django

django.setup()

from django.conf import settings
from django.utils import timezone

from courant.stories.models import FrontPage
from courant.wall.rings import key_ring
from tests.leak.cast import cast_everybody
from tests.leak.paper import plant_paper

PLANTED = "planted.pickle"


def main() -> None:
    now = timezone.now()
    paper = plant_paper(FrontPage.objects.get(), now)
    cast = cast_everybody(paper, key_ring(), now)
    (Path(settings.COURANT_HOME) / PLANTED).write_bytes(pickle.dumps((paper, cast)))


if __name__ == "__main__":
    main()
