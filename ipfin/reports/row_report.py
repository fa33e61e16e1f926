"""The report of a batch, row by row: what was new, changed with both values, unchanged, refused and why.

Decides the columns of the sheet; what became of a row is told by `registry.export`.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import date

from ipfin.documents.letter import Verification
from ipfin.documents.sheet import Column, Properties, SheetSpec, write_sheet
from ipfin.kernel.text import SOURCE_LOCALE, Text, _, translate
from ipfin.registry.facts_shown import fact_label, fact_value
from ipfin.registry.fields import LABELS, ListField
from ipfin.registry.lifecycle import OUTCOME_LABELS, RowOutcome
from ipfin.registry.row_lines import RowLine

_COLUMNS = (
    (_("行号"), 8),
    (_("结果"), 8),
    (_("类别"), 18),
    (_("申请号"), 20),
    (_("公开（公告）号"), 18),
    (_("标题"), 40),
    (_("字段"), 20),
    (_("原值"), 30),
    (_("新值"), 30),
    (_("说明"), 60),
)


def row_report_sheet(
    lines: Iterable[RowLine],
    *,
    filename: str,
    as_of: date,
    locale: str = SOURCE_LOCALE,
    verification: Verification | None = None,
) -> bytes:
    """Return the report as XLSX; a changed row has a line for each value that changed.

    Args:
        verification: how it is verified, where it is kept as a document.
    """
    target = io.BytesIO()
    spec = SheetSpec(
        _("逐行结果"),
        [Column(name, width=width) for name, width in _COLUMNS],
        _rows(lines, locale),
        heading=filename,
        intro=[
            _("数据截止日%(day)s；行号与 Excel 一致。", day=as_of.isoformat()),
            *([_verified_by(verification)] if verification else []),
        ],
    )
    write_sheet(target, [spec], properties=Properties(title=filename), locale=locale)
    return target.getvalue()


def _verified_by(verification: Verification) -> Text:
    return _("核验码%(code)s，核验网址%(url)s", code=verification.code, url=verification.url)


def _rows(lines: Iterable[RowLine], locale: str) -> Iterator[list[object]]:
    for line in lines:
        field, old, new = _values(line, locale)
        yield [
            str(line.row),
            OUTCOME_LABELS[line.outcome],
            line.group,
            line.application_number,
            line.publication_number,
            line.title,
            field,
            old,
            new,
            line.reason,
        ]


def _values(line: RowLine, locale: str) -> tuple[str, str, str]:
    """Return field, old and new value in words; of a refusal the cell stands as the old value."""

    def say(text: str) -> str:
        return translate(text, locale)

    if line.outcome is RowOutcome.REFUSED:
        return say(LABELS[ListField(line.name)]) if line.name else "", str(line.old or ""), ""
    if line.outcome is not RowOutcome.CHANGED:
        return "", "", ""
    old, new = (fact_value(line.name, value, say) for value in (line.old, line.new))
    return say(fact_label(line.name)), old, new
