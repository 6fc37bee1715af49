"""The paper without its page server: what `bench.page_server` compares with."""

import courant.project.asgi
from courant.project.gate import Gate

application = courant.project.asgi.application
while not isinstance(application, Gate):
    # The page server's door is around it.
    application = application.application
