"""Finds words in templates that no translation can reach, because they are not marked."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, TokenType

# Attributes whose value a person reads or hears.
SPOKEN = {"title", "placeholder", "alt", "aria-label", "aria-description", "label"}
# Names are the same in every language.
NAMES = {"Recoup", "English", "xlsx", "csv", "json", "API", "DPD", "ID", "IP", "TOTP", "QR"}
WORD = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]+")


class _Reader(HTMLParser):
    """Collects text and spoken attributes of one template whose tags were blanked."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.silent = 0
        self.found: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"script", "style", "code", "kbd"}
        for name, value in attrs:
            if name in SPOKEN and value:
                self._note(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style", "code", "kbd"} and self.silent > 0

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._note(data)

    def _note(self, text: str) -> None:
        words = [word for word in WORD.findall(text) if word not in NAMES]
        if words:
            before = text[: len(text) - len(text.lstrip())]
            self.found.append((self.getpos()[0] + before.count("\n"), " ".join(text.split())))


def unmarked_text(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of what a template says outside `translate` and `blocktranslate`."""
    reader = _Reader()
    reader.feed(_without_template_tags(path.read_text(encoding="utf-8")))
    reader.close()
    yield from reader.found


def _is_silent(name: str, rest: list[str]) -> bool:
    """Whether what a block tag encloses is marked, a comment, or part of an HTML tag."""
    if name == "block":
        return rest[0].endswith(("_attrs", "_class"))
    return name in {"blocktranslate", "blocktrans", "comment"}


def _without_template_tags(source: str) -> str:
    """The template's bare HTML: tags, variables, comments and marked blocks are blanked."""
    kept: list[str] = []
    closing: str | None = None
    for token in Lexer(source).tokenize():
        text = token.contents if token.token_type == TokenType.TEXT else ""
        if token.token_type == TokenType.BLOCK:
            name, *rest = token.contents.split()
            if closing is None and _is_silent(name, rest):
                closing = f"end{name}"
            elif name == closing:
                closing = None
        kept.append(text if closing is None else "\n" * text.count("\n"))
        if token.token_type != TokenType.TEXT:
            kept.append(" ")
    return "".join(kept)
