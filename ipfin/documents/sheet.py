"""The one writer of spreadsheets and CSV files: every export of the product goes through here.

Decides how a value of each kind stands in a cell. A text is always a text cell: it is never a formula,
a link, a number or a date, whatever it begins with, so codes of 18 digits keep every digit. Rows are
streamed; memory does not grow with them. Which rows and columns an export has is decided by the caller.

The sheet XML is written directly, with inline strings: on 100,000 rows of 20 texts that takes about a
sixth of the processor time of a general library. Measured by `benchmarks`; ADR 0002 has the stack.
"""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from ipfin.documents import sheet_parts as parts
from ipfin.documents.safety import clean_text, csv_field
from ipfin.documents.sheet_cells import Column, Kind, cell_writer, csv_value, text_cell
from ipfin.documents.sheet_parts import Properties, SheetPart, quoted
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import SOURCE_LOCALE, _, translate

__all__ = ["Column", "Kind", "Properties", "SheetSpec", "write_csv", "write_sheet"]

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384

_TITLE_FORBIDS = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_TITLE = 31
_LONGEST_CHOICES = 255
_LONGEST_HEADER = 255  # the limit of a page header or footer, codes included

_ROWS_PER_WRITE = 250


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """One sheet: `heading` and `intro` lines, then the header row, then `rows` (read once, in order).

    `watermark` (institution, person, time, number) is printed on every page with the page numbers.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]
    heading: str = ""
    intro: Sequence[str] = ()
    watermark: str = ""
    landscape: bool = True
    filters: bool = True


def write_sheet(
    target: Path | BinaryIO,
    sheets: Sequence[SheetSpec],
    *,
    properties: Properties | None = None,
    locale: str = SOURCE_LOCALE,
) -> tuple[int, ...]:
    """Write an XLSX file and return the number of data rows in each sheet.

    A file is put in place only when it is whole. Sentences (`Text`) in cells, headers and intro lines
    are written in `locale`.

    Raises:
        BadInput: a text longer than a cell can hold, an integer with more digits than a spreadsheet
            keeps, or more rows than a sheet has. Nothing is shortened or rounded in silence.
    """
    titles = _sheet_titles([translate(spec.title, locale) for spec in sheets])
    counts, written = [], []
    with (
        _whole_file(target) as stream,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as package,
    ):
        for number, (title, spec) in enumerate(zip(titles, sheets, strict=True), start=1):
            with package.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as sheet_stream:
                count = _SheetWriter(spec, title, locale, number == 1).write(sheet_stream)
            counts.append(count)
            written.append(SheetPart(title, _filter_range(spec, count, absolute=True), _header_row(spec)))
        for name, content in parts.package_parts(written, properties or Properties()).items():
            package.writestr(name, content)
    return tuple(counts)


def write_csv(
    target: Path | BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    *,
    locale: str = SOURCE_LOCALE,
) -> int:
    """Write a CSV file (UTF-8 with mark, so that Excel and WPS show Chinese) and return its data rows.

    A text that a spreadsheet would compute gets an apostrophe in front; a number in a number column
    stays a number, also a negative one.
    """
    with _whole_file(target) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        out = csv.writer(text)
        out.writerow([csv_field(translate(column.header, locale)) for column in columns])
        count = 0
        for row in rows:
            out.writerow([csv_value(c, v, locale) for c, v in zip(columns, row, strict=True)])
            count += 1
        text.flush()
        text.detach()
    return count


class _SheetWriter:
    """Writes one sheet; holds only what the cells of one row need."""

    def __init__(self, spec: SheetSpec, title: str, locale: str, selected: bool) -> None:
        if not 1 <= len(spec.columns) <= MOST_COLUMNS:
            raise ValueError(f"a sheet has 1 to {MOST_COLUMNS} columns, not {len(spec.columns)}")
        self.spec, self.title, self.locale, self.selected = spec, title, locale, selected
        self.row = 0
        self.cells = [
            cell_writer(column, _letters(number), sheet=title, locale=locale)
            for number, column in enumerate(spec.columns)
        ]

    def write(self, stream: IO[bytes]) -> int:
        """Write the sheet to `stream` and return the number of data rows."""
        stream.write(self._opening().encode())
        header_row = self.row
        lines: list[str] = []
        for row in self.spec.rows:
            lines.append(self._line(row))
            if len(lines) == _ROWS_PER_WRITE:
                stream.write("".join(lines).encode())
                lines.clear()
        stream.write("".join(lines).encode())
        count = self.row - header_row
        stream.write(self._closing(count).encode())
        return count

    def _line(self, row: Sequence[object]) -> str:
        self.row += 1
        if self.row > MOST_ROWS:
            raise BadInput(
                _(
                    "工作表“%(sheet)s”超过%(most)s行的上限；请加筛选条件分次导出。",
                    sheet=self.title,
                    most=MOST_ROWS,
                )
            )
        n = str(self.row)
        cells = "".join([write(value, n) for write, value in zip(self.cells, row, strict=True)])
        return f'<row r="{n}">{cells}</row>'

    def _opening(self) -> str:
        spec = self.spec
        header_row = _header_row(spec)
        selected = ' tabSelected="1"' if self.selected else ""
        top = f"A{header_row + 1}"
        widths = "".join(
            f'<col min="{i}" max="{i}" width="{column.width + 0.7:.2f}" customWidth="1"/>'
            for i, column in enumerate(spec.columns, start=1)
        )
        lines = [self._plain_line(spec.heading, parts.STYLE_HEADING)] if spec.heading else []
        lines += [self._plain_line(line, parts.STYLE_INTRO) for line in spec.intro]
        self.row += 1
        header = "".join(
            text_cell(_letters(i), str(self.row), parts.STYLE_HEADER, translate(c.header, self.locale))
            for i, c in enumerate(spec.columns)
        )
        lines.append(f'<row r="{self.row}">{header}</row>')
        return (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{parts.MAIN}">'
            '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView{selected} workbookViewId="0"><pane ySplit="{header_row}"'
            f' topLeftCell="{top}" activePane="bottomLeft" state="frozen"/>'
            f'<selection pane="bottomLeft" activeCell="{top}" sqref="{top}"/></sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/><cols>{widths}</cols><sheetData>{"".join(lines)}'
        )

    def _plain_line(self, line: str, style: int) -> str:
        self.row += 1
        cell = text_cell("A", str(self.row), style, translate(line, self.locale))
        return f'<row r="{self.row}">{cell}</row>'

    def _offers(self) -> str:
        """Return what offers the choices of columns in every row that may be written."""
        first = _header_row(self.spec) + 1
        offered = [
            '<dataValidation type="list" allowBlank="1" showErrorMessage="0"'
            f' sqref="{letters}{first}:{letters}{MOST_ROWS}">'
            f"<formula1>{quoted(_choice_formula(column.choices))}</formula1></dataValidation>"
            for letters, column in ((_letters(at), column) for at, column in enumerate(self.spec.columns))
            if column.choices
        ]
        return (
            f'<dataValidations count="{len(offered)}">{"".join(offered)}</dataValidations>' if offered else ""
        )

    def _closing(self, count: int) -> str:
        spec = self.spec
        filtered = _filter_range(spec, count)
        auto_filter = f'<autoFilter ref="{filtered}"/>' if filtered else ""
        cells = f"A1:{_letters(len(spec.columns) - 1)}{max(self.row, 1)}"
        mark = translate(spec.watermark, self.locale)
        pages = translate(_("第 %(page)s 页，共 %(pages)s 页", page="&P", pages="&N"), self.locale)
        return (
            f"</sheetData>{auto_filter}{self._offers()}"
            '<printOptions horizontalCentered="1"/>'
            '<pageMargins left="0.5" right="0.5" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
            f'<pageSetup paperSize="9" orientation="{"landscape" if spec.landscape else "portrait"}"'
            ' fitToWidth="1" fitToHeight="0"/>'
            f"<headerFooter><oddHeader>{_page_text('&R&9', mark)}</oddHeader>"
            f"<oddFooter>{quoted(f'&C&9 {pages}')}</oddFooter></headerFooter>"
            # texts that look like numbers are meant: no green corner on every code
            f'<ignoredErrors><ignoredError sqref="{cells}" numberStoredAsText="1"/></ignoredErrors>'
            "</worksheet>"
        )


def _page_text(code: str, text: str) -> str:
    doubled = clean_text(text).replace("&", "&&")
    room = _LONGEST_HEADER - len(code) - 1
    # an odd ampersand left by the cut would be read as a code
    cut = re.sub(r"(?<!&)((?:&&)*)&$", r"\1", doubled[:room])
    return quoted(f"{code} {cut}") if cut else ""


def _choice_formula(choices: Sequence[str]) -> str:
    joined = ",".join(choices)
    if len(joined) > _LONGEST_CHOICES or any("," in word or '"' in word for word in choices):
        raise ValueError(f"a spreadsheet cannot offer these choices: {joined}")
    return f'"{joined}"'


def _header_row(spec: SheetSpec) -> int:
    return bool(spec.heading) + len(spec.intro) + 1


def _filter_range(spec: SheetSpec, count: int, *, absolute: bool = False) -> str:
    if not spec.filters:
        return ""
    first, last, column = _header_row(spec), _header_row(spec) + count, _letters(len(spec.columns) - 1)
    return f"$A${first}:${column}${last}" if absolute else f"A{first}:{column}{last}"


def _letters(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _sheet_titles(wanted: Sequence[str]) -> list[str]:
    """Return the titles as a workbook allows them: 31 characters, none of []:*?/\\, none twice."""
    titles: list[str] = []
    for title in wanted:
        plain = _TITLE_FORBIDS.sub("-", clean_text(title)).strip("' ")[:_LONGEST_TITLE] or "Sheet"
        candidate, copy = plain, 2
        while candidate.casefold() in {t.casefold() for t in titles}:
            ending = f"({copy})"
            candidate, copy = plain[: _LONGEST_TITLE - len(ending)] + ending, copy + 1
        titles.append(candidate)
    return titles


@contextmanager
def _whole_file(target: Path | BinaryIO) -> Iterator[IO[bytes]]:
    """Give a stream to write; a path gets the file only after it was written to the end."""
    if not isinstance(target, Path):
        yield target
        return
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        os.replace(name, target)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)
