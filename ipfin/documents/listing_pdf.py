"""The printed directory: hundreds to tens of thousands of rows as a PDF with its fonts in it.

Decides how a list is set on pages: title block, repeated header, wrapped cells, watermark, number and
verification code on each page, page x of y. Rows are read once and kept on disk in between, so memory
does not grow with them. Cells hold plain text; nothing in them is read as markup.

Lines are broken and placed here and not by ReportLab's LongTable, which refuses a row taller than a page
and holds every row of the list at once; here such a row goes on over the page.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

from ipfin.documents.drawn_rows import DrawnRows
from ipfin.documents.fonts import BOLD_FILES, REGULAR_FILES, SANS, drop_invisible, show_missing
from ipfin.documents.letter import Verification
from ipfin.documents.linebreaks import balanced, wrapped
from ipfin.documents.listing_page import MARGIN, Page, PageStyle
from ipfin.documents.safety import clean_text
from ipfin.documents.truetype import common_characters, printable_font
from ipfin.kernel.text import SOURCE_LOCALE, Text, _, translate

_SIZE = 8.0  # points of the rows
_HEADER_SIZE = 8.2


@dataclass(frozen=True, slots=True)
class ListingColumn:
    """One column: its header, its share of the width against the others, `left`, `center` or `right`."""

    header: str
    share: float = 1.0
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Listing:
    """A directory. `facts` are pairs of label and value for the title block, `notes` sentences under it.

    `watermark` names who receives this copy (institution, person, time, number) and is printed across
    each page; `number` is the number of the issue and stands at the foot of each page.
    """

    title: str
    columns: Sequence[ListingColumn]
    rows: Iterable[Sequence[object]]
    organ: str = ""
    number: str = ""
    facts: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()
    watermark: str = ""
    verification: Verification | None = None
    synthetic: bool = False
    landscape: bool = True


@dataclass(frozen=True, slots=True)
class ListingReceipt:
    """What was written: rows, pages, and the characters that no font has and that stand there as 〓."""

    rows: int
    pages: int
    replaced: tuple[str, ...]


def write_listing(
    target: Path | BinaryIO,
    listing: Listing,
    *,
    font_cache: Path,
    locale: str = SOURCE_LOCALE,
    drawn: DrawnRows | None = None,
) -> ListingReceipt:
    """Write the directory as a PDF to `target`; `font_cache` is a folder that is kept between runs.

    Args:
        drawn: what several copies of one directory share: rows that are the same are drawn once.

    Raises:
        FontMissing: the Chinese fonts are not installed.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
        block = _TitleBlock.of(listing, locale)
        rows, used = _spooled(listing, spool, locale)
        alphabet = "".join(sorted(used))
        used |= set(block.all_text)
        shown, replaced = show_missing("".join(sorted(used)))
        block = block.with_missing(replaced, locale)
        codes = {ord(c) for c in set(shown) | set(block.all_text)}
        style = PageStyle(
            regular=printable_font(REGULAR_FILES[SANS], codes, font_cache, base=common_characters()),
            bold=printable_font(
                BOLD_FILES[SANS], {ord(c) for c in block.bold_text}, font_cache, base=frozenset()
            ),
            landscape=listing.landscape,
        )
        spool.seek(0)
        printer = _Printer(target, listing, block, style)
        if drawn is not None:
            printer.share(drawn, alphabet)
        pages = printer.print(_unspooled(spool, replaced))
    return ListingReceipt(rows, pages, replaced)


@dataclass(frozen=True, slots=True)
class _TitleBlock:
    """Every text of the listing outside its rows, in the language of the reader."""

    title: str
    organ: str
    number: str
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    headers: tuple[str, ...]
    watermark: str
    synthetic: str
    verify: str
    code: str

    @classmethod
    def of(cls, listing: Listing, locale: str) -> _TitleBlock:
        def say(text: str) -> str:
            return _plain(text, locale)

        synthetic = _("演示数据：企业、人员与数字均为虚构，不得用于任何业务") if listing.synthetic else ""
        check = listing.verification
        verify = say(_("核验：%(url)s", url=check.url)) if check else ""
        return cls(
            title=say(listing.title),
            organ=say(listing.organ),
            number=say(listing.number),
            facts=tuple((say(label), say(value)) for label, value in listing.facts),
            notes=tuple(say(note) for note in listing.notes),
            headers=tuple(say(column.header) for column in listing.columns),
            watermark=say(listing.watermark),
            synthetic=say(synthetic),
            verify=verify,
            code=say(check.code) if check else "",
        )

    @property
    def all_text(self) -> str:
        facts = "".join(label + value for label, value in self.facts)
        others = (self.organ, self.number, self.watermark, self.synthetic, self.verify, self.code)
        return self.bold_text + facts + "".join((*self.notes, *others)) + "·•…0123456789/ "

    @property
    def bold_text(self) -> str:
        return self.title + "".join(self.headers) + "".join(value for _label, value in self.facts)

    def with_missing(self, replaced: tuple[str, ...], locale: str) -> _TitleBlock:
        """Return the block with 〓 for what cannot be printed, and a note that says so."""
        if not replaced:
            return self
        table = {ord(c): "〓" for c in replaced}
        note = _("有%(count)s个字符不在字库中，以〓代替，准确写法以平台记录为准。", count=len(replaced))
        return _TitleBlock(
            title=self.title.translate(table),
            organ=self.organ.translate(table),
            number=self.number.translate(table),
            facts=tuple((a.translate(table), b.translate(table)) for a, b in self.facts),
            notes=(*(n.translate(table) for n in self.notes), translate(note, locale)),
            headers=tuple(h.translate(table) for h in self.headers),
            watermark=self.watermark.translate(table),
            synthetic=self.synthetic,
            verify=self.verify.translate(table),
            code=self.code.translate(table),
        )


def _spooled(listing: Listing, spool: IO[str], locale: str) -> tuple[int, set[str]]:
    """Write the rows to `spool` as plain texts; return how many, and the characters in them."""
    used: set[str] = set()
    count = 0
    for row in listing.rows:
        cells = [_plain(value, locale) for _column, value in zip(listing.columns, row, strict=True)]
        used.update(*cells)
        spool.write(json.dumps(cells))
        spool.write("\n")
        count += 1
    return count, used - set("\n\r\t\v\f\x85\u2028\u2029")


def _unspooled(spool: IO[str], replaced: tuple[str, ...]) -> Iterator[list[str]]:
    table = {ord(c): "〓" for c in replaced}
    for line in spool:
        cells = json.loads(line)
        yield [cell.translate(table) for cell in cells] if table else cells


def _plain(value: object, locale: str) -> str:
    if value is None:
        return ""
    text = translate(value, locale) if isinstance(value, Text) else str(value)
    # a tab would have no width, and a no-break blank is printed as a blank
    return text if text.isalnum() else drop_invisible(clean_text(text)).translate({9: " ", 0xA0: " "})


class _Printer:
    """Sets the rows on pages, one after the other."""

    def __init__(
        self, target: Path | BinaryIO, listing: Listing, block: _TitleBlock, style: PageStyle
    ) -> None:
        self.listing, self.block, self.style = listing, block, style
        shares = sum(column.share for column in listing.columns)
        self.columns = [column.share / shares * style.width for column in listing.columns]
        self.aligns = [column.align for column in listing.columns]
        self.header = [
            wrapped(text, width - 2 * style.pad, style.widths(bold=True, size=_HEADER_SIZE))
            for text, width in zip(block.headers, self.columns, strict=True)
        ]
        self.page = Page(target, style, block)
        self.shared: DrawnRows | None = None

    def share(self, drawn: DrawnRows, alphabet: str) -> None:
        """Take the rows that another copy drew, and leave those of this one to the next."""
        fonts = (self.style.regular.fontName, self.style.bold.fontName)
        drawn.start((self.columns, self.aligns, self.style.paper, fonts), alphabet)
        self.page.learn(drawn.alphabet)
        self.shared = drawn

    def print(self, rows: Iterable[list[str]]) -> int:
        """Print everything and return the number of pages."""
        style, page = self.style, self.page
        widths = style.widths(bold=False, size=_SIZE)
        rooms = [width - 2 * style.pad for width in self.columns]
        page.open_page()
        page.title_block(self._title_lines(), self._qr_matrix())
        page.header_row(self.header, self.columns, self.aligns, _HEADER_SIZE)
        for number, row in enumerate(rows):
            self._print_row(row, rooms, widths, shaded=number % 2 == 1)
        return page.finish()

    def _print_row(
        self, row: list[str], rooms: list[float], widths: Mapping[int, float], *, shaded: bool
    ) -> None:
        """Print a row: as another copy drew it, else anew."""
        page = self.page
        kept = self.shared.take(row) if self.shared else None
        if kept is None:
            cells = [wrapped(t, room, widths) for t, room in zip(row, rooms, strict=True)]
            lines = max(map(len, cells))
            if lines > page.lines_of_empty_page(_SIZE):
                self._keep(row, 0, "")
                self._print_in_parts(cells, shaded=shaded)
                return
            kept = lines, page.drawn(cells, self.columns, self.aligns, _SIZE)
            self._keep(row, *kept)
        if kept[0] > page.room_for_lines(_SIZE):
            self._turn()
        page.row(*kept, _SIZE, shaded=shaded)

    def _keep(self, row: list[str], lines: int, code: str) -> None:
        if self.shared:
            self.shared.keep(row, lines, code)

    def _print_in_parts(self, cells: list[list[str]], *, shaded: bool) -> None:
        """Print a row that is taller than any page: what fits, and the rest on the next."""
        page = self.page
        while lines := max(map(len, cells)):
            fit = min(lines, page.room_for_lines(_SIZE))
            if fit > 0:
                part = [c[:fit] for c in cells]
                page.row(fit, page.drawn(part, self.columns, self.aligns, _SIZE), _SIZE, shaded=shaded)
                cells = [c[fit:] for c in cells]
            if lines > fit:
                self._turn()

    def _turn(self) -> None:
        self.page.turn()
        self.page.header_row(self.header, self.columns, self.aligns, _HEADER_SIZE)

    def _title_lines(self) -> list[str]:
        return balanced(self.block.title, 34 if self.listing.landscape else 22)

    def _qr_matrix(self) -> list[list[bool]]:
        if self.listing.verification is None:
            return []
        import segno

        made: Any = segno.make(self.listing.verification.url, error="m", micro=False)
        return [[bool(module) for module in row] for row in made.matrix]


__all__ = ["MARGIN", "Listing", "ListingColumn", "ListingReceipt", "write_listing"]
