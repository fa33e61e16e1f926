"""How a value stands in a cell of a spreadsheet: the XML of one cell, by the kind of its column.

Decides that a text is always a text, whatever it begins with, and what is refused because a spreadsheet
would change it. Which rows there are and how the page looks is decided in `sheet` and `sheet_parts`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import SupportsIndex, cast

from ipfin.documents import sheet_parts as parts
from ipfin.documents.safety import begins_like_formula, clean_text, csv_field
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _, translate

LONGEST_TEXT = 32_767  # UTF-16 units in a cell (Excel specifications and limits)
LARGEST_EXACT_INTEGER = 10**15 - 1  # a spreadsheet keeps 15 significant digits
_FIRST_SAFE_DATE = date(1900, 3, 1)  # before it, spreadsheets count a 29 February 1900 that never was
_DAY_ZERO = date(1899, 12, 30)

# Something in the text needs work: markup, a character XML cannot hold, or a literal _x000D_ escape.
_NEEDS_WORK = re.compile("[&<>\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_LITERAL_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")

CellWriter = Callable[[object, str], str]


class Kind(StrEnum):
    """What the values of a column are."""

    TEXT = "text"  # 文本
    INTEGER = "integer"  # 整数
    DECIMAL = "decimal"  # 小数
    DATE = "date"  # 日期
    PERCENT = "percent"  # 百分比，值为比率 0.125 = 12.5%


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, its kind, its width in characters, and the decimal places shown.

    `choices` are offered below the header to whoever fills the sheet in; any other word may be written.
    """

    header: str
    kind: Kind = Kind.TEXT
    width: float = 14
    places: int = 2
    wrap: bool = False
    choices: tuple[str, ...] = ()


def cell_writer(column: Column, letters: str, *, sheet: str, locale: str) -> CellWriter:
    """Return the function that turns a value of `column` and a row number into the XML of its cell.

    The function raises BadInput, naming `sheet`, row and column, for what a cell cannot hold whole.
    """
    if column.kind is Kind.TEXT:
        return _text_writer(column, letters, sheet, locale)
    if column.kind is Kind.DATE:
        return lambda value, row: _date_cell(value, letters, row)
    if column.kind is Kind.INTEGER:
        return lambda value, row: _integer_cell(value, letters, row, column, sheet)
    if not 0 <= column.places <= parts.MOST_DECIMALS:
        raise ValueError(f"0 to {parts.MOST_DECIMALS} decimal places can be shown, not {column.places}")
    first = parts.STYLE_DECIMAL if column.kind is Kind.DECIMAL else parts.STYLE_PERCENT
    return lambda value, row: _number_cell(value, letters, row, first + column.places)


def text_cell(letters: str, row: str, style: int, text: str) -> str:
    """Return a text cell; `text` is plain."""
    return _xml_text_cell(letters, row, style, _xml_text(text))


def csv_value(column: Column, value: object, locale: str) -> str:
    """Return `value` of `column` as it stands in a CSV file."""
    if value is None:
        return ""
    if column.kind is Kind.TEXT:
        return csv_field(_in_locale(value, locale))
    if column.kind is Kind.DATE:
        return _plain_date(value).isoformat()
    return str(_index(value)) if column.kind is Kind.INTEGER else _plain_number(value)


def _text_writer(column: Column, letters: str, sheet: str, locale: str) -> CellWriter:
    plain = parts.STYLE_WRAPPED if column.wrap else parts.STYLE_TEXT
    hostile = parts.STYLE_WRAPPED_QUOTED if column.wrap else parts.STYLE_TEXT_QUOTED
    opening, middle = f'<c r="{letters}', f'" s="{plain}" t="inlineStr"><is><t>'

    def write(value: object, row: str) -> str:
        if value is None or value == "":
            return f'{opening}{row}" s="{plain}"/>'
        text = value if type(value) is str else _in_locale(value, locale)
        if len(text) * 2 > LONGEST_TEXT:
            _refuse_long(text, column, row, sheet)
        # letters, digits and ideographs alone need none of the checks: most names and all codes
        if text.isalnum():
            return f"{opening}{row}{middle}{text}</t></is></c>"
        style = hostile if begins_like_formula(text) else plain
        return _xml_text_cell(letters, row, style, _xml_text(text))

    return write


def _refuse_long(text: str, column: Column, row: str, sheet: str) -> None:
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if units > LONGEST_TEXT:
        raise BadInput(
            _(
                "工作表“%(sheet)s”第%(row)s行“%(column)s”列的文字有%(length)s个字符，"
                "超过单元格%(most)s个字符的上限；请先缩短这段文字再导出。",
                sheet=sheet,
                row=row,
                column=column.header,
                length=units,
                most=LONGEST_TEXT,
            )
        )


def _xml_text_cell(letters: str, row: str, style: int, text: str) -> str:
    # without xml:space a reader may drop blanks at the ends; inside, line ends count as such too
    keep = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f'<c r="{letters}{row}" s="{style}" t="inlineStr"><is><t{keep}>{text}</t></is></c>'


def _xml_text(text: str) -> str:
    if _NEEDS_WORK.search(text) is None:
        return text
    escaped = _LITERAL_ESCAPE.sub("_x005F_", clean_text(text))
    escaped = escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\r", "_x000D_")  # a bare one would be read back as a line feed


def _integer_cell(value: object, letters: str, row: str, column: Column, sheet: str) -> str:
    if value is None:
        return f'<c r="{letters}{row}" s="{parts.STYLE_INTEGER}"/>'
    number = _index(value)
    if abs(number) > LARGEST_EXACT_INTEGER:
        raise BadInput(
            _(
                "工作表“%(sheet)s”第%(row)s行“%(column)s”列的数字超过15位，电子表格会丢失末位；请改为文本列。",
                sheet=sheet,
                row=row,
                column=column.header,
            )
        )
    return f'<c r="{letters}{row}" s="{parts.STYLE_INTEGER}"><v>{number}</v></c>'


def _date_cell(value: object, letters: str, row: str) -> str:
    if value is None:
        return f'<c r="{letters}{row}" s="{parts.STYLE_DATE}"/>'
    day = _plain_date(value)
    if day < _FIRST_SAFE_DATE:
        return _xml_text_cell(letters, row, parts.STYLE_TEXT, day.isoformat())
    return f'<c r="{letters}{row}" s="{parts.STYLE_DATE}"><v>{(day - _DAY_ZERO).days}</v></c>'


def _number_cell(value: object, letters: str, row: str, style: int) -> str:
    number = "" if value is None else f"<v>{_plain_number(value)}</v>"
    return f'<c r="{letters}{row}" s="{style}">{number}</c>'


def _index(value: object) -> int:
    return operator.index(cast(SupportsIndex, value))  # refuses what is not a whole number


def _plain_date(value: object) -> date:
    # an instant has no date until somebody says in which zone
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise TypeError(f"a date column takes dates, not {type(value).__name__}")


def _plain_number(value: object) -> str:
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number.is_finite():
        raise ValueError("a number column takes finite numbers; unknown is None")
    return format(number, "f")


def _in_locale(value: object, locale: str) -> str:
    return translate(value, locale) if isinstance(value, Text) else str(value)
