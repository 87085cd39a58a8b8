"""No text escapes translation: what is marked is in the catalogue, what is shown is marked."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from config import translations
from config.unmarked_text import unmarked_text


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project of one app and one template."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "views.py").write_text(
        "from django.utils.translation import gettext as _, ngettext, pgettext_lazy\n"
        "A = _('Plain')\n"
        "B = ngettext('%(n)s case', '%(n)s cases', 2)\n"
        "C = pgettext_lazy('a month', 'May')\n"
        "D = 'not a message'\n"
    )
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        "{% load i18n %}<h1>{% translate 'Title' %}</h1>\n"
        '    <p title="{% translate "Hint" %}">\n'
        "  {% blocktranslate trimmed with name=user.name count n=total %}\n"
        "    {{ name }} has {{ n }} loan\n"
        "  {% plural %}\n    {{ name }} has {{ n }} loans\n  {% endblocktranslate %}</p>\n"
        "{{ value|default:_('None yet') }}\n"
    )
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "APPS", ("app",))
    return tmp_path


def catalogue(project: Path, texts: dict[str, str], *, fuzzy: str = "") -> Path:
    """A catalogue with these translations."""
    made = Catalog(locale="zh_Hans", fuzzy=False)
    for text, translated in texts.items():
        made.add(text, translated, flags=["fuzzy"] if text == fuzzy else [])
    path = project / "django.po"
    with path.open("wb") as output:
        write_po(output, made)
    return path


def test_messages_of_code_and_templates_are_found(project: Path) -> None:
    found = {translations.key_of(message) for message in translations.extract() if message.id}

    assert found == {
        ("Plain", None),
        ("%(n)s case", None),
        ("May", "a month"),
        ("Title", None),
        ("Hint", None),
        ("%(name)s has %(n)s loan", None),
        ("None yet", None),
    }


def test_missing_open_fuzzy_and_broken_translations_are_named(project: Path) -> None:
    (project / "templates" / "page.html").unlink()
    (project / "app" / "views.py").write_text(
        "_('Good'); _('Missing'); _('Open'); _('Fuzzy'); _('%(n)s left')\n"
    )
    texts = {"Good": "好", "Open": "", "Fuzzy": "模糊", "%(n)s left": "剩 %(m)s"}
    path = catalogue(project, texts, fuzzy="Fuzzy")

    found = translations.faults("zh_Hans", path, translations.extract())

    reasons = {fault.text: fault.reason for fault in found}
    assert set(reasons) == {"Missing", "Open", "Fuzzy", "%(n)s left"}
    assert reasons["Missing"] == "is missing"
    assert reasons["Open"] == "is not translated"
    assert reasons["Fuzzy"] == "is marked fuzzy"


def test_update_keeps_translations_and_adds_the_new_ones(project: Path) -> None:
    path = catalogue(project, {"Plain": "朴素", "Gone": "没了"})

    translations.update("zh_Hans", path, translations.extract())

    kept = {m.id: m.string for m in translations.read("zh_Hans", path) if m.id}
    assert kept["Plain"] == "朴素"
    assert kept["Title"] == ""
    assert "Gone" not in kept


def test_text_that_nothing_marks_is_found_with_its_line(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "{% load i18n %}{# a comment #}\n"
        "<p>{% translate 'Marked' %} {{ value }} · 12%</p>\n"
        "<p>Bare words</p>\n"
        "{% blocktranslate %}Marked\n too{% endblocktranslate %}\n"
        '<input placeholder="Type here" class="form-control">\n'
        "<script>var code = 1;</script><kbd>Ctrl</kbd>\n"
        "{% block body_class %}wide{% endblock %}\n"
        "<p>中文</p>\n"
    )

    assert list(unmarked_text(page)) == [(3, "Bare words"), (6, "Type here"), (9, "中文")]
