"""Settings of the tests: the installation's own, on a throw-away data directory and database."""

import os
import sys
import tempfile

os.environ.setdefault("COURANT_HOME", tempfile.mkdtemp(prefix="courant-tests-"))
os.environ.setdefault("COURANT_ENV", "local")

from courant.lib.databases import database_from
from courant.project.settings import *  # noqa: F403
from courant.project.settings import COURANT_HOME, STORAGES
from tests.postgres import start_cluster

# `--postgres` is looked up here because Django reads its settings before pytest reads its options. The workers
# of a parallel run inherit the address by the environment, and so share one cluster.
NO_POSTGRES = os.environ.get("COURANT_TEST_NO_POSTGRES", "")
if "--postgres" in sys.argv and not os.environ.get("COURANT_TEST_DATABASE_URL"):
    address, NO_POSTGRES = start_cluster()
    if address:
        os.environ["COURANT_TEST_DATABASE_URL"] = address

DATABASES = {"default": database_from(os.environ.get("COURANT_TEST_DATABASE_URL", ""), COURANT_HOME)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads and processes of the tests share it as those of a paper do.
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    DATABASES["default"]["TEST"] = {"NAME": str(COURANT_HOME / f"tests{worker}.sqlite3")}
else:
    DATABASES["default"]["OPTIONS"].pop("pool", None)

PRESS_FOLDER = COURANT_HOME / f"press{os.environ.get('PYTEST_XDIST_WORKER', '')}"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = True
SITE_URL = "http://testserver"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
