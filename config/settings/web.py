"""Settings of what serves: web server, Celery workers and beat.

Only the application role's database is known here. Transport security is on unless
`RECOUP_INSECURE_HTTP=1`, which the demo on http://localhost sets.
"""

from config.environment import WebEnvironment, broker_url, database_settings, load
from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASE_FLAGS, cache_settings, logging_settings

ENVIRONMENT: WebEnvironment = load(WebEnvironment)

DEBUG = False
SECRET_KEY = ENVIRONMENT.SECRET_KEY
FIELD_KEYS = ENVIRONMENT.FIELD_KEYS
HASH_KEY = ENVIRONMENT.HASH_KEY
ALLOWED_HOSTS = list(ENVIRONMENT.ALLOWED_HOSTS)
CSRF_TRUSTED_ORIGINS = list(ENVIRONMENT.CSRF_TRUSTED_ORIGINS)

DATABASES = {"default": database_settings(ENVIRONMENT.DATABASE_URL) | DATABASE_FLAGS}
REDIS_URL = ENVIRONMENT.REDIS_URL
CACHES = cache_settings(REDIS_URL)
CELERY_BROKER_URL = broker_url(REDIS_URL)
LOGGING = logging_settings(ENVIRONMENT.LOG_LEVEL)

# Uploads and exports; each company has its own folder below.
FILES_ROOT = ENVIRONMENT.RECOUP_HOME / "files"
MEDIA_ROOT = FILES_ROOT
BEAT_ALIVE_FILE = ENVIRONMENT.RECOUP_HOME / "beat-alive"

TRUSTED_PROXIES = ENVIRONMENT.TRUSTED_PROXIES
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

ENCRYPTED_TRANSPORT = not ENVIRONMENT.RECOUP_INSECURE_HTTP
SECURE_SSL_REDIRECT = ENCRYPTED_TRANSPORT
SESSION_COOKIE_SECURE = ENCRYPTED_TRANSPORT
CSRF_COOKIE_SECURE = ENCRYPTED_TRANSPORT
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if ENCRYPTED_TRANSPORT else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENCRYPTED_TRANSPORT
SECURE_HSTS_PRELOAD = ENCRYPTED_TRANSPORT
