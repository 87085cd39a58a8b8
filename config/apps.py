"""Registers the config app, and which static files are published."""

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class ConfigConfig(AppConfig):
    """The room that knows every other one."""

    name = "config"

    def ready(self) -> None:
        """Make the Celery app the default one before any task is declared or called."""
        from config import celery  # noqa: F401


class StaticFiles(StaticFilesConfig):
    """Django's static files, without the parts of libraries that no page loads."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("*.map", "*.ts", "*.scss", "*.html", "*.rtl.*", "*.esm*", "package.json"),
        *("img", "libs", "types", "css/tabler-*", "css/tabler.css"),
        *("js/tabler.js", "js/tabler-*", "tabler-icons.css", "*tabler-icons-*"),
        *("echarts.js", "echarts.common*", "echarts.simple*"),
        *("htmx.js", "htmx.amd*", "htmx.cjs*", "htmx.min.js.gz", "ext"),
    ]
