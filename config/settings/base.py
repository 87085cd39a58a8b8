"""What all settings modules share: apps, middleware, security, languages, cache, Celery, API.

The modules beside this one add where things are: `web`, `operator` and `test`.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from redis.backoff import NoBackoff
from redis.retry import Retry

ROOT = Path(__file__).resolve().parents[2]
NODE_MODULES = ROOT / "node_modules"

# Upper rooms first: their templates and static files win over what lower ones bring.
INSTALLED_APPS = [
    "config",
    "waivers",
    "dialer",
    "collection",
    "agencies",
    "cases",
    "tenancy",
    "guardian",
    "rest_framework",
    "drf_spectacular",
    "axes",
    "django_otp",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "config.apps.StaticFiles",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "config.proxy.TrustedProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    # Reads the session outside any scope, then opens the scope that all below live in.
    "tenancy.middleware.CompanyScopeMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tenancy.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # A page is closed unless its view says login_not_required.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "tenancy.middleware.AccessMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.htmx.HtmxRedirectMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Every request is one transaction: the company scope lives and dies with it.
DATABASE_FLAGS: dict[str, Any] = {"ATOMIC_REQUESTS": True, "CONN_MAX_AGE": 60}

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.navigation.frame",
            ],
        },
    },
]

# Labels above, help below, errors beside the field and gathered on top.
FORM_RENDERER = "config.form_renderer.ScreenRenderer"

# People and sign-in
AUTH_USER_MODEL = "tenancy.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "tenancy.backends.CompanyBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL
# Names are unique within a company, not across companies.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]

SESSION_ENGINE = "tenancy.sessions"
# A shift; closing the browser ends it sooner.
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
# In the session the token needs no script to read it and no second cookie to guard.
CSRF_USE_SESSIONS = False
# In a signed cookie: the session would be written for each, when it is said and when it is read.
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"

# The name that is typed carries its company (`name@COMPANY`), so a lock never crosses companies.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# tenancy.signing_in does both: axes knows neither the company of a name nor the second step.
AXES_RESET_ON_SUCCESS = False
AXES_LOCKOUT_CALLABLE = "tenancy.signing_in.keep_answer"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ACCESS_FAILURE_LOG = True
# The company's own log of sign-ins (tenancy.SignIn) says it all.
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["login", "username", "ip_address", "csrfmiddlewaretoken"]
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_USERNAME_FORM_FIELD = "username"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

ANONYMOUS_USER_NAME = None
GUARDIAN_USER_OBJ_PERMS_MODEL = "tenancy.UserGrant"
GUARDIAN_GROUP_OBJ_PERMS_MODEL = "tenancy.GroupGrant"
OTP_TOTP_ISSUER = "Recoup"

# What a page may load: only what this server serves.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Health checks come over plain http from beside the server.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]

# Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [ROOT / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Static files: ours under config/static/, libraries as their packages ship them.
STATIC_URL = "/static/"
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STATICFILES_DIRS = [
    ROOT / "config" / "static",
    ("tabler/css", NODE_MODULES / "@tabler" / "core" / "dist" / "css"),
    ("tabler/js", NODE_MODULES / "@tabler" / "core" / "dist" / "js"),
    ("tabler-icons", NODE_MODULES / "@tabler" / "icons-webfont" / "dist"),
    ("htmx", NODE_MODULES / "htmx.org" / "dist"),
    ("echarts", NODE_MODULES / "echarts" / "dist"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static_files.StaticStorage"},
}
# A feed may be large: it goes to disk, never to memory, and its own limit is the importer's.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# Reassigning by ticked cases posts one field a case.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# The HTTP API
REST_FRAMEWORK = {
    # Tokens only: a browser's session would pass by the company's conditions (AccessMiddleware).
    "DEFAULT_AUTHENTICATION_CLASSES": ["tenancy.api.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "PAGE_SIZE": 100,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["tenancy.api.CallerRate", "tenancy.api.StrangerRate"],
    "DEFAULT_THROTTLE_RATES": {"caller": "1200/min", "stranger": "60/min"},
    "EXCEPTION_HANDLER": "tenancy.api.problem_details",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Recoup",
    "DESCRIPTION": "What a lender's core system, dialers and gateways may ask of Recoup.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
}


def cache_settings(redis_url: str) -> dict[str, Any]:
    """Django's cache on Redis; half a second, once, is the longest a page waits for it."""
    return {
        "default": {
            "BACKEND": "tenancy.cache.CompanyCache",
            "LOCATION": redis_url,
            "KEY_PREFIX": "recoup",
            "OPTIONS": {
                "socket_connect_timeout": 0.5,
                "socket_timeout": 0.5,
                "retry": Retry(NoBackoff(), 0),
            },
        },
    }


def logging_settings(level: str) -> dict[str, Any]:
    """One line an event on standard error; never a request's body."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
    }


# Background work. A message is only a nudge: the work itself is a row, and a sweeper finds what
# was never sent. So a publisher gives up at once when Redis is away, and nothing is lost.
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A night goes on while Redis is away; being leased, it may be delivered twice.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_TIMEOUT = 0.5
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 10,
    # Redis keeps no list of what workers are at, for the sweeper knows better. With that list, a
    # worker that loses Redis while it works tries to write there, and ends over it.
    "ack_emulation": False,
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_TIMEZONE = "UTC"
# Kept in memory, and due at once at every start: what was missed is caught up without waiting.
CELERY_BEAT_SCHEDULER = "config.beat:Beat"
CELERY_BEAT_MAX_LOOP_INTERVAL = 30
CELERY_BEAT_SCHEDULE = {
    "tick": {
        "task": "config.tasks.tick",
        "schedule": timedelta(minutes=5),
        "last_run_at": datetime(2000, 1, 1, tzinfo=UTC),
    },
}
