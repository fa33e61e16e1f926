"""Which pairs should meet: the most valuable choice that respects every limit, and the proof of it.

Each firm, each bank and the hall have a number of meetings that they can hold at most. Choosing pairs within
these limits is a transportation problem: its best choice is whole (Hoffman & Kruskal) and a minimum-cost flow
finds it. Without absences every such choice can be given slots (`colouring`), so its value is the optimum;
with absences it is an upper bound.

What must be held and the meetings up to a participant's minimum come first: each earns more than any exchange
of pairs could be worth. On the way around a cycle that serves one more of them at most one pair of each bank
and each firm is given up, so a reward above so many of the most valuable pairs is enough.

Decides also between equally valuable choices: the sorted list of the firms' numbers of meetings is made
lexicographically largest from below (no firm has fewer than it must, then the next). The k-th meeting of a
firm earns a bonus that falls with k; on such a set of choices (M-convex; Frank & Murota, "Discrete decreasing
minimization") any falling bonus gives that fairest choice, so a small bonus below the value of one point is
enough.

The solver is not believed: its flow is checked for feasibility and, by potentials in whole numbers, for the
absence of an improving cycle. A flow that passes is optimal, whatever computed it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ipfin.events.timetable.board import Board

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]


LARGEST = 1 << 62  # potentials, sums of costs along a path, stay below this


@dataclass(frozen=True, slots=True)
class Choice:
    """The pairs that should meet (without the locked ones) and what they are worth together.

    `served`: how many must-haves and meetings up to a minimum are among them. `is_fair`: whether the fairest
    of the equally valuable choices was asked for; not when the numbers would become too large for it.
    """

    pairs: list[int]
    value: int
    served: int = 0
    is_fair: bool = True


@dataclass(frozen=True, slots=True)
class Network:
    """Arcs source -> hall -> banks -> firms -> sink, and source -> sink for what is not used."""

    nodes: int
    source: int
    sink: int
    supply: int
    tail: Numbers
    head: Numbers
    capacity: Numbers
    cost: Numbers


def choose(board: Board, *, demands: bool = True) -> Choice:
    """Return the most valuable choice of pairs within all limits, the fairest among equals.

    Args:
        demands: whether must-haves and minimums come first.

    Raises:
        ArithmeticError: the flow solver answered with something that is not an optimal flow.
    """
    pairs = [pair for pair, free in enumerate(board.pair_free) if free]
    if not pairs:
        return Choice([], 0)
    reward = _reward(board, pairs) if demands and board.demands else 0
    network = _network(board, pairs, reward, is_fair=True)
    is_fair = int(abs(network.cost).max()) * (network.nodes + 1) < LARGEST
    if not is_fair:
        network = _network(board, pairs, reward, is_fair=False)
    flow = _solve(network)
    _prove(network, flow)
    chosen = [pair for pair, units in zip(pairs, flow[: len(pairs)].tolist(), strict=True) if units]
    return Choice(chosen, sum(board.value[pair] for pair in chosen), _served(board, chosen), is_fair)


def _reward(board: Board, pairs: list[int]) -> int:
    """Return what one more must-have or meeting up to a minimum earns: more than any cycle can cost."""
    dearest = max(board.value[pair] for pair in pairs)
    return 1 + (2 + min(len(board.bank_cap), len(board.firm_cap))) * dearest


def _served(board: Board, chosen: list[int]) -> int:
    banks, firms = (Counter(of[pair] for pair in chosen) for of in (board.bank_of, board.firm_of))
    return (
        sum(1 for pair in chosen if board.must[pair])
        + sum(min(banks[at], least) for at, least in enumerate(board.bank_min))
        + sum(min(firms[at], least) for at, least in enumerate(board.firm_min))
    )


def _network(board: Board, pairs: list[int], reward: int = 0, *, is_fair: bool = True) -> Network:
    """Lay out the arcs: first one per pair, in order, then the limits."""
    import numpy as np

    banks, firms = len(board.bank_cap), len(board.firm_cap)
    source, hall, sink = banks + firms, banks + firms + 1, banks + firms + 2
    ranks = [(firm, rank) for firm, cap in enumerate(board.firm_cap) for rank in range(cap)]
    held = Counter(board.firm_of[pair] for pair in board.locked)
    most = max(cap + held[firm] for firm, cap in enumerate(board.firm_cap))
    bonus = np.array([(most - held[firm] - rank) * is_fair for firm, rank in ranks], dtype=np.int64)
    point = 1 + int(bonus.sum())  # one point of value outweighs all bonuses together
    bonus += np.array(
        [reward * point * (rank < board.firm_min[firm]) for firm, rank in ranks], dtype=np.int64
    )
    values = np.array([board.value[pair] + reward * board.must[pair] for pair in pairs], dtype=np.int64)
    seats = [
        (bank, size, gain)
        for bank, (cap, least) in enumerate(zip(board.bank_cap, board.bank_min, strict=True))
        for size, gain in ((min(cap, least), reward), (max(cap - least, 0), 0))
        if size
    ]
    supply = min(board.hall_cap, sum(board.bank_cap), sum(board.firm_cap))
    parts = [
        (
            np.array([board.bank_of[pair] for pair in pairs]),
            np.array([banks + board.firm_of[pair] for pair in pairs]),
            np.ones(len(pairs)),
            -values * point,
        ),
        (
            np.full(len(seats), hall),
            np.array([bank for bank, _, _ in seats]),
            np.array([size for _, size, _ in seats]),
            np.array([-gain * point for _, _, gain in seats]),
        ),
        (
            np.array([banks + firm for firm, _ in ranks]),
            np.full(len(ranks), sink),
            np.ones(len(ranks)),
            -bonus,
        ),
        (np.array([source, source]), np.array([hall, sink]), np.array([supply, supply]), np.zeros(2)),
    ]
    tail, head, capacity, cost = (
        np.concatenate([part[column] for part in parts]).astype(np.int64) for column in range(4)
    )
    return Network(sink + 1, source, sink, supply, tail, head, capacity, cost)


def _solve(network: Network) -> Numbers:
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    solver = SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        network.tail, network.head, network.capacity, network.cost
    )
    solver.set_node_supply(network.source, network.supply)
    solver.set_node_supply(network.sink, -network.supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"minimum-cost flow ended with status {status}")
    flow: Numbers = solver.flows(arcs)
    return flow


def _prove(network: Network, flow: Numbers) -> None:
    """Check that `flow` is feasible and that no cycle could improve it (Klein's criterion).

    Potentials are shortest distances over the arcs that still have room, found by Bellman's rounds; if they
    settle within as many rounds as there are nodes, no negative cycle exists.

    Raises:
        ArithmeticError: it is not so.
    """
    import numpy as np

    balance = np.zeros(network.nodes, dtype=np.int64)
    np.add.at(balance, network.tail, flow)
    np.subtract.at(balance, network.head, flow)
    expected = np.zeros(network.nodes, dtype=np.int64)
    expected[network.source], expected[network.sink] = network.supply, -network.supply
    if not (np.array_equal(balance, expected) and (flow >= 0).all() and (flow <= network.capacity).all()):
        raise ArithmeticError("the flow breaks a capacity or loses units")
    room, used = flow < network.capacity, flow > 0
    tail = np.concatenate([network.tail[room], network.head[used]])
    head = np.concatenate([network.head[room], network.tail[used]])
    cost = np.concatenate([network.cost[room], -network.cost[used]])
    potential = np.zeros(network.nodes, dtype=np.int64)
    for _ in range(network.nodes + 1):
        offered = potential[tail] + cost
        if (offered >= potential[head]).all():
            return
        np.minimum.at(potential, head, offered)
    raise ArithmeticError("the flow can be improved along a cycle")
