"""Message catalogues without gettext's programs: extract, bring up to date, find what is missing.

Python files are read by Babel; templates are first turned into Python by Django's `templatize`,
as `makemessages` does. English is the source, so a message's English text is its key.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
LOCALES = ROOT / "config" / "locale"
APPS = ("config", "waivers", "dialer", "collection", "agencies", "cases", "tenancy")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
Key = tuple[str, str | None]


@dataclass(frozen=True)
class Fault:
    """A message that is not fit to be shown, and what is wrong with it."""

    language: str
    text: str
    reason: str


def source_files() -> Iterator[Path]:
    """Python files of the apps, without tests and migrations, and all templates."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path
        yield from sorted((ROOT / app).rglob("templates/**/*.html"))
    yield from (path for path in sorted((ROOT / "templates").rglob("*")) if path.is_file())


def extract() -> Catalog:
    """Every marked message of the project, with the files that use it."""
    catalog = Catalog(project="Recoup", charset="utf-8", fuzzy=False)
    for path in source_files():
        for message, context, comments in _messages_of(path):
            place = [(str(path.relative_to(ROOT)), 0)]
            catalog.add(message, context=context, locations=place, auto_comments=comments)
    return catalog


def catalogues() -> dict[str, Path]:
    """The catalogue of each language other than English."""
    names = [to_locale(code) for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    return {name: LOCALES / name / "LC_MESSAGES" / "django.po" for name in names}


def update(language: str, path: Path, found: Catalog) -> None:
    """Add new messages to a catalogue, untranslated, and drop those no longer used."""
    catalog = read(language, path)
    catalog.update(found, no_fuzzy_matching=True)
    with path.open("wb") as output:
        write_po(output, catalog, width=100, sort_output=True, ignore_obsolete=True)


def faults(language: str, path: Path, found: Catalog) -> list[Fault]:
    """What of the extracted messages a catalogue lacks, leaves open or gets wrong."""
    catalog = read(language, path)
    known = {key_of(message): message for message in catalog if message.id}
    wrong = []
    for wanted in found:
        if wanted.id:
            reason = _reason(catalog, known.get(key_of(wanted)))
            if reason:
                wrong.append(Fault(language, key_of(wanted)[0], reason))
    return wrong


def compile_catalogue(language: str, path: Path) -> None:
    """Write the compiled form that Django reads beside the catalogue."""
    with path.with_suffix(".mo").open("wb") as output:
        write_mo(output, read(language, path))


def read(language: str, path: Path) -> Catalog:
    """One language's catalogue; an empty one where there is no file yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        return Catalog(locale=language, project="Recoup", charset="utf-8", fuzzy=False)
    with path.open("rb") as source:
        return read_po(source, locale=language)


def key_of(message: Message) -> Key:
    """A message's identity: the singular text and its context."""
    text = message.id[0] if isinstance(message.id, list | tuple) else message.id
    return text, message.context


def _reason(catalog: Catalog, message: Message | None) -> str | None:
    """What is wrong with a translation; None when it is fit."""
    if message is None:
        return "is missing"
    parts = message.string if isinstance(message.string, list | tuple) else [message.string]
    if not parts or not all(parts):
        return "is not translated"
    if message.fuzzy:
        return "is marked fuzzy"
    problems = [str(error) for error in message.check(catalog)]
    return problems[0] if problems else None


def _messages_of(path: Path) -> Iterator[tuple[str | tuple[str, str], str | None, list[str]]]:
    """The messages of one file as (text or singular and plural, context, comments)."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # What stands outside messages is blanked, but its indentation is no Python's.
        lines = templatize(text, origin=str(path)).splitlines()
        text = "\n".join(line.strip() for line in lines) + "\n"
    # What Babel yields is wider than its annotations say: one text, or a tuple with gaps.
    found: Any = extract_python(
        io.BytesIO(text.encode()),
        KEYWORDS,
        ["Translators:"],
        {"encoding": "utf-8"},
    )
    for _line, function, given, comments in found:
        arguments = given if isinstance(given, tuple) else (given,)
        shape = KEYWORDS[function] or (1,)
        context = None
        if isinstance(shape[0], tuple):
            context, shape = arguments[0], shape[1:]
        texts = [arguments[index - 1] for index in shape if isinstance(index, int)]
        if all(isinstance(part, str) and part for part in texts):
            yield (texts[0] if len(texts) == 1 else (texts[0], texts[1])), context, list(comments)
