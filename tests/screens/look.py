"""`python -m tests.screens.look [PORT]`: look at every part of templates/ in a browser.

Serves tests/screens/gallery.py on this machine, with the real security headers and no database.
"""

import sys
from wsgiref.simple_server import make_server

import django
from django.conf import settings

from config.settings import base

GALLERY = "tests.screens.gallery"


def configure() -> None:
    """Settings of a server that has no database, no Redis and no people."""
    own = {name: value for name, value in vars(base).items() if name.isupper()}
    own |= {
        "SECRET_KEY": "gallery",
        "DEBUG": True,
        "ALLOWED_HOSTS": ["*"],
        "DATABASES": {},
        "ROOT_URLCONF": GALLERY,
        "REDIS_URL": "redis://localhost:1",
        "AXES_ENABLED": False,
        "SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies",
        "STORAGES": {
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        },
        "MIDDLEWARE": [
            "csp.middleware.CSPMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            f"{GALLERY}.SignedIn",
        ],
    }
    settings.configure(**own)
    django.setup()


def serve(port: int) -> None:
    """Serve until Ctrl-C."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.wsgi import get_wsgi_application

    with make_server("127.0.0.1", port, StaticFilesHandler(get_wsgi_application())) as server:
        print(f"http://127.0.0.1:{port}/home/ and /work/queue/, /panel/, /sign-in/, /404/")
        server.serve_forever()


if __name__ == "__main__":
    configure()
    serve(int(sys.argv[1]) if len(sys.argv) > 1 else 8901)
