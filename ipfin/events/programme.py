"""The programme of an event (议程): its items in time, and which of them cannot be. Pure.

Decides what an item must say and that it lies within its event; items may run side by side. Does not
decide the talks' slots (`details`), which the printed programme adds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeVar

from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import _

MOST_LINES: Final = 60
LONGEST: Final = {"title": 200, "speaker": 200, "place": 120}


@dataclass(frozen=True, slots=True)
class Item:
    """One item as somebody types it: what, by whom, and where when not in the event's own room."""

    starts_at: datetime
    ends_at: datetime
    title: str
    speaker: str = ""
    place: str = ""

    @property
    def tidy(self) -> Item:
        """The same without margins, each text as long as it may be."""
        texts = {name: getattr(self, name).strip()[:most] for name, most in LONGEST.items()}
        return Item(self.starts_at, self.ends_at, **texts)


class Line(Protocol):
    """What a line of a stored programme has."""

    @property
    def starts_at(self) -> datetime:
        """When it begins."""

    @property
    def ends_at(self) -> datetime:
        """When it ends."""

    @property
    def title(self) -> str:
        """What it is."""

    @property
    def speaker(self) -> str:
        """Who leads or speaks; may be empty."""

    @property
    def place(self) -> str:
        """Where; empty for where the event is."""


L = TypeVar("L", bound=Line)


def check_item(item: Item, starts_at: datetime, ends_at: datetime) -> None:
    """Refuse an item that says nothing or lies outside its event.

    Raises:
        BadInput: with the form field that it belongs to.
    """
    if not item.title.strip():
        raise BadInput(_("请填写议程内容。"), field="title")
    if item.ends_at <= item.starts_at:
        raise BadInput(_("结束时间须晚于开始时间。"), field="ends_at")
    for name, moment, is_within in (
        ("starts_at", item.starts_at, item.starts_at >= starts_at),
        ("ends_at", item.ends_at, item.ends_at <= ends_at),
    ):
        if not is_within:
            raise BadInput(
                _(
                    "%(time)s不在活动时间%(start)s至%(end)s之内。",
                    time=_clock(moment),
                    start=_clock(starts_at),
                    end=_clock(ends_at),
                ),
                field=name,
            )


def require_room(lines: Iterable[Line], starts_at: datetime, ends_at: datetime) -> None:
    """Refuse times of an event that leave an item of its programme outside.

    Raises:
        Conflict: names the first such item.
    """
    for line in in_order(lines):
        if line.starts_at < starts_at or line.ends_at > ends_at:
            raise Conflict(
                _(
                    "议程“%(title)s”（%(start)s—%(end)s）会落在活动时间之外；请先改议程。",
                    title=line.title,
                    start=_clock(line.starts_at),
                    end=_clock(line.ends_at),
                ),
                field="ends_at" if line.ends_at > ends_at else "starts_at",
            )


def in_order(lines: Iterable[L]) -> list[L]:
    """Return the lines by their beginning; of two that begin together the shorter first."""
    return sorted(lines, key=lambda line: (line.starts_at, line.ends_at, line.title))


def takes_days(lines: Iterable[Line]) -> bool:
    """Whether the programme runs over more than one day, so that each line must say its day."""
    return len({in_china(moment).date() for line in lines for moment in (line.starts_at, line.ends_at)}) > 1


def span(line: Line, *, with_day: bool = False) -> str:
    """Return from when to when, as people read it: 09:00—09:30, in China."""
    start, end = in_china(line.starts_at), in_china(line.ends_at)
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%m-%d %H:%M}"
    return f"{start:%m-%d %H:%M}—{last}" if with_day else f"{start:%H:%M}—{last}"


def parts_of(line: Line) -> list[str]:
    """Return what is said of a line beside its time: what, by whom, where; what is empty is left out."""
    return [part for part in (line.title, line.speaker, line.place) if part]


def sentences(lines: Iterable[Line]) -> list[str]:
    """Return the programme as lines of plain text, for calendars: when, what, by whom, where."""
    ordered = in_order(lines)
    with_day = takes_days(ordered)
    return [f"{span(line, with_day=with_day)} {' · '.join(parts_of(line))}" for line in ordered]


def _clock(moment: datetime) -> str:
    return f"{in_china(moment):%m-%d %H:%M}"
