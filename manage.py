#!/usr/bin/env python3
"""Operator's command line: runs Django commands, on the embedded servers where none are named."""

import os
import sys


def main() -> None:
    """Run one management command with the operator's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.operator")
    try:
        from config.running.home import CannotRun
        from config.running.servers import ensure_servers
    except ImportError as error:
        sys.exit(f"Recoup cannot start: {error.name} is not installed; run `make setup`.")
    try:
        # The command that shows and stops the servers must not start them first.
        if sys.argv[1:2] != ["servers"]:
            ensure_servers()
    except CannotRun as error:
        sys.exit(f"Recoup cannot start: {error}.")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
