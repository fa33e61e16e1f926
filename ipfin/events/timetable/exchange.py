"""Problems and timetables as plain JSON values: what a file may say, and what an answer looks like.

Decides the names of the keys and refuses what does not fit, naming the entry. Whether the contents make sense
is decided in `problem.check`. Reading bytes is the caller's: these functions take and give what `json` gives
and takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ipfin.events.timetable.certificate import (
    Certificate,
    Condition,
    Ending,
    LeftOut,
    Meeting,
    Status,
    Timetable,
    Unserved,
    Witness,
)
from ipfin.events.timetable.problem import Bank, Firm, Lock, MeetingProblem, Pair, PairKey, Precedence
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _

PROBLEM_KEYS = {"slots", "tables", "banks", "firms", "pairs", "locks", "breaks", "precedences"}
BANK_KEYS = {"id", "name", "desks", "away", "max_meetings", "min_meetings", "desk_away"}
FIRM_KEYS = {"id", "name", "away", "max_meetings", "min_meetings"}
PAIR_KEYS = {"bank", "firm", "value", "slots", "must"}
LOCK_KEYS = {"bank", "firm", "slot", "table"}
PRECEDENCE_KEYS = {"earlier", "later"}
END_KEYS = {"bank", "firm"}


def problem_from_json(given: object) -> MeetingProblem:
    """Return the problem that a plain file describes; it still has to pass `problem.check`.

    Raises:
        BadInput: a key is unknown or missing, or a value has the wrong type; the sentence names the entry.
    """
    top = _Entry(given, _("文件"), PROBLEM_KEYS)
    return MeetingProblem(
        banks=tuple(
            Bank(
                one.id("id"),
                one.name(),
                one.number("desks", 1),
                one.slots("away"),
                one.limit(),
                one.number("min_meetings", 0),
                one.windows("desk_away"),
            )
            for one in top.entries("banks", BANK_KEYS)
        ),
        firms=tuple(
            Firm(one.id("id"), one.name(), one.slots("away"), one.limit(), one.number("min_meetings", 0))
            for one in top.entries("firms", FIRM_KEYS)
        ),
        pairs=tuple(
            Pair(
                one.id("bank"),
                one.id("firm"),
                one.number("value"),
                one.slots_or_none("slots"),
                one.flag("must"),
            )
            for one in top.entries("pairs", PAIR_KEYS)
        ),
        slots=top.number("slots"),
        tables=top.number("tables"),
        locks=tuple(
            Lock(one.id("bank"), one.id("firm"), one.number("slot"), one.number_or_none("table"))
            for one in top.entries("locks", LOCK_KEYS, is_optional=True)
        ),
        breaks=top.slots("breaks"),
        precedences=tuple(
            Precedence(one.pair("earlier"), one.pair("later"))
            for one in top.entries("precedences", PRECEDENCE_KEYS, is_optional=True)
        ),
    )


def problem_as_json(problem: MeetingProblem) -> dict[str, Any]:
    """Return what `problem_from_json` reads back, in canonical order."""
    ordered = problem.canonical()
    return {
        "slots": ordered.slots,
        "tables": ordered.tables,
        "breaks": sorted(ordered.breaks),
        "banks": [
            {
                "id": bank.id,
                "name": bank.name,
                "desks": bank.desks,
                "away": sorted(bank.away),
                "max_meetings": bank.max_meetings,
                "min_meetings": bank.min_meetings,
                "desk_away": [sorted(gone) for gone in bank.desk_away],
            }
            for bank in ordered.banks
        ],
        "firms": [
            {
                "id": firm.id,
                "name": firm.name,
                "away": sorted(firm.away),
                "max_meetings": firm.max_meetings,
                "min_meetings": firm.min_meetings,
            }
            for firm in ordered.firms
        ],
        "pairs": [
            {"bank": pair.bank_id, "firm": pair.firm_id, "value": pair.value}
            | ({} if pair.slots is None else {"slots": sorted(pair.slots)})
            | ({"must": True} if pair.must else {})
            for pair in ordered.pairs
        ],
        "locks": [
            {"bank": lock.bank_id, "firm": lock.firm_id, "slot": lock.slot, "table": lock.table}
            for lock in ordered.locks
        ],
        "precedences": [
            {name: {"bank": pair[0], "firm": pair[1]} for name, pair in ends}
            for order in ordered.precedences
            for ends in [(("earlier", order.earlier), ("later", order.later))]
        ],
    }


def timetable_as_json(timetable: Timetable) -> dict[str, Any]:
    """Return the meetings and the certificate; only `certificate.seconds` differs between equal runs."""
    proof = timetable.certificate
    return {
        "meetings": [
            {"slot": m.slot, "table": m.table, "bank": m.bank_id, "firm": m.firm_id}
            for m in timetable.meetings
        ],
        "certificate": {
            "statement": str(proof.statement),
            "status": proof.status.value,
            "value": proof.value,
            "bound": proof.bound,
            "gap": proof.gap,
            "bound_by": proof.bound_by,
            "firm_idle": proof.firm_idle,
            "bank_idle": proof.bank_idle,
            "idle": proof.idle,
            "idle_bound": proof.idle_bound,
            "table_changes": proof.table_changes,
            "firms_met": proof.firms_met,
            "fewest": proof.fewest,
            "left_out": [
                {
                    "bank": pair.bank_id,
                    "firm": pair.firm_id,
                    "value": pair.value,
                    "condition": pair.condition.value,
                    "reason": {"text": str(pair.reason), **pair.reason.as_json()},
                }
                for pair in proof.left_out
            ],
            "demands": proof.demands,
            "served": proof.served,
            "served_bound": proof.served_bound,
            "unserved": [unserved_as_json(one) for one in proof.unserved],
            "witnesses": [witness_as_json(one) for one in proof.witnesses],
            "is_fairest": proof.is_fairest,
            "idle_by": proof.idle_by,
            "table_bound": proof.table_bound,
            "ending": proof.ending.value,
            "solver": proof.solver,
            "seed": proof.seed,
            "inputs_sha256": proof.inputs_sha256,
            "seconds": proof.seconds,
        },
    }


def unserved_as_json(one: Unserved) -> dict[str, Any]:
    """Return a demand that is not met."""
    reason = {"text": str(one.reason), **one.reason.as_json()}
    return {"bank": one.bank_id, "firm": one.firm_id, "missing": one.missing, "reason": reason}


def witness_as_json(one: Witness) -> dict[str, Any]:
    """Return demands that cannot be met together, with their count."""
    return {
        "banks": list(one.banks),
        "firms": list(one.firms),
        "pairs": [list(pair) for pair in one.pairs],
        "needed": one.needed,
        "possible": one.possible,
        "reason": {"text": str(one.reason), **one.reason.as_json()},
    }


def timetable_from_json(stored: Mapping[str, Any]) -> Timetable:
    """Return the timetable that `timetable_as_json` stored.

    Raises:
        KeyError, ValueError: it did not.
    """
    proof = stored["certificate"]
    plain = ("value", "bound", "bound_by", "firm_idle", "bank_idle", "idle", "idle_bound", "table_changes")
    others = ("firms_met", "fewest", "solver", "seed", "inputs_sha256", "seconds")
    demands = ("demands", "served", "served_bound", "is_fairest", "idle_by", "table_bound")
    return Timetable(
        tuple(Meeting(m["slot"], m["table"], m["bank"], m["firm"]) for m in stored["meetings"]),
        Certificate(
            status=Status(proof["status"]),
            ending=Ending(proof["ending"]),
            left_out=tuple(
                LeftOut(
                    pair["bank"],
                    pair["firm"],
                    pair["value"],
                    Condition(pair["condition"]),
                    Text.from_json(pair["reason"]),
                )
                for pair in proof["left_out"]
            ),
            unserved=tuple(
                Unserved(one["bank"], one["firm"], one["missing"], Text.from_json(one["reason"]))
                for one in proof["unserved"]
            ),
            witnesses=tuple(
                Witness(
                    tuple(one["banks"]),
                    tuple(one["firms"]),
                    tuple((bank, firm) for bank, firm in one["pairs"]),
                    one["needed"],
                    one["possible"],
                    Text.from_json(one["reason"]),
                )
                for one in proof["witnesses"]
            ),
            **{key: proof[key] for key in plain + others + demands},
        ),
    )


class _Entry:
    """One object of the file, with the words that name it in a refusal."""

    def __init__(self, given: object, where: Text, keys: set[str]) -> None:
        if not isinstance(given, dict):
            raise BadInput(_("%(where)s应为一个JSON对象。", where=where))
        unknown = sorted(str(key) for key in given if key not in keys)
        if unknown:
            raise BadInput(_("%(where)s中有未知的项“%(key)s”。", where=where, key=unknown[0]))
        self.given, self.where = given, where

    def entries(self, key: str, keys: set[str], *, is_optional: bool = False) -> list[_Entry]:
        """Return the objects of a list."""
        listed = self._list(key, is_optional=is_optional)
        return [
            _Entry(one, _("%(list)s第%(row)d行", list=key, row=row), keys)
            for row, one in enumerate(listed, start=1)
        ]

    def id(self, key: str) -> str:
        """Return an identifier: text, or a whole number as text."""
        given = self.given.get(key)
        if isinstance(given, str) and given:
            return given
        if _is_whole(given):
            return str(given)
        raise self._refusal(key, _("非空的文字或整数"))

    def name(self) -> str:
        """Return the name, empty when there is none."""
        given = self.given.get("name", "")
        if not isinstance(given, str):
            raise self._refusal("name", _("文字"))
        return given

    def number(self, key: str, default: int | None = None) -> int:
        """Return a whole number."""
        given = self.given.get(key, default)
        if not isinstance(given, int) or not _is_whole(given):
            raise self._refusal(key, _("整数"))
        return given

    def number_or_none(self, key: str) -> int | None:
        """Return a whole number, or None when it is absent or null."""
        return None if self.given.get(key) is None else self.number(key)

    def limit(self) -> int | None:
        """Return the most meetings, or None."""
        return self.number_or_none("max_meetings")

    def slots(self, key: str) -> frozenset[int]:
        """Return a list of slots as a set."""
        listed = self._list(key, is_optional=True)
        if not all(_is_whole(slot) for slot in listed):
            raise self._refusal(key, _("时段序号的列表"))
        return frozenset(listed)

    def windows(self, key: str) -> tuple[frozenset[int], ...]:
        """Return a list of lists of slots, one for each desk that it names."""
        listed = self._list(key, is_optional=True)
        if not all(isinstance(one, list) and all(map(_is_whole, one)) for one in listed):
            raise self._refusal(key, _("时段序号的列表，每个席位一个"))
        return tuple(frozenset(one) for one in listed)

    def flag(self, key: str) -> bool:
        """Return true or false, false when it is absent."""
        given = self.given.get(key, False)
        if not isinstance(given, bool):
            raise self._refusal(key, _("true或false"))
        return given

    def slots_or_none(self, key: str) -> frozenset[int] | None:
        """Return a list of slots as a set, or None when it is absent or null."""
        return None if self.given.get(key) is None else self.slots(key)

    def pair(self, key: str) -> PairKey:
        """Return the bank and the firm that an inner object names."""
        one = _Entry(self.given.get(key), _("%(where)s的“%(key)s”", where=self.where, key=key), END_KEYS)
        return one.id("bank"), one.id("firm")

    def _list(self, key: str, *, is_optional: bool) -> list[Any]:
        given = self.given.get(key)
        if given is None and is_optional:
            return []
        if not isinstance(given, list):
            raise self._refusal(key, _("列表"))
        return given

    def _refusal(self, key: str, expected: Text) -> BadInput:
        return BadInput(
            _("%(where)s的“%(key)s”应为%(expected)s。", where=self.where, key=key, expected=expected)
        )


def _is_whole(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool)
