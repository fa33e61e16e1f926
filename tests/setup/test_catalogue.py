"""The English catalogue: nothing of the source is missing in it, nothing is half translated."""

from __future__ import annotations

from pathlib import Path

import catalogue
import pytest
import time_machine

HEADER = 'msgid ""\nmsgstr ""\n"Language: en\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "ipfin").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "ipfin" / "rule.py").write_text('said = _("第%(row)s行缺名称。", row=3)\n', encoding="utf-8")
    (tmp_path / "templates" / "page.html").write_text(
        '<h1>{{ _("名录") }}</h1>{% trans n=3 %}共{{ n }}件{% endtrans %}', encoding="utf-8"
    )
    return tmp_path


def translated(
    folder: Path, *, row: str = "Row %(row)s has no name.", extra: str = "", flag: str = ""
) -> Path:
    path = folder / "messages.po"
    path.write_text(
        f'{HEADER}{flag}msgid "第%(row)s行缺名称。"\nmsgstr "{row}"\n\nmsgid "名录"\nmsgstr "List"\n\n'
        f'msgid "共%(n)s件"\nmsgstr "%(n)s in all"\n{extra}',
        encoding="utf-8",
    )
    return path


def test_a_complete_catalogue_has_no_fault(source: Path) -> None:
    assert catalogue.faults(translated(source), source) == []


@pytest.mark.parametrize(
    ("row", "flag", "fault"),
    [
        ("", "", "not translated"),
        ("Row has no name.", "", "other %(values)s than the source"),
        ("Row %(line)s has no name.", "", "other %(values)s than the source"),
        ("Row %(row)s has no name.", "#, fuzzy\n", "marked as doubtful"),
        ("Row %(row)s bare.Row %(row)s bare.", "", "says the same several times"),
    ],
)
def test_a_half_translated_sentence_is_found(source: Path, row: str, flag: str, fault: str) -> None:
    (found,) = catalogue.faults(translated(source, row=row, flag=flag), source)
    assert found.startswith(f"ipfin/rule.py: {fault}")


def test_a_new_and_a_vanished_sentence_are_found(source: Path) -> None:
    path = translated(source, extra='\nmsgid "旧句"\nmsgstr "Old"\n')
    (source / "templates" / "new.html").write_text('{{ _("新句") }}', encoding="utf-8")
    assert catalogue.faults(path, source) == [
        "catalogue: stands nowhere in the source any more: '旧句'",
        "templates/new.html: not in the catalogue: '新句'",
    ]


def test_an_update_keeps_what_is_translated_and_never_guesses(source: Path) -> None:
    path = translated(source, extra='\nmsgid "旧句"\nmsgstr "Old"\n')
    (source / "templates" / "new.html").write_text('{{ _("名录表") }}', encoding="utf-8")
    assert catalogue.update(path, source) == "4 sentences, 1 new, 1 gone"
    assert catalogue.read(path).get("名录").string == "List"
    assert catalogue.read(path).get("名录表").string == ""
    assert catalogue.faults(path, source) == ["templates/new.html: not translated: '名录表'"]


def test_an_update_without_news_changes_no_byte(source: Path) -> None:
    path = translated(source)
    with time_machine.travel("2026-03-05T08:00:00Z"):
        catalogue.update(path, source)
    before = path.read_bytes()
    with time_machine.travel("2026-03-06T09:30:00Z"):
        catalogue.update(path, source)
    assert path.read_bytes() == before
