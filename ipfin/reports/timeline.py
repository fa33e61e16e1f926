"""What happened to a firm, from every part of the product, in one order and page by page. Pure.

Decides the kinds of happenings, the one order that they stand in (the instant, then the source, then the
row) and how pages are cut from several sources that each know their own rows only. Which rows a source has
is decided in `service.happenings`.

A thing known by its day only stands at the beginning of that day in China.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final

from ipfin.kernel.clock import CHINA, in_china
from ipfin.kernel.paging import Cursor, Page, decode_cursor, page_of
from ipfin.kernel.text import Text, _

PAGE: Final = 30
_ORDER: Final = "happened"


class Kind(StrEnum):
    """What a happening is about (类别)."""

    IMPORT = "import"  # 名单导入
    PATENT = "patent"  # 专利变化
    SCORE = "score"  # 评分
    WHITELIST = "whitelist"  # 白名单
    DIRECTORY = "directory"  # 名录
    EVENT = "event"  # 活动
    VISIT = "visit"  # 走访
    RECORD = "record"  # 登记与变更
    CONSENT = "consent"  # 企业授权
    CORRECTION = "correction"  # 更正申请
    MERGE = "merge"  # 归并
    DOCUMENT = "document"  # 文件


KIND_LABELS: Final[Mapping[Kind, Text]] = {
    Kind.IMPORT: _("名单导入"),
    Kind.PATENT: _("专利变化"),
    Kind.SCORE: _("评分"),
    Kind.WHITELIST: _("白名单"),
    Kind.DIRECTORY: _("企业名录"),
    Kind.EVENT: _("活动"),
    Kind.VISIT: _("走访"),
    Kind.RECORD: _("登记与变更"),
    Kind.CONSENT: _("企业授权"),
    Kind.CORRECTION: _("更正申请"),
    Kind.MERGE: _("归并"),
    Kind.DOCUMENT: _("出具文件"),
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened: when, what, by whom. `is_day` when only the day is known."""

    at: datetime
    row_id: int
    kind: Kind
    sentence: Text
    who: str = ""
    is_day: bool = False
    rank: int = field(default=0)  # of its source; set by `page_of_sources`

    @property
    def place(self) -> tuple[datetime, int, int]:
        """Where it stands in the order, later things being greater."""
        return self.at, self.rank, self.row_id


@dataclass(frozen=True, slots=True)
class Reach:
    """What a source is asked for: at most `limit` rows that stand next to a place, earlier or later.

    Args:
        now: nothing later than this is told.
        rank: the rank of the source asked.
        cursor: the row beside the page, None for the first page.
        later: the rows wanted are those after the place, its nearest first; else those before it.
    """

    now: datetime
    rank: int
    limit: int
    cursor: tuple[datetime, int, int] | None = None
    later: bool = False

    def instant(self) -> tuple[datetime, bool, int]:
        """Return (bound, whether the bound itself counts, id beyond which it counts; 0 for any)."""
        if self.cursor is None:
            return self.now, True, 0
        at, rank, row_id = self.cursor
        counts = self.rank >= rank if self.later else self.rank <= rank
        return at, counts, row_id if self.rank == rank else 0

    def day(self) -> tuple[date, bool, int]:
        """Return the same for a source that knows days only."""
        at, counts, row_id = self.instant()
        last = in_china(at).date()
        return (last, counts, row_id) if beginning_of(last) == at else (last, not self.later, 0)

    @property
    def today(self) -> date:
        """The last day that is told."""
        return in_china(self.now).date()


Source = Callable[[Reach], Sequence[Happening]]


def beginning_of(day: date) -> datetime:
    """Return the first instant of `day` in China."""
    return datetime.combine(day, time(), CHINA)


def page_of_sources(
    sources: Mapping[int, Source], *, now: datetime, cursor: str | None = None, size: int = PAGE
) -> Page[Happening]:
    """Return one page of what all `sources` know, the latest first; pages lead on and back.

    Args:
        sources: by rank, which orders what happened at the same instant.

    Raises:
        BadInput: the cursor is not one of a timeline.
    """
    read, place = None, None
    if cursor:
        read = decode_cursor(cursor, order=_ORDER, types=(datetime, int))
        place = _place(read)
    later = read is not None and place is not None and read.backwards
    found: list[Happening] = []
    for rank, source in sources.items():
        rows = source(Reach(now, rank, size + 1, place, later))
        found += [_ranked(row, rank) for row in rows]
    found.sort(key=lambda row: row.place, reverse=not later)
    return page_of(
        found[: size + 1],
        size=size,
        cursor=read,
        place=lambda row: ((row.at, row.rank), row.row_id),
        order=_ORDER,
    )


def _place(read: Cursor) -> tuple[datetime, int, int] | None:
    at, rank = read.key
    return (at, rank, read.row_id) if isinstance(at, datetime) and isinstance(rank, int) else None


def _ranked(row: Happening, rank: int) -> Happening:
    return Happening(row.at, row.row_id, row.kind, row.sentence, row.who, row.is_day, rank)
