"""What an older list says otherwise than the registry: one sentence a value, told and never taken. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final, Protocol

from ipfin.kernel.text import _
from ipfin.registry.facts_shown import FOLLOWS_FROM_OTHERS, fact_label, fact_text, fact_value
from ipfin.registry.listed import ListedPatent, ListWarning

OLDER_LIST: Final = "older_list"
_UNTOLD: Final = FOLLOWS_FROM_OTHERS | {"listed_status"}  # said already by the state that it words


class _Standing(Protocol):
    @property
    def as_of(self) -> date: ...
    @property
    def facts(self) -> Any: ...
    @property
    def holders(self) -> tuple[str, ...]: ...


class _Step(Protocol):
    @property
    def listed(self) -> ListedPatent: ...
    @property
    def standing(self) -> _Standing | None: ...
    @property
    def withheld(self) -> Any: ...


def conflicts(steps: Iterable[_Step], as_of: date) -> Iterator[ListWarning]:
    """Yield a doubt for each value that a list of day `as_of` is too old to change."""
    for step in steps:
        if not step.withheld or step.standing is None:
            continue
        held = {**step.standing.facts, "holders": step.standing.holders}
        for name, told in step.withheld.items():
            if name in _UNTOLD:
                continue
            message = _(
                "第%(row)s行：%(field)s“%(told)s”未采用：名单的数据日期%(as_of)s较早，"
                "库中为“%(held)s”（%(day)s）。",
                row=step.listed.row,
                field=fact_label(name),
                told=fact_text(name, told),
                as_of=as_of.isoformat(),
                held=fact_text(name, held[name]),
                day=step.standing.as_of.isoformat(),
            )
            yield ListWarning(step.listed.row, None, OLDER_LIST, message, fact_value(name, told))
