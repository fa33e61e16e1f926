"""Why not all must-haves and minimums can be met: demands that together need more than there can be.

Decides the witness, a set of demands with what bounds them, in three steps: one demand alone; the slots of
one participant (Hall's condition); the numbers of all together (Hoffman's condition for circulations: more
must come into a set of people than can leave it). When none of them finds anything, the numbers and each
participant's slots suffice and only the search can tell.

A witness is counted again from its own sets: the flow only says where to look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ipfin.events.agreed.matching import contenders
from ipfin.events.timetable.board import Board, bits
from ipfin.events.timetable.certificate import Unserved, Witness
from ipfin.events.timetable.draft import NOWHERE, Draft
from ipfin.kernel.text import Text, _, listed

MOST_NAMED = 6  # names in a sentence; the rest is counted


def witnesses(board: Board) -> tuple[Witness, ...]:
    """Return demands that cannot be met, each set with its count; () when numbers and slots suffice."""
    alone = [*_alone(board)]
    if alone:
        return tuple(alone)
    crowded = [*_crowded(board)]
    return tuple(crowded or _together(board))


def unserved(draft: Draft, reasons: dict[tuple[str, str], Text]) -> tuple[Unserved, ...]:
    """Return every demand that a timetable does not meet.

    Args:
        reasons: the sentence of each pair that was left out.
    """
    board, problem = draft.board, draft.board.problem
    found = [
        Unserved(pair.bank_id, pair.firm_id, 1, _not_held(board, place, reasons[pair.key]))
        for place, pair in enumerate(problem.pairs)
        if pair.must and draft.slot_of[place] == NOWHERE and place not in board.locked
    ]
    sides: tuple[tuple[bool, Sequence[int], list[int]], ...] = (
        (True, board.bank_min, draft.bank_load),
        (False, board.firm_min, draft.firm_load),
    )
    for is_bank, least, loads in sides:
        for at, (wanted, held) in enumerate(zip(least, loads, strict=True)):
            if held < wanted:
                one = problem.banks[at] if is_bank else problem.firms[at]
                words = _(
                    "“%(name)s”最低%(least)d场，只安排到%(held)d场。",
                    name=one.label,
                    least=one.min_meetings,
                    held=one.min_meetings - wanted + held,
                )
                bank_id, firm_id = (one.id, None) if is_bank else (None, one.id)
                found.append(Unserved(bank_id, firm_id, wanted - held, words))
    return tuple(found)


def _not_held(board: Board, pair: int, reason: Text) -> Text:
    return _("必排的%(pair)s没有排入：%(reason)s", pair=_pair_said(board, pair), reason=reason)


def _musts(board: Board) -> list[int]:
    return [pair for pair, must in enumerate(board.must) if must and pair not in board.locked]


def _alone(board: Board) -> Iterator[Witness]:
    """Demands that cannot be met even if they were the only ones."""
    problem = board.problem
    for pair in _musts(board):
        if not board.pair_free[pair]:
            words = _("必排的%(pair)s没有可以安排的时段或名额。", pair=_pair_said(board, pair))
            yield Witness((), (), (problem.pairs[pair].key,), 1, 0, words)
    callers = [[0, 0] for _ in range(max(len(board.bank_cap), len(board.firm_cap)))]
    for pair, free in enumerate(board.pair_free):
        callers[board.bank_of[pair]][0] += bool(free)
        callers[board.firm_of[pair]][1] += bool(free)
    for is_firm, caps, least in ((0, board.bank_cap, board.bank_min), (1, board.firm_cap, board.firm_min)):
        for at, (cap, wanted) in enumerate(zip(caps, least, strict=True)):
            possible = min(cap, callers[at][is_firm])
            if possible < wanted:
                one = problem.firms[at] if is_firm else problem.banks[at]
                words = _(
                    "“%(name)s”还需%(needed)d场才到最低场次，而按其时段、上限和双方同意的对象最多%(possible)d场。",
                    name=one.label,
                    needed=wanted,
                    possible=possible,
                )
                banks, firms = ((), (one.id,)) if is_firm else ((one.id,), ())
                yield Witness(banks, firms, (), wanted, possible, words)


def _crowded(board: Board) -> Iterator[Witness]:
    """Must-haves of one participant that have fewer places in their slots together than they are."""
    problem, musts = board.problem, _musts(board)
    for bank, desks in enumerate(board.desks):
        own = [pair for pair in musts if board.bank_of[pair] == bank]
        places = {pair: _places(board.pair_free[pair], desks) for pair in own}
        yield from _hall(board, places, problem.banks[bank].label)
    for firm, one in enumerate(problem.firms):
        own = [pair for pair in musts if board.firm_of[pair] == firm]
        yield from _hall(board, {pair: board.pair_free[pair] for pair in own}, one.label)


def _places(slots: int, desks: Sequence[int]) -> int:
    """Return a bit for each desk of each slot."""
    most = max(desks, default=0)
    return sum(1 << (slot * most + desk) for slot in bits(slots) for desk in range(desks[slot]))


def _hall(board: Board, places: dict[int, int], name: str) -> Iterator[Witness]:
    pairs, room = contenders(places)
    if pairs:
        possible = room.bit_count()
        words = _(
            "“%(name)s”的%(needed)d场必排洽谈（%(pairs)s）一共只有%(possible)d个可用的席位时段。",
            name=name,
            needed=len(pairs),
            pairs=_named([_pair_said(board, pair) for pair in pairs]),
            possible=possible,
        )
        keys = tuple(board.problem.pairs[pair].key for pair in pairs)
        yield Witness((), (), keys, len(pairs), possible, words)


@dataclass(frozen=True, slots=True)
class _Side:
    """The near side of a cut: banks and firms by place, and whether source and sink are on it."""

    banks: frozenset[int]
    firms: frozenset[int]
    has_source: bool
    has_sink: bool


def _arcs(board: Board) -> Iterator[tuple[int, int, int, int]]:
    """Yield (from, to, least, most) of a circulation in which every demand is a lower bound."""
    banks, firms = len(board.bank_cap), len(board.firm_cap)
    source, sink = banks + firms, banks + firms + 1
    for bank in range(banks):
        yield source, bank, board.bank_min[bank], board.bank_cap[bank]
    for pair, free in enumerate(board.pair_free):
        if free:
            yield board.bank_of[pair], banks + board.firm_of[pair], int(board.must[pair]), 1
    for firm in range(firms):
        yield banks + firm, sink, board.firm_min[firm], board.firm_cap[firm]
    yield sink, source, 0, board.hall_cap


def _cut(board: Board) -> _Side | None:
    """Return a side into which more must come than can leave it, or None when all can be met."""
    from ortools.graph.python.max_flow import SimpleMaxFlow

    banks, firms = len(board.bank_cap), len(board.firm_cap)
    source, sink, feed, drain = range(banks + firms, banks + firms + 4)
    solver, excess = SimpleMaxFlow(), [0] * (sink + 1)
    for tail, head, least, most in _arcs(board):
        solver.add_arc_with_capacity(tail, head, most - least)
        excess[head] += least
        excess[tail] -= least
    for node, more in enumerate(excess):
        solver.add_arc_with_capacity(feed, node, max(more, 0))
        solver.add_arc_with_capacity(node, drain, max(-more, 0))
    solver.solve(feed, drain)
    if solver.optimal_flow() == sum(more for more in excess if more > 0):
        return None
    near = set(solver.get_source_side_min_cut())
    return _Side(
        frozenset(bank for bank in range(banks) if bank in near),
        frozenset(firm for firm in range(firms) if banks + firm in near),
        source in near,
        sink in near,
    )


def _together(board: Board) -> list[Witness]:
    """The numbers of all: a set of people of whom more is asked than they and the hall can give."""
    side = _cut(board)
    if side is None:
        return []
    problem = board.problem
    far_banks = frozenset(range(len(board.bank_cap))) - side.banks
    far_firms = frozenset(range(len(board.firm_cap))) - side.firms
    free = [pair for pair, slots in enumerate(board.pair_free) if slots]
    banks = [bank for bank in sorted(side.banks) if board.bank_min[bank] and not side.has_source]
    firms = [firm for firm in sorted(far_firms) if board.firm_min[firm] and side.has_sink]
    musts = [
        pair
        for pair in free
        if board.must[pair] and board.bank_of[pair] in far_banks and board.firm_of[pair] in side.firms
    ]
    asked, needed = _asked(board, banks, firms, musts)
    crossing = sum(board.bank_of[p] in side.banks and board.firm_of[p] in far_firms for p in free)
    given, possible = _given(board, side, sorted(far_banks), crossing)
    if needed <= possible:  # the solver erred: no witness is better than a wrong one
        return []
    words = _(
        "需要%(needed)d场：%(asked)s；而最多只有%(possible)d场：%(given)s。",
        needed=needed,
        asked=listed(asked),
        possible=possible,
        given=listed(given) if given else _("没有任何可排的意向"),
    )
    bank_ids = tuple(problem.banks[bank].id for bank in banks)
    firm_ids = tuple(problem.firms[firm].id for firm in firms)
    return [Witness(bank_ids, firm_ids, tuple(problem.pairs[p].key for p in musts), needed, possible, words)]


def _asked(board: Board, banks: list[int], firms: list[int], musts: list[int]) -> tuple[list[Text], int]:
    problem = board.problem
    asked = [
        *_minimums(_("银行"), [one.label for one in problem.banks], board.bank_min, banks),
        *_minimums(_("企业"), [one.label for one in problem.firms], board.firm_min, firms),
    ]
    if musts:
        said = _named([_pair_said(board, pair) for pair in musts])
        asked.append(_("%(count)d场必排洽谈（%(pairs)s）", count=len(musts), pairs=said))
    needed = sum(board.bank_min[bank] for bank in banks) + sum(board.firm_min[firm] for firm in firms)
    return asked, needed + len(musts)


def _given(board: Board, side: _Side, far_banks: list[int], crossing: int) -> tuple[list[Text], int]:
    problem = board.problem
    banks = far_banks if side.has_source else []
    firms = [] if side.has_sink else sorted(side.firms)
    given = [
        *_capacities(_("银行"), [one.label for one in problem.banks], board.bank_cap, banks),
        *_capacities(_("企业"), [one.label for one in problem.firms], board.firm_cap, firms),
    ]
    hall = board.hall_cap if side.has_sink and not side.has_source else 0
    if side.has_sink and not side.has_source:
        given.append(_("全场桌位最多%(count)d场", count=hall))
    if crossing:
        given.append(_("这些银行与这些企业之间可排的意向%(count)d对", count=crossing))
    possible = sum(board.bank_cap[bank] for bank in banks) + sum(board.firm_cap[firm] for firm in firms)
    return given, possible + hall + crossing


def _minimums(side: Text, labels: list[str], least: Sequence[int], who: list[int]) -> Iterator[Text]:
    if who:
        names = _named(_quoted(labels[at] for at in who))
        total = sum(least[at] for at in who)
        yield _("%(side)s%(names)s的最低场次合计%(total)d场", side=side, names=names, total=total)


def _capacities(side: Text, labels: list[str], caps: Sequence[int], who: list[int]) -> Iterator[Text]:
    holding = [at for at in who if caps[at]]
    if holding:
        names = _named(_quoted(labels[at] for at in holding))
        total = sum(caps[at] for at in holding)
        yield _("%(side)s%(names)s合计最多%(total)d场", side=side, names=names, total=total)


def _quoted(names: Iterable[str]) -> list[Text]:
    return [_("“%(name)s”", name=name) for name in names]


def _named(things: Sequence[Text]) -> Text:
    if len(things) <= MOST_NAMED:
        return listed(things)
    return _("%(some)s等%(count)d个", some=listed(things[:MOST_NAMED]), count=len(things))


def _pair_said(board: Board, pair: int) -> Text:
    bank, firm = board.problem.banks[board.bank_of[pair]], board.problem.firms[board.firm_of[pair]]
    return _("“%(bank)s”与“%(firm)s”", bank=bank.label, firm=firm.label)
