"""Settings modules: `web` for the processes that serve, `operator` for manage.py, `test`."""
