"""What leaves the house: a workbook, a printed directory, a letter.

Floors: XlsxWriter in its frugal mode; ReportLab drawing the same cells at fixed places, with nothing
wrapped and nothing repeated on each page.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.lines import Line, cost_of, cpu_seconds, forget_peak, peak_mb
from benchmarks.material import LIST_HEADER, Size, list_rows, made_firms
from ipfin.documents.fonts import REGULAR_FILES, SANS
from ipfin.documents.letter import Letter, Verification, letter_job
from ipfin.documents.listing_pdf import Listing, ListingColumn, write_listing
from ipfin.documents.pdf import PdfJob, Typesetter
from ipfin.documents.sheet import Column, SheetSpec, write_sheet
from ipfin.documents.truetype import common_characters, printable_font

GOAL_SHEET, GOAL_LISTING, GOAL_LISTING_MB, GOAL_LETTER = 0.25, 1.5, 60.0, 4.0
FONTS = Path(tempfile.gettempdir()) / "ipfin-benchmark-fonts"  # converted once, as the product keeps them
LETTERS = 5
_ROW_PITCH, _ROWS_A_PAGE, _SIZE = 14.0, 36, 8.0
_WIDTHS = (0.5, 3.0, 1.8, 1.0, 0.8, 0.8, 0.6)
_HEADERS = ("序号", "企业名称", "统一社会信用代码", "区县", "有效专利", "有效发明", "等级")


def measure(folder: Path, size: Size) -> list[Line]:
    """Return the lines of exports and documents."""
    FONTS.mkdir(exist_ok=True)
    return [
        *_workbook(folder, size),
        *_listing(folder, 1_000),
        *(_listing(folder, 10_000) if size.rows >= 100_000 else ()),
        _letter(),
    ]


def _workbook(folder: Path, size: Size) -> list[Line]:
    rows = list(list_rows(size))
    before = forget_peak()
    spec = SheetSpec("专利名单", [Column(name) for name in LIST_HEADER], rows)
    ours = cost_of(lambda: write_sheet(folder / "ours.xlsx", [spec]))
    grown = peak_mb() - before
    floor = cost_of(lambda: _with_library(folder / "floor.xlsx", rows))
    title = f"xlsx export {size.rows:,} x 20"
    note = f"+{grown:.0f} MB"
    return [Line(title, ours, floor, "XlsxWriter constant_memory", GOAL_SHEET, note=note)]


def _with_library(path: Path, rows: Sequence[Sequence[str]]) -> None:
    from xlsxwriter import Workbook

    with Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("专利名单")
        for number, row in enumerate((LIST_HEADER, *rows)):
            for place, value in enumerate(row):
                sheet.write_string(number, place, value)


def _listing(folder: Path, count: int) -> list[Line]:
    rows = [
        (
            str(number),
            firm.name,
            firm.credit_code,
            firm.district,
            str(number % 97),
            str(number % 31),
            "ABCD"[number % 4],
        )
        for number, firm in enumerate(made_firms(count), start=1)
    ]
    columns = [ListingColumn(header, share) for header, share in zip(_HEADERS, _WIDTHS, strict=True)]
    listing = Listing(
        "安阳市专利企业名录（合成示例）",
        columns,
        rows,
        organ="示例知识产权局",
        number="第1期",
        watermark="示例银行 2026-03-05 AY26-7K3M-9QXP",
        verification=_CHECK,
        synthetic=True,
    )
    characters = {ord(c) for row in rows for cell in row for c in cell}
    font = printable_font(REGULAR_FILES[SANS], characters, FONTS, base=common_characters())
    write_listing(folder / "warm.pdf", listing, font_cache=FONTS)
    floor = cost_of(lambda: _drawn(folder / "floor.pdf", rows, font))
    before = forget_peak()
    ours = cost_of(lambda: write_listing(folder / "ours.pdf", listing, font_cache=FONTS))
    grown = peak_mb() - before
    title = f"directory PDF {count:,} rows"
    return [
        Line(title, ours, floor, "ReportLab canvas, fixed places", GOAL_LISTING),
        Line("  its memory", grown, goal=GOAL_LISTING_MB, unit="MB", is_limit=True),
    ]


def drawn_at_fixed_places(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Draw rows of any number of columns, each as wide as the others: what a printed list costs at least."""
    characters = {ord(c) for row in rows for cell in row for c in cell}
    FONTS.mkdir(exist_ok=True)
    font = printable_font(REGULAR_FILES[SANS], characters, FONTS, base=common_characters())
    _drawn(path, rows, font, [1.0] * len(rows[0]))


def _drawn(path: Path, rows: Sequence[Sequence[str]], font: Any, widths: Sequence[float] = _WIDTHS) -> None:
    from reportlab import rl_config
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.pdfgen.canvas import Canvas

    rl_config.useA85 = 0
    width, height = landscape(A4)
    canvas = Canvas(str(path), pagesize=(width, height), pageCompression=1)
    places = [30 + sum(widths[:index]) / sum(widths) * (width - 60) for index in range(len(widths))]
    for start in range(0, len(rows), _ROWS_A_PAGE):
        canvas.setFont(font.fontName, _SIZE)
        for number, row in enumerate(rows[start : start + _ROWS_A_PAGE]):
            for place, cell in zip(places, row, strict=True):
                canvas.drawString(place, height - 50 - number * _ROW_PITCH, cell)
        canvas.showPage()
    canvas.save()


_CHECK = Verification("AY26-7K3M-9QXP", "https://ip.example.cn/verify/AY26-7K3M-9QXP")
_LETTER = Letter(
    organ="示例知识产权局",
    number="示知〔2026〕3号",
    title="关于提供专利企业名录的函",
    recipient="示例银行安阳分行",
    body=["现将本期专利企业名录提供给贵行，请用于知识产权质押融资的对接服务。" * 3, "特此函达。"],
    signer="示例知识产权局",
    on=date(2026, 3, 5),
    attachments=["专利企业名录第1期"],
    verification=_CHECK,
    synthetic=True,
)


def _letter() -> Line:
    job = letter_job(_LETTER)
    with Typesetter() as typesetter:
        typesetter.render(job)
        ours = median(_child_cost(typesetter, job) for _ in range(LETTERS))
    characters = {ord(c) for text in (*_LETTER.body, _LETTER.title, _LETTER.organ) for c in text}
    font = printable_font(REGULAR_FILES[SANS], characters, FONTS, base=common_characters())
    lines = [[_LETTER.organ], [_LETTER.title], *([text] for text in _LETTER.body), [_LETTER.signer]]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "floor.pdf"
        rows = [[*line, *[""] * 6] for line in lines]
        floor = median(cost_of(lambda: _drawn(target, rows, _read_again(font))) for _ in range(LETTERS))
    return Line("letter PDF, warm", ours, floor, "ReportLab canvas, font read for it", GOAL_LETTER)


def _read_again(font: Any) -> Any:
    """Return the same font read from its file, as a letter by itself must."""
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    fresh = TTFont("floor", font.face.filename)
    registerFont(fresh)
    return fresh


def _child_cost(typesetter: Typesetter, job: PdfJob) -> float:
    """Return what one letter costs here and in the child, which is still running."""
    started = cpu_seconds() + _cpu_of(typesetter.child_id)
    typesetter.render(job)
    return cpu_seconds() + _cpu_of(typesetter.child_id) - started


def _cpu_of(process: int | None) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
