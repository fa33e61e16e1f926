"""One page of a printed directory: where its title block, header, rows, watermark and foot stand.

Decides measures and colours, in points from the lower left corner as PDF counts them. What is printed
is decided in `listing_pdf`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Protocol

MM = 72 / 25.4
MARGIN = 12 * MM
_TOP, _FOOT = 17 * MM, 14 * MM
_INK, _QUIET, _NAVY = (0.12, 0.16, 0.2), (0.42, 0.47, 0.52), (0.07, 0.2, 0.36)
_LINE, _HEAD_FILL, _ZEBRA = (0.83, 0.86, 0.89), (0.91, 0.933, 0.96), (0.975, 0.98, 0.985)
_AMBER, _AMBER_FILL = (0.54, 0.29, 0.0), (1.0, 0.973, 0.91)
_LEADING = 1.4  # line pitch against type size
_ROW_PAD = 3.4  # above and below the lines of a row together


class Block(Protocol):
    """The texts that stand on pages outside the rows."""

    organ: str
    number: str
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    watermark: str
    synthetic: str
    verify: str
    code: str


class _Drawing:
    """Operators that were made before, as the canvas takes them."""

    def __init__(self, code: str) -> None:
        self.code = code

    def getCode(self) -> str:  # noqa: N802 - ReportLab's name
        """Return the operators."""
        return self.code


class PageStyle:
    """Fonts and the measures that follow from the paper."""

    def __init__(self, *, regular: Any, bold: Any, landscape: bool) -> None:
        self.regular, self.bold = regular, bold
        short, long = 210 * MM, 297 * MM
        self.paper = (long, short) if landscape else (short, long)
        self.width = self.paper[0] - 2 * MARGIN
        self.pad = 1.4 * MM

    def widths(self, *, bold: bool, size: float) -> Mapping[int, float]:
        """Return the width of each character in points."""
        face = (self.bold if bold else self.regular).face
        return _Widths({code: w * size / 1000 for code, w in face.charWidths.items()}, size)

    def length(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return the width of `text` in points."""
        return float((self.bold if bold else self.regular).stringWidth(text, size))


class _Widths(dict[int, float]):
    """Widths by code; what the font has not got is as wide as its type size."""

    def __init__(self, widths: Mapping[int, float], size: float) -> None:
        super().__init__(widths)
        self.size = size

    def __missing__(self, _code: int) -> float:
        return self.size


class Page:
    """The pages of one document, drawn from the top down."""

    def __init__(self, target: Path | BinaryIO, style: PageStyle, block: Any) -> None:
        from reportlab import rl_config
        from reportlab.pdfgen.canvas import Canvas

        # writing each page as printable text costs a quarter of the size and of the time, for nothing
        rl_config.useA85 = 0
        self.style, self.block = style, block
        stream = str(target) if isinstance(target, Path) else target
        # invariant: the same directory gives the same bytes, so that its digest can be published
        self.canvas = Canvas(stream, pagesize=style.paper, pageCompression=1, invariant=1)
        self.canvas.setTitle(block.title)
        self.canvas.setAuthor(block.organ)
        self.canvas.setSubject(block.number)
        self.canvas.setKeywords(block.watermark)
        self.number = 0
        self.y = self.table_top = 0.0
        self.columns: list[float] = []
        self._define_watermark()

    def open_page(self) -> None:
        """Start a page with everything that stands on each."""
        canvas, style, block = self.canvas, self.style, self.block
        width, height = style.paper
        self.number += 1
        self.y = height - _TOP
        if block.watermark:
            canvas.doForm("across")
        head = height - 10 * MM
        if self.number > 1:
            self._text(MARGIN, head, block.title, 7.5, _QUIET)
        if block.watermark:
            self._text(width - MARGIN, head, block.watermark, 7.5, _QUIET, align="right")
        if block.synthetic:
            self._banner(width / 2, height - 6 * MM)
        canvas.setStrokeColorRGB(*_LINE)
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN, _FOOT - 3 * MM, width - MARGIN, _FOOT - 3 * MM)
        foot = "   ·   ".join(t for t in (block.number, block.code, block.verify) if t)
        self._text(MARGIN, 6.5 * MM, foot, 7.5, _QUIET)
        right = width - MARGIN - 7 * MM
        self._text(right, 6.5 * MM, f"{self.number} / ", 8, _QUIET, align="right")
        canvas.saveState()
        canvas.translate(right, 6.5 * MM)
        canvas.doForm("pages")  # how many there are is known at the end
        canvas.restoreState()

    def turn(self) -> None:
        """End the page and start the next."""
        self._rule_columns()
        self.canvas.showPage()
        self.open_page()

    def finish(self) -> int:
        """End the document and return its number of pages."""
        canvas = self.canvas
        self._rule_columns()
        canvas.beginForm("pages", 0, -4, 30 * MM, 12)
        self._text(0, 0, str(self.number), 8, _QUIET)
        canvas.endForm()
        canvas.showPage()
        canvas.save()
        return self.number

    def title_block(self, title: list[str], code: list[list[bool]]) -> None:
        """Print the head of the first page; `code` is the matrix of a QR code or empty."""
        style, block = self.style, self.block
        right = MARGIN + style.width
        self.y = style.paper[1] - 15 * MM
        if code:
            self._qr(right - 20 * MM, self.y - 18 * MM, 18 * MM, code)
        if block.organ:
            self.y -= 10
            self._text(MARGIN, self.y, block.organ, 9, _QUIET)
            self.y -= 5
        for line in title:
            self.y -= 19
            self._text(MARGIN, self.y, line, 16, _NAVY, bold=True)
            self.y -= 5
        self.y = min(self.y - 5, style.paper[1] - 36 * MM if code else self.y)
        self.canvas.setStrokeColorRGB(*_NAVY)
        self.canvas.setLineWidth(1.4)
        self.canvas.line(MARGIN, self.y, right, self.y)
        self._facts()
        self._notes()
        self.y -= 8

    def header_row(
        self, cells: list[list[str]], columns: list[float], aligns: list[str], size: float
    ) -> None:
        """Print the header of the table."""
        height = self._row_height(max(map(len, cells)), size) + 3
        self.table_top, self.columns = self.y, columns
        self._box(height, _HEAD_FILL)
        canvas = self.canvas
        canvas.saveState()
        canvas.translate(0, self.y)
        canvas.drawText(self._cells(cells, columns, aligns, size, height, bold=True))
        canvas.restoreState()
        self.y -= height

    def row(self, lines: int, code: str, size: float, *, shaded: bool) -> None:
        """Print one row of so many lines, drawn by `drawn`; the caller has seen to it that it fits."""
        height = self._row_height(lines, size)
        self._box(height, _ZEBRA if shaded else None)
        self.canvas.saveState()
        self.canvas.translate(0, self.y)
        self.canvas.drawText(_Drawing(code))
        self.canvas.restoreState()
        self.y -= height

    def drawn(self, cells: list[list[str]], columns: list[float], aligns: list[str], size: float) -> str:
        """Return the texts of a row as PDF operators, its upper edge at height 0."""
        height = self._row_height(max(map(len, cells)), size)
        return str(self._cells(cells, columns, aligns, size, height, bold=False).getCode())

    def learn(self, alphabet: str) -> None:
        """Let both fonts number the characters of `alphabet` first, so that drawings mean the same here."""
        for font in (self.style.regular, self.style.bold):
            text = self.canvas.beginText()
            text.setFont(font.fontName, 1)
            text.textOut(alphabet if font is self.style.regular else "0")

    def room_for_lines(self, size: float) -> int:
        """Return how many lines a row may have that is still to stand on this page."""
        return int((self.y - _FOOT - _ROW_PAD) // (size * _LEADING))

    def lines_of_empty_page(self, size: float) -> int:
        """Return how many lines a row may have at most; a header of three lines is allowed for."""
        room = self.style.paper[1] - _TOP - _FOOT - self._row_height(3, size) - 3 - _ROW_PAD
        return int(room // (size * _LEADING))

    def _row_height(self, lines: int, size: float) -> float:
        return max(lines, 1) * size * _LEADING + _ROW_PAD

    def _box(self, height: float, fill: tuple[float, float, float] | None) -> None:
        """Fill a row and draw the line under it."""
        canvas, bottom, width = self.canvas, self.y - height, self.style.width
        if fill:
            canvas.setFillColorRGB(*fill)
            canvas.setFillAlpha(0.75)  # the watermark shows through
            canvas.rect(MARGIN, bottom, width, height, stroke=0, fill=1)
            canvas.setFillAlpha(1)
        canvas.setStrokeColorRGB(*_LINE)
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN, bottom, MARGIN + width, bottom)

    def _rule_columns(self) -> None:
        """Draw the lines between the columns, once for all rows of the page."""
        x, edges = MARGIN, [(MARGIN, self.table_top, MARGIN + self.style.width, self.table_top)]
        for width in (*self.columns, 0):
            edges.append((x, self.y, x, self.table_top))
            x += width
        self.canvas.setStrokeColorRGB(*_LINE)
        self.canvas.setLineWidth(0.5)
        self.canvas.lines(edges)

    def _cells(
        self,
        cells: list[list[str]],
        columns: list[float],
        aligns: list[str],
        size: float,
        height: float,
        *,
        bold: bool,
    ) -> Any:
        """Return the texts of a row whose upper edge is at height 0."""
        style, pitch = self.style, size * _LEADING
        font = style.bold if bold else style.regular
        text = self.canvas.beginText()
        text.setFont(font.fontName, size)
        text.setFillColorRGB(*(_NAVY if bold else _INK))
        x = MARGIN
        tallest = max(map(len, cells))
        first = -(height - tallest * pitch) / 2 - size * 1.08
        for lines, width, align in zip(cells, columns, aligns, strict=True):
            y = first
            for line in lines:
                free = 0.0
                if align != "left" and line:
                    free = width - 2 * style.pad - style.length(line, size, bold=bold)
                text.setTextOrigin(x + style.pad + (free / 2 if align == "center" else free), y)
                text.textOut(line)
                y -= pitch
            x += width
        return text

    def _facts(self) -> None:
        """Print the pairs of label and value, three to a line."""
        facts, style = self.block.facts, self.style
        across = 3 if style.paper[0] > style.paper[1] else 2
        step = style.width / across
        for start in range(0, len(facts), across):
            self.y -= 15
            for place, (label, value) in enumerate(facts[start : start + across]):
                x = MARGIN + place * step
                self._text(x, self.y, label, 8.5, _QUIET)
                left = x + style.length(label, 8.5) + 6
                size = min(9.0, 9.0 * (step - (left - x) - 6) / max(style.length(value, 9, bold=True), 1))
                self._text(left, self.y, value, size, _INK, bold=True)

    def _notes(self) -> None:
        from ipfin.documents.linebreaks import wrapped

        style = self.style
        self.y -= 4 if self.block.notes else 0
        for note in self.block.notes:
            for line in wrapped(note, style.width, style.widths(bold=False, size=8.0)):
                self.y -= 12.5
                self._text(MARGIN, self.y, line, 8, _QUIET)

    def _text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        colour: tuple[float, float, float],
        *,
        bold: bool = False,
        align: str = "left",
    ) -> None:
        font = self.style.bold if bold else self.style.regular
        self.canvas.setFont(font.fontName, size)
        self.canvas.setFillColorRGB(*colour)
        draw = self.canvas.drawRightString if align == "right" else self.canvas.drawString
        draw(x, y, text)

    def _banner(self, middle: float, y: float) -> None:
        canvas, text = self.canvas, self.block.synthetic
        length = self.style.length(text, 8)
        canvas.setFillColorRGB(*_AMBER_FILL)
        canvas.setStrokeColorRGB(*_AMBER)
        canvas.setLineWidth(0.5)
        canvas.roundRect(middle - length / 2 - 6, y - 3.5, length + 12, 12.5, 2, stroke=1, fill=1)
        self._text(middle - length / 2, y, text, 8, _AMBER)

    def _define_watermark(self) -> None:
        """Keep the text across the page once in the file, however many pages show it."""
        if not self.block.watermark:
            return
        canvas, (width, height) = self.canvas, self.style.paper
        length = self.style.length(self.block.watermark, 13)
        canvas.beginForm("across", 0, 0, width, height)
        for down in (0.22, 0.5, 0.78):
            for along in (0.27, 0.77):
                canvas.saveState()
                canvas.translate(width * along, height * down)
                canvas.rotate(22)
                self._text(-length / 2, 0, self.block.watermark, 13, (0.925, 0.935, 0.95))
                canvas.restoreState()
        canvas.endForm()

    def _qr(self, x: float, y: float, side: float, code: list[list[bool]]) -> None:
        """Draw a QR code as runs of dark modules, sharp at every size."""
        step = side / len(code)
        self.canvas.setFillColorRGB(*_NAVY)
        for line, modules in enumerate(code):
            run = 0
            for place, dark in enumerate([*modules, False]):
                if dark:
                    run += 1
                elif run:
                    left, bottom = x + (place - run) * step, y + side - (line + 1) * step
                    self.canvas.rect(left, bottom, run * step, step, stroke=0, fill=1)
                    run = 0
