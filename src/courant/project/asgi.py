"""The ASGI application that `courant serve` and any ASGI server run."""

import os

from django.core.asgi import get_asgi_application

from courant.project.gate import Gate

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "courant.project.settings")

application = Gate(get_asgi_application())  # type: ignore[arg-type]  # Django says dict where ASGI says mapping
