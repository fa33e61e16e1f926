"""Tables in memory, as the reader hands them over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ipfin.registry.reading import RawTable


def table_of(
    columns: Mapping[str, Sequence[str]],
    *,
    first_row: int = 2,
    overlong: Sequence[int] = (),
    short: Sequence[int] = (),
) -> RawTable:
    """Return a table with these columns, its data beginning in the Excel row `first_row`."""
    count = len(next(iter(columns.values())))
    return RawTable(
        filename="名录.xlsx",
        sheet="Sheet1",
        header=tuple(columns),
        header_row=first_row - 1,
        first_data_row=first_row,
        columns=[list(column) for column in columns.values()],
        row_numbers=range(first_row, first_row + count),
        overlong_rows=tuple(overlong),
        short_rows=tuple(short),
        encoding="",
        notes=(),
        sha256="0" * 64,
        size_bytes=1,
    )
