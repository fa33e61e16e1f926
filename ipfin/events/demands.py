"""What the office demands of a timetable beside the wishes: least numbers of meetings, orders of two. Pure.

Decides which demands contradict the event or each other, and what of them the planner is given. A demand
places nobody against his will: only meetings that both sides accepted are counted or ordered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from ipfin.events.timetable.problem import Precedence
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import Text, _, listed

Pair = tuple[int, int]  # registrations of the institution and of the firm


@dataclass(frozen=True, slots=True)
class Order:
    """Two meetings of which the earlier is held in an earlier slot, if both are held."""

    earlier: Pair
    later: Pair


@dataclass(frozen=True, slots=True)
class Leasts:
    """How many meetings are asked for at least: of everybody on a side, and of some by name."""

    per_enterprise: int = 0
    per_institution: int = 0
    own: Mapping[int, int] | None = None  # registration -> least

    def of(self, registration: int, *, is_firm: bool, agreed: int, most: int | None) -> int:
        """Return the least of one participant.

        What is asked of everybody reaches only as far as both sides agreed; what was asked by name stands,
        so that the certificate says what is wanting. Neither is above the most that it may have.

        Args:
            agreed: how many meetings with it both sides accepted.
            most: how many it may have; None for as many as fit.
        """
        general = self.per_enterprise if is_firm else self.per_institution
        least = (self.own or {}).get(registration, min(general, agreed))
        return least if most is None else min(least, most)


def check_least(least: int, *, most: int | None, places: int, name: str) -> None:
    """Refuse a least number of meetings that cannot be.

    Args:
        most: how many meetings the participant may have; None for as many as fit.
        places: how many fit: the slots in which it is there, times its desks.

    Raises:
        BadInput: the sentence says what stands against it.
    """
    if least < 0:
        raise BadInput(_("最低场次不能为负数。"), field="least")
    if most is not None and least > most:
        raise BadInput(
            _("“%(name)s”最多%(most)d场，最低场次不能是%(least)d场。", name=name, most=most, least=least),
            field="least",
        )
    if least > places:
        raise BadInput(
            _(
                "“%(name)s”在场的时段和席位只够%(places)d场，最低场次不能是%(least)d场。",
                name=name,
                places=places,
                least=least,
            ),
            field="least",
        )


def check_order(order: Order, others: Iterable[Order], names: Mapping[int, str], slots: int) -> None:
    """Refuse an order that is none, stands already, or that no timetable could keep.

    Args:
        others: the orders that stand, those of pairs that do not agree at present included.
        names: of the registrations.
        slots: in how many slots there are meetings.

    Raises:
        BadInput: both are one meeting.
        Conflict: it stands already, closes a circle, or makes a row longer than the day has slots.
    """
    others = list(others)
    if order.earlier == order.later:
        raise BadInput(_("请选择不同的两场洽谈。"), field="later")
    if order in others:
        raise Conflict(_("这项先后要求已经有了。"), field="later")
    after: dict[Pair, set[Pair]] = {}
    for one in (*others, order):
        after.setdefault(one.later, set()).add(one.earlier)
    try:
        in_turn = list(TopologicalSorter(after).static_order())
    except CycleError as error:
        around = list(dict.fromkeys(error.args[1]))
        raise Conflict(
            _(
                "加上这一项，先后要求就成了环：%(pairs)s；请先删除其中一项。",
                pairs=listed([pair_said(pair, names) for pair in around]),
            ),
            field="later",
        ) from None
    longest = _longest(in_turn, after)
    if longest > slots:
        raise Conflict(
            _(
                "加上这一项，有%(count)d场洽谈要依次先后进行，而本场只有%(slots)d个洽谈时段。",
                count=longest,
                slots=slots,
            ),
            field="later",
        )


def _longest(in_turn: Iterable[Pair], after: Mapping[Pair, Collection[Pair]]) -> int:
    """Return how many meetings the longest row of orders has."""
    length: dict[Pair, int] = {}
    for pair in in_turn:
        length[pair] = 1 + max((length[before] for before in after.get(pair, ())), default=0)
    return max(length.values(), default=0)


def pair_said(pair: Pair, names: Mapping[int, str]) -> Text:
    """Return a meeting in words."""
    house, firm = pair
    return _("“%(firm)s”与“%(house)s”", firm=names.get(firm, "—"), house=names.get(house, "—"))


def precedences(orders: Iterable[Order], planned: Collection[tuple[str, str]]) -> tuple[Precedence, ...]:
    """Return the orders as the planner takes them, of those pairs that are planned at all."""
    found = (
        Precedence((str(order.earlier[0]), str(order.earlier[1])), (str(order.later[0]), str(order.later[1])))
        for order in orders
    )
    return tuple(one for one in found if one.earlier in planned and one.later in planned)
