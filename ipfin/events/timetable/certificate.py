"""What is proved about a timetable, and the timetable itself.

Decides the vocabulary only: the status, the bound, the pairs left out with the condition that forbade each.
How the figures come about is decided in `flow`, `polish` and `compacting`; the sentences of the pairs left
out in `leftout`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ipfin.kernel.text import Text, _


class Status(StrEnum):
    """How good the value of the timetable is known to be."""

    PROVEN_OPTIMAL = "proven_optimal"  # 已证明最优
    FEASIBLE = "feasible"  # 可行，与上限仍有差距


STATUS_LABELS: Mapping[Status, Text] = {
    Status.PROVEN_OPTIMAL: _("已证明最优"),
    Status.FEASIBLE: _("可行，未证明最优"),
}


class Condition(StrEnum):
    """What kept an accepted pair out of the timetable."""

    NO_COMMON_SLOT = "no_common_slot"  # 没有共同的时段
    NO_ALLOWED_SLOT = "no_allowed_slot"  # 可用时段双方不能同时在场
    LIMIT_IS_ZERO = "limit_is_zero"  # 场次上限为零
    FIRM_FULL = "firm_full"  # 企业场次已满
    BANK_FULL = "bank_full"  # 银行席位已满
    TABLES_FULL = "tables_full"  # 洽谈桌已满
    ORDER = "order"  # 先后要求不能满足
    SLOTS_CLASH = "slots_clash"  # 剩余时段不重合
    LESS_VALUABLE = "less_valuable"  # 为总价值舍去


CONDITION_LABELS: Mapping[Condition, Text] = {
    Condition.NO_COMMON_SLOT: _("没有共同时段"),
    Condition.NO_ALLOWED_SLOT: _("可用时段内不能同时在场"),
    Condition.LIMIT_IS_ZERO: _("场次上限为零"),
    Condition.FIRM_FULL: _("企业场次已满"),
    Condition.BANK_FULL: _("银行席位已满"),
    Condition.TABLES_FULL: _("洽谈桌已满"),
    Condition.ORDER: _("先后要求不能满足"),
    Condition.SLOTS_CLASH: _("剩余时段不重合"),
    Condition.LESS_VALUABLE: _("为总价值舍去"),
}


BOUND_LABELS: Mapping[str, Text] = {
    "flow": _("由网络流求得，并用整数逐项核对"),
    "prices": _("由线性规划的价格按弱对偶用整数重算"),
    "search": _("由分支搜索给出，未另行核对"),
}
"""Who says what no timetable can exceed, and how far that was checked."""


IDLE_BOUND_LABELS: Mapping[str, Text] = {
    "alone": _("下限按每个参会者单独计算，合在一起不一定能达到"),
    "search": _("下限由CP-SAT搜索给出，未另行核对"),
}
"""Who says how little the chosen pairs could wait."""


class Stage(StrEnum):
    """What the planner is doing."""

    CHOOSING = "choosing"  # 选择洽谈对
    PLACING = "placing"  # 排入时段
    SERVING = "serving"  # 保证必排洽谈和最低场次
    POLISHING = "polishing"  # 提高总价值
    COMPACTING = "compacting"  # 减少空等
    SHORTENING = "shortening"  # 求证最少空等
    DONE = "done"  # 完成


STAGE_LABELS: Mapping[Stage, Text] = {
    Stage.CHOOSING: _("选择洽谈对"),
    Stage.PLACING: _("排入时段"),
    Stage.SERVING: _("保证必排洽谈和最低场次"),
    Stage.POLISHING: _("提高总价值"),
    Stage.COMPACTING: _("减少空等"),
    Stage.SHORTENING: _("求证最少空等"),
    Stage.DONE: _("完成"),
}


class Ending(StrEnum):
    """Why the search for improvements ended."""

    FINISHED = "finished"  # 自然结束
    BUDGET = "budget"  # 用完预定的搜索步数
    CLOCK = "clock"  # 到达时限
    ASKED = "asked"  # 被要求停止


ENDING_LABELS: Mapping[Ending, Text] = {
    Ending.FINISHED: _("正常结束"),
    Ending.BUDGET: _("用完搜索步数"),
    Ending.CLOCK: _("到达时限"),
    Ending.ASKED: _("按要求停止"),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the planning is: `done` runs from 0 to 1; `idle` is None until meetings have slots."""

    stage: Stage
    done: float
    value: int
    bound: int
    idle: int | None = None


OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True, slots=True, order=True)
class Meeting:
    """One meeting of the timetable; slot and table are counted from 1."""

    slot: int
    table: int
    bank_id: str
    firm_id: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An accepted pair without a meeting, the condition that forbade it and the same in words."""

    bank_id: str
    firm_id: str
    value: int
    condition: Condition
    reason: Text


@dataclass(frozen=True, slots=True)
class Unserved:
    """A must-have that is not held, or a participant below its minimum, in words.

    One of `bank_id` and `firm_id` is None for a participant. `missing` meetings are wanting: 1 for a pair.
    """

    bank_id: str | None
    firm_id: str | None
    missing: int
    reason: Text


@dataclass(frozen=True, slots=True)
class Witness:
    """Demands that no timetable can meet together: they need more than there can be (Hall's condition).

    Args:
        banks, firms: whose minimums are among the demands; `pairs` the must-haves among them.
        needed: meetings that the demands ask for, locked ones not counted; `possible` the most there can be.
    """

    banks: tuple[str, ...]
    firms: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    needed: int
    possible: int
    reason: Text


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is known about a timetable, all of it checkable from the input and the meetings.

    Args:
        value: points of the meetings held; `bound` is the most that any timetable could reach.
        bound_by: "flow" (dual of the transportation problem, checked in whole numbers) or "search".
        firm_idle, bank_idle: slots spent waiting between first and last meeting, summed over each side.
        idle: 3 x firm_idle + bank_idle; `idle_bound` is the least that these pairs could have.
            `idle_by` says who says so: "alone" (each participant by itself, counted) or "search" (CP-SAT).
        table_changes: how often banks change tables; `table_bound` of them are unavoidable.
        fewest: the smallest number of meetings of a firm that has a wish which could be met at all.
        demands: must-haves and meetings up to a minimum that are asked for; `served` of them are met,
            `served_bound` is the most that any timetable could meet. They come before the value.
        unserved: what is not met, one by one; `witnesses` why not all of it can be.
        is_fairest: whether no timetable of the largest value has more meetings for the firms with the fewest.
        seconds: wall time; the only figure that differs from run to run.
    """

    status: Status
    value: int
    bound: int
    bound_by: str
    firm_idle: int
    bank_idle: int
    idle: int
    idle_bound: int
    table_changes: int
    firms_met: int
    fewest: int
    left_out: tuple[LeftOut, ...]
    ending: Ending
    solver: str
    seed: int
    inputs_sha256: str
    seconds: float
    demands: int = 0
    served: int = 0
    served_bound: int = 0
    unserved: tuple[Unserved, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    is_fairest: bool = False
    idle_by: str = "alone"
    table_bound: int = 0

    @property
    def gap(self) -> int:
        """Points between the timetable and the bound; 0 is a proof."""
        return self.bound - self.value

    @property
    def statement(self) -> Text:
        """The certificate in one sentence."""
        percent = share_in_words(self.value, self.bound)
        return _(
            "%(status)s：已安排价值%(value)d，理论上限%(bound)d（%(percent)s%%）；空等%(idle)d，下限%(least)d。",
            status=STATUS_LABELS[self.status],
            value=self.value,
            bound=self.bound,
            percent=percent,
            idle=self.idle,
            least=self.idle_bound,
        )


def share_in_words(value: int, bound: int) -> str:
    """Return the share of the bound that is reached, percent; 100 only when nothing is missing.

    Two decimals, or as many more as it takes to see a digit that is no 9: 99.992.
    """
    if value >= bound:
        return "100.00"
    for decimals in range(2, 12):
        cut = 100 * value * 10**decimals // bound
        if cut < 100 * 10**decimals - 1 or decimals == 11:
            break
    return f"{cut // 10**decimals}.{cut % 10**decimals:0{decimals}d}"


@dataclass(frozen=True, slots=True)
class Timetable:
    """The meetings in order of slot and table, with their certificate."""

    meetings: tuple[Meeting, ...]
    certificate: Certificate
