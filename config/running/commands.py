"""The commands of the serving processes: `make demo` and docker-compose.yml run the same ones."""

WEB = ("gunicorn", "--config", "config/gunicorn.py", "config.wsgi")
WORKER = ("celery", "--app", "config.celery", "worker", "--loglevel", "INFO", "--without-gossip")
BEAT = ("celery", "--app", "config.celery", "beat", "--loglevel", "INFO", "--pidfile=")
MIGRATE = ("python", "manage.py", "migrate", "--database", "owner")
BOOTSTRAP = ("python", "manage.py", "bootstrap_database")

SERVING = {"web": WEB, "worker": WORKER, "beat": BEAT}
