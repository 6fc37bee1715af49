"""Adds to the paper's data directory an institution whose network is one address of this machine, and readers for each
proxy whose meter nobody else touches."""

# ruff: noqa: E402  -- Django must be set up before its models are imported
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "courant.project.settings")

import django

django.setup()

from courant.readers.models import Reader
from courant.wall.models import Institution
from tests.deploy.proxies import LIBRARY
from tests.factories import make_reader


def main() -> None:
    Institution.objects.create(name="Port Alder Library", networks=LIBRARY)
    # One password for all; to hash it takes as long as it should.
    password = make_reader("first@paper.example").password
    for proxy in ("nginx", "haproxy", "varnish"):
        for number in (1, 2, 3):
            make_reader(f"{proxy}{number}@paper.example", password=None)
    Reader.objects.filter(password__startswith="!").update(password=password)


if __name__ == "__main__":
    main()
