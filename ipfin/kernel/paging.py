"""Pages of long lists by keyset: a page begins after the last row of the one before, at any depth.

Decides the form of a page and of the cursor that a link carries, and turns the rows of a keyset query
into a page. Does not query: `WHERE (key, id) > cursor` is written where the list is. A cursor is not a
secret and not signed; it holds nothing but a sort key, and whoever forges one sees another page of the
same list. Its types are checked, so that a forged one is refused before it reaches the database.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Generic, TypeAlias, TypeVar

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _

T = TypeVar("T")

DEFAULT_PAGE_SIZE: Final = 50
LARGEST_PAGE_SIZE: Final = 200
_LONGEST_CURSOR: Final = 2_000
_LARGEST_ID: Final = 2**63 - 1

KeyValue: TypeAlias = str | int | float | Decimal | date | datetime | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows of a sorted list.

    `order` names the sort order that the place belongs to, `key` the values of the sort columns of the
    row beside it, `row_id` that row's id as the last tie-breaker. The page is the rows after that
    row, or before it when `backwards`.
    """

    order: str
    key: tuple[KeyValue, ...]
    row_id: int
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `total` is None where nobody counted."""

    items: tuple[T, ...]
    next_cursor: str | None
    previous_cursor: str | None
    total: int | None = None


def page_size(asked: str | int | None) -> int:
    """Return a page size within bounds: 1 to 200, 50 when nothing was asked for.

    Raises:
        BadInput: not a whole number.
    """
    if asked is None or asked == "":
        return DEFAULT_PAGE_SIZE
    try:
        size = int(asked)
    except ValueError:
        raise BadInput(_("每页条数应为整数。"), field="size") from None
    return max(1, min(size, LARGEST_PAGE_SIZE))


def page_of(
    rows: Sequence[T],
    *,
    size: int,
    cursor: Cursor | None,
    place: Callable[[T], tuple[Sequence[KeyValue], int]],
    order: str,
    total: int | None = None,
) -> Page[T]:
    """Return the page that the rows of a keyset query make.

    Args:
        rows: what the query gave for `LIMIT size + 1`, in the order of the query: reversed when the
            cursor goes backwards. None at all makes an empty page without neighbours.
        size: the rows of a full page.
        cursor: the cursor of the query; None for the first page.
        place: returns the sort key and the id of a row.
        order: the name of the sort order.
        total: the length of the whole list, if it was counted.
    """
    backwards = cursor is not None and cursor.backwards
    more = len(rows) > size
    items = tuple(rows[:size])
    if backwards:
        items = items[::-1]
    if not items:
        return Page((), None, None, total)

    def cursor_at(row: T, *, to_previous: bool) -> str:
        key, row_id = place(row)
        return encode_cursor(Cursor(order, tuple(key), row_id, to_previous))

    has_next = backwards or more
    has_previous = more if backwards else cursor is not None
    return Page(
        items,
        cursor_at(items[-1], to_previous=False) if has_next else None,
        cursor_at(items[0], to_previous=True) if has_previous else None,
        total,
    )


def encode_cursor(cursor: Cursor) -> str:
    """Return `cursor` as text that an address can carry."""
    fields = [cursor.order, [_pack(value) for value in cursor.key], cursor.row_id, cursor.backwards]
    packed = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode_cursor(text: str, *, order: str, types: Sequence[type]) -> Cursor:
    """Return the cursor in an address.

    Args:
        text: what `encode_cursor` made.
        order: the sort order of the list now.
        types: the type of each sort column (str, int, float, Decimal, date, datetime); empty values
            (None) are allowed in all.

    Raises:
        BadInput: garbage, or a cursor of another list or sort order. The remedy is the first page.
    """
    try:
        return _decode(text, order, types)
    except (ValueError, TypeError, RecursionError, InvalidOperation):
        raise BadInput(_("翻页位置已失效，请从第一页重新查看。"), field="cursor") from None


def _decode(text: str, order: str, types: Sequence[type]) -> Cursor:
    """Read a cursor; whatever is wrong with it ends in a ValueError or TypeError."""
    if len(text) > _LONGEST_CURSOR or not text.isascii():
        raise ValueError("no cursor of ours")
    packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    written_order, written_key, row_id, backwards = json.loads(packed.decode())
    if written_order != order or type(row_id) is not int or type(backwards) is not bool:
        raise ValueError("a cursor of another list")
    if abs(row_id) > _LARGEST_ID or type(written_key) is not list:
        raise ValueError("no cursor of ours")
    key = tuple(_unpack(value, kind) for value, kind in zip(written_key, types, strict=True))
    return Cursor(order, key, row_id, backwards)


def _pack(value: KeyValue) -> str | int | float | None:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise TypeError("instants are aware")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _unpack(written: Any, kind: type) -> KeyValue:
    """Return a value, as JSON held it, in the type of its column."""
    if written is None:
        return None
    if type(written) is not (kind if kind in (int, float) else str):
        raise TypeError("the sort column has another type")
    return _READERS[kind](written)


def _read_text(written: str) -> str:
    if "\x00" in written:
        raise ValueError("no database holds this")
    written.encode()  # raises for half a surrogate pair, which no database holds either
    return written


def _read_whole(written: int) -> int:
    if abs(written) > _LARGEST_ID:
        raise ValueError("no database holds this")
    return written


def _read_figure(written: float | str) -> float | Decimal:
    figure = Decimal(written) if isinstance(written, str) else written
    if not math.isfinite(figure):
        raise ValueError("no sort column holds this")
    return figure


def _read_instant(written: str) -> datetime:
    instant = datetime.fromisoformat(written)
    if instant.tzinfo is None:
        raise ValueError("instants are aware")
    return instant


_READERS: Final[Mapping[type, Callable[[Any], KeyValue]]] = {
    str: _read_text,
    int: _read_whole,
    float: _read_figure,
    Decimal: _read_figure,
    date: date.fromisoformat,
    datetime: _read_instant,
}
