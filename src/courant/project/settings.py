"""Django's settings, derived from the installation's configuration; see docs/settings.md."""

import warnings
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from courant.lib.configuration import keep_secret_key, load_configuration
from courant.lib.databases import database_from

CONFIGURATION = load_configuration()
COURANT_HOME = CONFIGURATION.home
IS_PRODUCTION = CONFIGURATION.is_production

SECRET_KEY = CONFIGURATION["secret_key"] or keep_secret_key(COURANT_HOME)
DEBUG = False
ALLOWED_HOSTS = CONFIGURATION["hosts"] or ["localhost", "127.0.0.1", "[::1]"]
SITE_URL = CONFIGURATION["site_url"]
TRUSTED_PROXIES = CONFIGURATION["trusted_proxies"]

INSTALLED_APPS = [
    "courant.press",
    "courant.stories",
    "courant.readers",
    "courant.pictures",
    "courant.mail",
    "courant.wall",
    "courant.theme",
    "courant.project.apps.NewsroomUsersConfig",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.snippets",
    "wagtail.documents",  # the newsroom's scripts ask for its addresses; urls.py closes them
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "courant.project.middleware.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "courant.press.middleware.WantMissed",
    "courant.project.middleware.PageHeadersMiddleware",
    "courant.wall.middleware.ErrorsSpendNothing",
    "courant.project.middleware.TextGZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "courant.wall.middleware.CarryPass",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "courant.wall.middleware.GiftsFollow",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "courant.project.urls"
ASGI_APPLICATION = "courant.project.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "courant.stories.context.paper",
            ],
        },
    },
]

# -- The database: SQLite in the data directory, or PostgreSQL by DATABASE_URL --------------------------
DATABASES = {"default": database_from(CONFIGURATION["database_url"], COURANT_HOME)}
# Beside the database, one store of printed pages on every host.
PRESS_FOLDER = COURANT_HOME / "press"
PRESS_SHARE = CONFIGURATION["press_share"]
SHARED_SECONDS = CONFIGURATION["shared_seconds"]
# What readers carry instead of being looked up (docs/rules/pass.md).
PASS_ALGORITHM = CONFIGURATION["pass_algorithm"]
PASS_KEYS = CONFIGURATION["pass_keys"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "courant_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
    # Wagtail looks renditions up once per picture and page: these may be forgotten at any time.
    "renditions": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "renditions"},
}

# -- Accounts -------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "readers.Reader"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "courant.readers.passwords.MaximumLengthValidator"},
]
LOGIN_URL = "/account/sign-in/"
LOGIN_REDIRECT_URL = "/account/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "courant.readers.adapter.ReaderAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_SIGNUP_REDIRECT_URL = LOGIN_REDIRECT_URL
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Addresses are proven by a code typed in the browser that asked for it, never by following a link.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
# 8 digits are 26 bits, for ten minutes and five tries (ASVS 5.0, 6.5.4 and 6.5.5).
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = 10
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 10
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_TIMEOUT = 60 * 60
# Tight for one account, wide for one network: a school or an office stands behind one address.
# Every limit is counted over ten minutes at most, which is what the page for 429 says.
ACCOUNT_RATE_LIMITS = {
    "signup": "300/10m/ip",
    "register_address": "5/10m/key",
    "confirm_email": "30/10m/key",
    "login": "600/10m/ip",
    "login_failed": "200/10m/ip,10/10m/key",
    "request_login_code": "300/10m/ip,5/10m/key",
    "reset_password": "300/10m/ip,5/10m/key",
    "reset_password_from_key": "300/10m/ip",
    "reauthenticate": "10/10m/user",
    "change_password": "10/10m/user",
    "manage_email": "10/10m/user",
    "page_password": "30/10m/ip",
}

SESSION_COOKIE_AGE = 60 * 60 * 24 * 90
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
SESSION_COOKIE_NAME = "__Host-courant_session" if IS_PRODUCTION else "courant_session"
CSRF_COOKIE_NAME = "__Host-courant_csrf" if IS_PRODUCTION else "courant_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "courant.readers.views.form_expired"
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL else []

# -- Security -------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = False  # the server in front redirects; a health check on http must still answer
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if IS_PRODUCTION else 0
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # the newsroom shows previews of its own pages in a frame
CONTENT_SECURITY_POLICY = {
    # Wagtail's newsroom writes inline scripts and styles of its own; it is behind staff sign-in.
    "EXCLUDE_URL_PREFIXES": ["/newsroom/"],
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "media-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # Wagtail's page editor sends one field per block and more

# -- Language and time ----------------------------------------------------------------------------------
LANGUAGE_CODE = CONFIGURATION["language"]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES = [
    ("en-gb", "English (UK)"),
    ("en", "English"),
    ("de", "German"),
    ("fr", "French"),
    ("es", "Spanish"),
    ("ar", "Arabic"),
    ("he", "Hebrew"),
]
if LANGUAGE_CODE not in dict(LANGUAGES):
    LANGUAGES.insert(0, (LANGUAGE_CODE, LANGUAGE_CODE))
TIME_ZONE = CONFIGURATION["time_zone"]
USE_TZ = True
USE_I18N = True

# -- Files ----------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = COURANT_HOME / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = COURANT_HOME / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "courant.project.storage.StaticFiles"},
}
SERVESTATIC_MAX_AGE = 60 * 60 * 24 * 365
SERVESTATIC_ALLOW_ALL_ORIGINS = False
# Before `courant setup` has collected the static files their folder does not exist; that is no fault.
warnings.filterwarnings("ignore", message="No directory at")

# -- Mail -----------------------------------------------------------------------------------------------
MAIL = urlsplit(CONFIGURATION["mail_url"])
EMAIL_BACKEND = {
    "console": "django.core.mail.backends.console.EmailBackend",
    "file": "django.core.mail.backends.filebased.EmailBackend",
    "none": "django.core.mail.backends.dummy.EmailBackend",
}.get(MAIL.scheme, "django.core.mail.backends.smtp.EmailBackend")
EMAIL_FILE_PATH = MAIL.path or str(COURANT_HOME / "mail")
EMAIL_HOST = MAIL.hostname or "localhost"
EMAIL_PORT = MAIL.port or {"smtps": 465, "smtp+tls": 587}.get(MAIL.scheme, 25)
EMAIL_HOST_USER = unquote(MAIL.username or "")
EMAIL_HOST_PASSWORD = unquote(MAIL.password or "")
EMAIL_USE_TLS = MAIL.scheme == "smtp+tls"
EMAIL_USE_SSL = MAIL.scheme == "smtps"
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = CONFIGURATION["mail_from"] or f"{CONFIGURATION['paper_name']} <paper@localhost>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_SUBJECT_PREFIX = ""

# -- Wagtail --------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = CONFIGURATION["paper_name"]
WAGTAILADMIN_BASE_URL = SITE_URL or "http://127.0.0.1:8000"
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
WAGTAIL_FRONTEND_LOGIN_URL = LOGIN_URL
WAGTAILIMAGES_IMAGE_MODEL = "pictures.Picture"
WAGTAILIMAGES_IMAGE_FORM_BASE = "courant.pictures.forms.PictureForm"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 60_000_000  # decoding one takes about three bytes a pixel
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # nothing third-party, in the newsroom neither
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "courant.stories.search_backend"}}
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False  # accounts have one home, /account/
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
# Whoever approves may correct a comma in the same step: nobody else can edit while a story waits.
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = False
TAGGIT_CASE_INSENSITIVE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "courant": {"level": "INFO"},
        "django_tasks": {"level": "WARNING"},  # else four lines for every story that is saved
        "django_tasks_db": {"level": "WARNING"},
    },
}
