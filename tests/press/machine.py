"""Settings of a machine of its own in a test: the tests' settings, with the worker's real queue."""

from courant.project import settings as installed
from tests.settings import *  # noqa: F403

TASKS = installed.TASKS
PRESS_FOLDER = installed.COURANT_HOME / "press"
