"""Why a dropped talk has no slot: the reason it is part of, or what takes each of its slots here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ipfin.events.agreed.certificate import Dropped
from ipfin.events.agreed.hall import Hall, Plan, bits
from ipfin.events.agreed.reasons import Condition, Reason, talk_in_words
from ipfin.kernel.text import Text, _


def dropped_talks(
    hall: Hall, plan: Plan, reasons: Sequence[Reason], *, is_proven: bool
) -> tuple[Dropped, ...]:
    """Return every talk of the task without a slot, with its condition.

    Args:
        is_proven: whether it is known that some talk must be dropped.
    """
    found = []
    for talk, slot in enumerate(plan):
        if slot is not None:
            continue
        name = hall.task.talks[talk].id
        reason = next((one for one in reasons if name in one.talks), None)
        if reason is not None:
            found.append(Dropped(name, reason.condition, reason.text))
            continue
        condition = Condition.TOGETHER if is_proven else Condition.NO_ROOM_FOUND
        found.append(Dropped(name, condition, _taken(hall, plan, talk)))
    return tuple(found)


def _taken(hall: Hall, plan: Plan, talk: int) -> Text:
    """What stands in the way at each of the talk's slots; the first that holds is counted."""
    busy = hall.busy(plan)
    held = Counter(slot for slot in plan if slot is not None)
    one, other = hall.ends[talk]
    ways = Counter(_way(hall, busy, held, one, other, slot) for slot in bits(hall.domain[talk]))
    return _(
        "洽谈%(talk)s的%(slots)d个可用时段中：%(busy)d个有一方已有洽谈，%(full)d个桌次已满，%(rest)d个受先后要求所限。",
        talk=talk_in_words(hall, talk),
        slots=hall.domain[talk].bit_count(),
        busy=ways["busy"],
        full=ways["full"],
        rest=ways["order"],
    )


def _way(hall: Hall, busy: list[int], held: Counter[int], one: int, other: int, slot: int) -> str:
    if (busy[one] | busy[other]) >> slot & 1:
        return "busy"
    return "full" if held[slot] >= hall.tables else "order"
