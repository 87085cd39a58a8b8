"""What knows every app: settings, URLs, Celery, wiring, and the embedded servers."""
