"""The sheet of refused rows: the list's own columns, the reason beside each row, ready to be sent back. Pure.

Decides what the sheet holds: original columns first, so that the corrected sheet imports like the list, then
the row in the list, the field and the reason. The mark by which it is known again is `registry.returned`'s.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from ipfin.documents.sheet import Column, Properties, SheetSpec, write_sheet
from ipfin.kernel.text import SOURCE_LOCALE, Text, _, listed, translate
from ipfin.registry.reading import RawTable
from ipfin.registry.returned import FIELD_HEADER, REASON_HEADER, added_columns, row_header

Refusal = tuple[Text | str, Text]  # field, reason


def refused_rows_sheet(
    table: RawTable,
    refusals: Mapping[int, Sequence[Refusal]],
    *,
    batch_id: int,
    locale: str = SOURCE_LOCALE,
) -> bytes:
    """Return the refused rows of a list as XLSX.

    Args:
        table: the list as it was read.
        refusals: Excel row -> the fields and reasons of its refusals.
        batch_id: the batch that refused them.
    """
    places = {row: place for place, row in enumerate(table.row_numbers)}
    added = added_columns(table.header)  # of an earlier round
    kept = [(name, column) for at, (name, column) in enumerate(zip(table.header, table.columns, strict=True))
            if at not in added]  # fmt: skip
    columns = [
        *(Column(name, width=18) for name, _column in kept),
        Column(row_header(batch_id, table.sha256), width=18),
        Column(FIELD_HEADER, width=16),
        Column(REASON_HEADER, width=60),
    ]
    rows = (
        [
            *(column[places[row]] for _name, column in kept),
            str(row),
            translate(
                listed(dict.fromkeys(translate(field, locale) for field, _reason in refusals[row] if field)),
                locale,
            ),
            "；".join(translate(reason, locale) for _field, reason in refusals[row]),
        ]
        for row in sorted(refusals)
        if row in places
    )
    target = io.BytesIO()
    spec = SheetSpec(_("退回的行"), columns, rows)
    write_sheet(target, [spec], properties=Properties(title=table.filename), locale=locale)
    return target.getvalue()
