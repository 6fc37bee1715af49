"""Settings, root addresses and the ASGI application: the only room that knows every other."""
