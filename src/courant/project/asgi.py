"""The ASGI application that `courant serve` and any ASGI server run: the page server, the gate, Django."""

import os

from django.core.asgi import get_asgi_application

from courant.edge.application import PageServerApp
from courant.project.gate import Gate

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "courant.project.settings")

django_application = get_asgi_application()  # loads every room

from courant.press.serving import start_page_server  # noqa: E402  # it needs the rooms

application = PageServerApp(
    Gate(django_application),  # type: ignore[arg-type]  # Django says dict where ASGI says mapping
    start_page_server(),
)
