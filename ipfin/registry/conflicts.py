"""What a list says otherwise than the registry and what is not simply taken: one sentence a value. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final, Protocol

from ipfin.kernel.text import Text, _
from ipfin.registry.contests import Contest
from ipfin.registry.facts_shown import FOLLOWS_FROM_OTHERS, fact_label, fact_text, fact_value
from ipfin.registry.listed import ListedPatent, ListWarning
from ipfin.registry.ownership import CONTESTED, HOLDERS, SETTLED, Verdict

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
    @property
    def contest(self) -> Contest | None: ...


def conflicts(steps: Iterable[_Step], as_of: date) -> Iterator[ListWarning]:
    """Yield a doubt for each value that a list of day `as_of` is too old to change, or that is contested."""
    for step in steps:
        if step.contest is not None:
            yield ListWarning(
                step.listed.row, None, code_of(step.contest), contest_sentence(step.contest, step.listed.row)
            )
        if step.standing is None:
            continue
        held = {**step.standing.facts, "holders": step.standing.holders}
        for name, told in step.withheld.items():
            if name in _UNTOLD or (name == HOLDERS and step.contest is not None):
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


def code_of(contest: Contest) -> str:
    """Return the stable word for why a row's owners are not simply taken."""
    return SETTLED if contest.verdict is Verdict.SETTLED else CONTESTED


def contest_sentence(contest: Contest, row: int) -> Text:
    """Return what became of a list's owners that are contested, for the row of the report."""
    names = {
        "row": row,
        "told": fact_text(HOLDERS, contest.told),
        "held": fact_text(HOLDERS, contest.held),
        "day": contest.held_on.isoformat(),
    }
    if contest.verdict is Verdict.SETTLED:
        return _("第%(row)s行：权利人“%(told)s”未采用：此前已决定保留“%(held)s”（%(day)s）。", **names)
    if contest.is_settled:
        return _(
            "第%(row)s行：权利人“%(told)s”未采用：列表与已核准的更正不一致，"
            "库中为“%(held)s”（%(day)s），已列入来源不一致，待决定。",
            **names,
        )
    if contest.takes_effect:
        return _(
            "第%(row)s行：权利人“%(told)s”已按较新的名单采用，"
            "另一来源为“%(held)s”（%(day)s），已列入来源不一致，待决定。",
            **names,
        )
    return _(
        "第%(row)s行：权利人“%(told)s”未采用：另一来源为“%(held)s”（%(day)s），已列入来源不一致，待决定。",
        **names,
    )
