"""From a published timetable to what is re-planned on the day, and from the answer to what is stored. Pure.

Decides how what the office says of those who do not come is read and kept, and that a participant who
cancelled since publication counts as gone. Slots of the office's words are counted from 1, like on paper;
those of rows from 0.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from ipfin.events.lifecycle import Side
from ipfin.events.planning import Task, certificate_as_json
from ipfin.events.timetable.certificate import Meeting
from ipfin.events.timetable.problem import Bank, Firm, Lock, Pair
from ipfin.events.timetable.remaining import Party
from ipfin.events.timetable.replanning import ChangeKind, Proposal, Replanning, replan
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _

LEAST_VALUE = 1  # of a promised meeting that would not be planned today: it is kept because it was promised


class Way(StrEnum):
    """Which of the two proposals the office takes."""

    REPAIR = "repair"  # 不动别人
    BEST = "best"  # 价值最大


@dataclass(frozen=True, slots=True)
class Outage:
    """Who is not there as planned, by registration id; from slot `from_slot` on the day is open again.

    Args:
        absent: have not come and will not; `gone` were there and have left.
        late: the first slot of each who comes later.
    """

    from_slot: int
    absent: frozenset[int] = frozenset()
    late: Mapping[int, int] = field(default_factory=dict)
    gone: frozenset[int] = frozenset()

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored with the timetable."""
        return {
            "from_slot": self.from_slot,
            "absent": sorted(self.absent),
            "late": {str(one): slot for one, slot in sorted(self.late.items())},
            "gone": sorted(self.gone),
        }


def outage_of(certificate: Mapping[str, Any], from_slot: int) -> Outage:
    """Return what was said when the timetable of this certificate was made; nobody when it was no re-plan."""
    said = certificate.get("replanning") or {}
    return Outage(
        from_slot,
        frozenset(said.get("absent", [])),
        {int(one): slot for one, slot in said.get("late", {}).items()},
        frozenset(said.get("gone", [])),
    )


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting of the published timetable, with both registrations."""

    firm: int
    firm_name: str
    house: int
    house_name: str
    desks: int
    slot: int
    desk: int
    is_locked: bool


@dataclass(frozen=True, slots=True)
class Day:
    """What is re-planned.

    Args:
        base_number: number of the published timetable.
        task: participants and pairs, those of the timetable included; its locks are those of the rows.
        meetings: the timetable in the planner's words.
        gone: those who cancelled since.
    """

    base_number: int
    task: Task
    meetings: tuple[Meeting, ...]
    gone: frozenset[int]

    @property
    def sides(self) -> dict[int, Side]:
        """Registration id -> its side."""
        problem = self.task.problem
        return {int(bank.id): Side.INSTITUTION for bank in problem.banks} | {
            int(firm.id): Side.ENTERPRISE for firm in problem.firms
        }


def day_of(task: Task, base_number: int, held: Iterable[Held], meetings_per_enterprise: int) -> Day:
    """Return what is re-planned: the task of today, completed by what the timetable already promised."""
    rows = sorted(held, key=lambda row: (row.house, row.firm))
    problem = task.problem
    banks = {bank.id: bank for bank in problem.banks}
    firms = {firm.id: firm for firm in problem.firms}
    pairs = {(pair.bank_id, pair.firm_id): pair for pair in problem.pairs}
    gone = set()
    for row in rows:
        house, firm = str(row.house), str(row.firm)
        if house not in banks:
            banks[house] = Bank(house, row.house_name, max(row.desks, 1))
            gone.add(row.house)
        if firm not in firms:
            firms[firm] = Firm(firm, row.firm_name, max_meetings=meetings_per_enterprise)
            gone.add(row.firm)
        pairs.setdefault((house, firm), Pair(house, firm, LEAST_VALUE))
    whole = replace(
        problem,
        banks=tuple(banks.values()),
        firms=tuple(firms.values()),
        pairs=tuple(pairs.values()),
        locks=tuple(
            Lock(str(row.house), str(row.firm), row.slot + 1, row.desk) for row in rows if row.is_locked
        ),
    )
    meetings = tuple(sorted(Meeting(row.slot + 1, row.desk, str(row.house), str(row.firm)) for row in rows))
    return Day(base_number, replace(task, problem=whole), meetings, frozenset(gone))


def plan_rest(day: Day, outage: Outage) -> Replanning:
    """Return the two ways to go on.

    Raises:
        BadInput: somebody or a slot that the event does not have, or somebody who is two things at once.
    """
    said = [*outage.absent, *outage.late, *outage.gone]
    if len(said) != len(set(said)):
        raise BadInput(_("同一单位只能选一种情况：未到、迟到或已离场。"))
    sides = day.sides
    unknown = set(said) - sides.keys()
    if unknown:
        raise BadInput(_("有参会者不在已发布的日程和名单中，请刷新后重选。"))
    for slot in outage.late.values():
        if not 1 <= slot <= day.task.problem.slots:
            raise BadInput(_("迟到者最早可参加的场次应在1到%(most)d之间。", most=day.task.problem.slots))

    def parties(ids: Collection[int]) -> list[Party]:
        return [party_of(sides[one], one) for one in ids]

    return replan(
        day.task.problem,
        day.meetings,
        from_slot=outage.from_slot,
        absent=parties(outage.absent),
        late={party_of(sides[one], one): slot for one, slot in outage.late.items()},
        gone=parties(outage.gone | (day.gone - outage.absent)),
    )


def party_of(side: Side, registration_id: int) -> Party:
    """Return a registration in the planner's words."""
    return Party(side is Side.INSTITUTION, str(registration_id))


def changed_ids(proposal: Proposal) -> frozenset[int]:
    """Return the registrations whose agenda changes, those who do not come included."""
    return frozenset(int(party.id) for change in proposal.changes for party in change.parties)


def told_ids(proposal: Proposal) -> frozenset[int]:
    """Return the registrations that must be told."""
    return frozenset(int(party.id) for party in proposal.told)


def stored_certificate(day: Day, outage: Outage, proposal: Proposal, way: Way) -> dict[str, Any]:
    """Return the certificate of a re-planned timetable as it is stored, with what changed."""
    task = replace(day.task, problem=proposal.problem)
    return certificate_as_json(task, proposal.timetable) | {
        "replanning": outage.as_json()
        | {kind.value: proposal.count(kind) for kind in ChangeKind}
        | {
            "base": day.base_number,
            "way": way.value,
            "told": sorted(told_ids(proposal)),
            "told_least": proposal.told_least,
        }
    }


def digest_of(proposal: Proposal) -> str:
    """Return what tells one proposal from another: its meetings and what they answer."""
    meetings = [[m.slot, m.table, m.bank_id, m.firm_id] for m in proposal.timetable.meetings]
    plain = json.dumps([meetings, proposal.problem.sha256()])
    return hashlib.sha256(plain.encode()).hexdigest()[:32]


def next_slot(talks_start_at: datetime, slot_minutes: int, slots: int, now: datetime) -> int:
    """Return the first slot (counted from 1) that has not begun; the last when all have."""
    begun = (now - talks_start_at) // timedelta(minutes=slot_minutes) + 1
    return min(max(begun, 0) + 1, slots)


def agenda_subject(event_id: int, registration_id: int) -> str:
    """Return how the subject of a participant's agendas begins, in whatever timetable they stand.

    Who keeps his meetings when the rest is planned anew keeps his paper.
    """
    return f"event:{event_id}:agenda:{registration_id}:"
