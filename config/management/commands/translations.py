"""Keeps the message catalogues complete: brings them up to date, checks them, compiles them."""

from argparse import ArgumentParser
from typing import Any

from babel.messages.catalog import Catalog
from django.core.management.base import BaseCommand, CommandError

from config import translations
from config.unmarked_text import unmarked_text


class Command(BaseCommand):
    """`--update` after changing texts, `--check` in `make check`, `--compile` at set-up."""

    help = "Update, check or compile the translations."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_mutually_exclusive_group(required=True)
        kinds.add_argument("--update", action="store_true", help="add new messages, drop old ones")
        kinds.add_argument("--check", action="store_true", help="fail if anything is untranslated")
        kinds.add_argument("--compile", action="store_true", help="write what Django reads")

    def handle(self, *args: Any, **options: Any) -> None:
        catalogues = translations.catalogues()
        if options["compile"]:
            for language, path in catalogues.items():
                translations.compile_catalogue(language, path)
            return
        found = translations.extract()
        if options["update"]:
            for language, path in catalogues.items():
                translations.update(language, path, found)
                self.stdout.write(f"{language}: {len(found)} messages in {path}")
            return
        self._check(found)

    def _check(self, found: Catalog) -> None:
        """Name every message that is not fit, and every text that is not marked at all."""
        lines = [
            f"{fault.language}: {fault.text!r} {fault.reason}"
            for language, path in translations.catalogues().items()
            for fault in translations.faults(language, path, found)
        ]
        for path in translations.source_files():
            if path.suffix == ".html" and "styleguide" not in path.parts:
                place = path.relative_to(translations.ROOT)
                lines += [
                    f"{place}:{line}: {text!r} is not marked" for line, text in unmarked_text(path)
                ]
        if lines:
            raise CommandError("\n".join([*lines, f"{len(lines)} texts are not translated."]))
        self.stdout.write(f"{len(found)} messages, all translated.")
