"""Registers the config app, and which static files are published."""

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class ConfigConfig(AppConfig):
    """The room that knows every other one."""

    name = "config"
    # Another one stands below, so Django would take neither and never call ready().
    default = True

    def ready(self) -> None:
        """Make the Celery app the default one before any task is declared; connect the floors."""
        from config import celery, wiring  # noqa: F401

        wiring.connect()


class StaticFiles(StaticFilesConfig):
    """Django's static files, without the parts of libraries that no page loads."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("*.map", "*.scss", "*.rtl.*", "*.esm*", "package.json"),
        *("tabler-[!i]*.css", "tabler.css", "tabler.js", "tabler-theme*.js"),
        *("tabler-icons.css", "tabler-icons*.html", "*tabler-icons-*"),
        *("echarts.js", "echarts.common*", "echarts.simple*"),
        *("htmx.js", "htmx.amd*", "htmx.cjs*", "htmx.min.js.gz", "ext", "extension"),
    ]
