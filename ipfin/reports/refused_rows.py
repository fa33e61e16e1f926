"""The sheet of refused rows: the list's own columns, the reason beside each row, ready to be sent back. Pure.

Decides what the sheet holds: original columns first, so that the corrected sheet imports like the list.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from ipfin.documents.sheet import Column, Properties, SheetSpec, write_sheet
from ipfin.kernel.text import SOURCE_LOCALE, Text, _
from ipfin.registry.reading import RawTable

ROW_HEADER = _("原行号")
REASON_HEADER = _("退回原因")


def refused_rows_sheet(
    table: RawTable, reasons: Mapping[int, Sequence[Text]], *, locale: str = SOURCE_LOCALE
) -> bytes:
    """Return the refused rows of a list as XLSX.

    Args:
        table: the list as it was read.
        reasons: Excel row -> why it was refused; several reasons stand one under the other.
    """
    places = {row: place for place, row in enumerate(table.row_numbers)}
    columns = [
        *(Column(header, width=18) for header in table.header),
        Column(ROW_HEADER, width=8),
        Column(REASON_HEADER, width=60),
    ]
    rows = (
        [*(column[places[row]] for column in table.columns), str(row), "；".join(map(str, reasons[row]))]
        for row in sorted(reasons)
        if row in places
    )
    target = io.BytesIO()
    spec = SheetSpec(_("退回的行"), columns, rows)
    write_sheet(target, [spec], properties=Properties(title=table.filename), locale=locale)
    return target.getvalue()
