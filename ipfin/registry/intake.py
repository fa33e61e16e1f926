"""Taking a list in: read, map, compare with what stands, write all of it or nothing.

The dry run and the commit are one: both make a `Plan`, the commit then writes it. Decides what is new,
changed or unchanged and which value wins; how a list is read is decided in `reading`, `headers` and
`listing`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ipfin.bulk import in_chunks
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _
from ipfin.registry.comparing import Standing as Standing
from ipfin.registry.comparing import are_halves, day_of, differences, facts_of, joined, moved_days
from ipfin.registry.contests import Contest, Ownership, Ruling, no_ownership
from ipfin.registry.fact_columns import DAYS, FACT_COLUMNS
from ipfin.registry.fields import LABELS, ListField
from ipfin.registry.headers import Mapping as ColumnMapping
from ipfin.registry.headers import fingerprint, missing_essentials, propose_mapping
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.listed import ListedPatent, ListReading, RowRefusal
from ipfin.registry.listing import interpret
from ipfin.registry.models import Applicant, HeaderMapping, Patent, PatentApplicant
from ipfin.registry.queries.ownership import ownership_of, pledges_of
from ipfin.registry.queries.returning import origin_of, taken_rows
from ipfin.registry.reading import RawTable, ReadLimits, UnreadableFile, read_table
from ipfin.registry.returned import mapping_by_name
from ipfin.registry.statuses import Flag

Progress = Callable[[int, int, Text], None]
# A list with one of these would name a pledge or a freeze if there were one.
_TELL_FLAGS = frozenset({ListField.LEGAL_EVENTS, ListField.PLEDGE_COUNT})


@dataclass(frozen=True, slots=True)
class Step:
    """What one listed patent does: new, changed (with old and new values) or unchanged.

    `before` holds the old values of what changes; of an unchanged patent the days that a newer list moves.
    `withheld` holds what an older list says otherwise: it is told and never taken. `contest` is there where
    the list names other owners than stand and a person has to look, or has decided before.
    """

    listed: ListedPatent
    outcome: RowOutcome
    facts: Mapping[str, Any]  # of a new patent: all; else the changed ones
    before: Mapping[str, Any] = field(default_factory=dict)
    standing: Standing | None = None
    withheld: Mapping[str, Any] = field(default_factory=dict)
    contest: Contest | None = None

    @property
    def patent_id(self) -> int | None:
        """The patent that stands; None for a new one."""
        return self.standing.id if self.standing else None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a list would do: `rows_read` = new + changed + unchanged + refused, to the row."""

    table: RawTable
    reading: ListReading
    steps: Sequence[Step] = field(repr=False)
    refusals: Sequence[RowRefusal] = field(repr=False)

    @property
    def rows_repeated(self) -> int:
        """Rows that repeat a patent of the same file; they count as unchanged."""
        return sum(len(step.listed.repeated_rows) for step in self.steps)

    def count(self, outcome: RowOutcome) -> int:
        """Return how many rows have `outcome`."""
        if outcome is RowOutcome.REFUSED:
            return len(self.refusals)
        patents = sum(step.outcome is outcome for step in self.steps)
        return patents + (self.rows_repeated if outcome is RowOutcome.UNCHANGED else 0)

    def reconciles(self) -> bool:
        """Whether every row that was read has exactly one outcome."""
        return self.reading.rows_read == sum(self.count(outcome) for outcome in RowOutcome)


def read_list(path: Path, filename: str, *, limits: ReadLimits | None = None) -> RawTable:
    """Read a file through the bounded reader.

    Raises:
        UnreadableFile: the file was refused or is not there; the sentence names file and remedy.
    """
    if not path.is_file():
        raise UnreadableFile(_("文件“%(file)s”已不在服务器上，请重新上传。", file=filename), code="gone")
    return read_table(path, filename=filename, limits=limits or ReadLimits())


def confirmation_of(session: Session, table: RawTable) -> HeaderMapping | None:
    """Return what a person confirmed for a header of these names, None when nobody has yet."""
    return session.get(HeaderMapping, fingerprint(table.header))


def mapping_for(session: Session, table: RawTable) -> ColumnMapping:
    """Return the mapping of the batch that a sheet corrects, or that a person confirmed, or the proposed.

    Of a patent list: what a person confirmed for this header as another kind of list is no mapping of it.
    """
    origin = origin_of(session, table)
    if origin is not None and origin.kind is ListKind.PATENTS:
        return mapping_by_name(ColumnMapping.from_json(origin.mapping), table.header)
    stored = confirmation_of(session, table)
    if stored is not None and stored.kind is ListKind.PATENTS:
        # The names as this list spells them: the fingerprint is blind to widths and brackets.
        return ColumnMapping.from_json({**stored.mapping, "header": list(table.header)})
    return propose_mapping(table)


def plan(session: Session, table: RawTable, mapping: ColumnMapping, *, as_of: date, source: str = "") -> Plan:
    """Compare a list with the registry. Reads only.

    Args:
        as_of: the day that the list speaks of.
        source: who gave the list, in words.

    Raises:
        BadInput: the mapping lacks what a usable list needs, or no row of a corrected sheet was refused.
        Conflict: the batch that a sheet corrects was undone.
    """
    missing = missing_essentials(mapping)
    if missing:
        raise BadInput(
            _(
                "未找到“%(field)s”列：名单至少须有申请人（或权利人）以及申请号或公开号，请指定对应的列。",
                field=LABELS[missing[0]],
            ),
            field=missing[0].value,
        )
    table = taken_rows(session, table)
    reading = interpret(table, mapping, as_of=as_of)
    standing = _standing(session, reading.patents)
    taking = _Taking(as_of, source, _tells_flags(mapping, reading))
    steps: list[Step] = []
    refusals = list(reading.refusals)
    found_of = [standing.find(listed) for listed in reading.patents]
    owned = _ownership(session, zip(reading.patents, found_of, strict=True))
    for listed, found in zip(reading.patents, found_of, strict=True):
        if isinstance(found, RowRefusal):
            rows = (listed.row, *listed.repeated_rows)
            refusals.extend(
                RowRefusal(
                    row,
                    found.field,
                    found.code,
                    _("第%(row)s行：%(why)s", row=row, why=found.message),
                    found.value,
                )
                for row in rows
            )
        else:
            steps.append(_step(listed, found, taking, owned))
    return Plan(table, reading, steps, sorted(refusals, key=lambda refusal: refusal.row))


def _tells_flags(mapping: ColumnMapping, reading: ListReading) -> bool:
    # Some vendors put events into the status column: one that shows up proves that the list tells them.
    return bool(_TELL_FLAGS & set(mapping.matches)) or any(listed.flags for listed in reading.patents)


@dataclass(frozen=True, slots=True)
class _Taking:
    """What a comparison of one list stands on."""

    as_of: date
    source: str
    tells_flags: bool


def _ownership(
    session: Session, found: Iterable[tuple[ListedPatent, Standing | RowRefusal | None]]
) -> Ownership:
    """Load what is needed to judge the lists' owners where they are not those that stand."""
    differing = {
        standing.id: (owners, standing.holders)
        for listed, standing in found
        if isinstance(standing, Standing) and (owners := _owners(listed)) and owners != standing.holders
    }
    return ownership_of(session, differing) if differing else no_ownership()


def _owners(listed: ListedPatent) -> tuple[str, ...]:
    return tuple(dict.fromkeys(owner.key for owner in listed.owners))


def _step(listed: ListedPatent, standing: Standing | None, taking: _Taking, owned: Ownership) -> Step:
    as_of = taking.as_of
    told = facts_of(listed, as_of=as_of, tells_flags=taking.tells_flags)
    if standing is None:
        return Step(listed, RowOutcome.NEW, told)
    changes, withheld = differences(standing, told, as_of)
    owners, ruling = _owners(listed), Ruling()
    if owners and owners != standing.holders:
        ruling = owned.ruling(
            standing.id, owners, standing.holders, told_on=day_of(standing, "holders_as_of"), as_of=as_of,
            source=taking.source, tells_transfer=Flag.TRANSFERRED in listed.flags,
        )  # fmt: skip
        (changes if ruling.is_taken else withheld)["holders"] = owners
    days = moved_days(standing, told, as_of)
    if owners != standing.holders:
        days.pop("holders_as_of", None)
        days.pop("holders_batch_id", None)
    if not changes and not standing.halves:
        return Step(listed, RowOutcome.UNCHANGED, {}, days, standing, withheld, ruling.contest)
    changes |= {name: as_of for name in DAYS if name in days}
    if "holders" in changes:
        changes["holders_as_of"] = max(as_of, standing.facts["holders_as_of"] or as_of)
    held = {**standing.facts, "holders": standing.holders}
    if standing.halves:  # what the record that stays takes over from the other one, too
        own = standing.halves[0]
        final = {**held, **changes, "as_of": standing.as_of}
        held = {**own.facts, "holders": own.holders, "as_of": own.as_of}
        changes = {name: value for name, value in final.items() if value != held[name]}
    before = {name: held[name] for name in changes}
    return Step(listed, RowOutcome.CHANGED, changes, before, standing, withheld, ruling.contest)


class _Register:
    """The patents of the registry that a list may speak of, found by either number."""

    def __init__(self, rows: Collection[Standing]) -> None:
        self.by_application = {
            r.facts["application_number"]: r for r in rows if r.facts["application_number"]
        }
        self.by_root = {r.facts["publication_root"]: r for r in rows if r.facts["publication_root"]}

    def find(self, listed: ListedPatent) -> Standing | RowRefusal | None:
        """Return the patent that `listed` speaks of, or why it cannot be said which."""
        by_number = self.by_application.get(listed.application_number) if listed.application_number else None
        by_root = self.by_root.get(listed.publication_root) if listed.publication_root else None
        if by_number and by_root and by_number.id != by_root.id:
            return joined(by_number, by_root) if are_halves(by_number, by_root) else _clash(listed)
        found = by_number or by_root
        if found and not by_number and listed.application_number and found.facts["application_number"]:
            return _clash(listed)  # one publication, two application numbers
        return found


def _clash(listed: ListedPatent) -> RowRefusal:
    return RowRefusal(
        listed.row,
        None,
        "numbers_disagree",
        _(
            "申请号%(application)s与公开号%(publication)s在库中属于两件不同的专利，请核对后改正其中一个。",
            application=listed.application_number or "",
            publication=listed.publication_number or "",
        ),
        listed.publication_number or "",
    )


def _standing(session: Session, patents: Sequence[ListedPatent]) -> _Register:
    numbers = {p.application_number for p in patents if p.application_number}
    roots = {p.publication_root for p in patents if p.publication_root}
    found: dict[int, Standing] = {}
    for chunk in in_chunks(numbers):
        _load(session, Patent.application_number.in_(chunk), found)
    for chunk in in_chunks(roots):
        _load(session, Patent.publication_root.in_(chunk), found)
    return _Register(list(found.values()))


def _load(session: Session, condition: ColumnElement[bool], into: dict[int, Standing]) -> None:
    table = Patent.__table__
    names = (*FACT_COLUMNS, "holders_batch_id")
    columns = [table.c[name] for name in names]
    rows = session.execute(select(table.c.id, table.c.as_of, *columns).where(condition)).all()
    fresh = [row for row in rows if row[0] not in into]
    holders = _holders(session, [row[0] for row in fresh])
    pledges = pledges_of(session, [row[0] for row in fresh])
    for row in fresh:
        facts = dict(zip(names, row[2:], strict=True))
        known = tuple(holders.get(row[0], ()))
        into[row[0]] = Standing(row[0], row[1], facts, known, None, pledges.get(row[0], ()))


def _holders(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    holders: dict[int, list[str]] = {}
    for chunk in in_chunks(ids):
        rows = session.execute(
            select(PatentApplicant.patent_id, Applicant.name_key)
            .join(Applicant, Applicant.id == PatentApplicant.applicant_id)
            .where(PatentApplicant.patent_id.in_(chunk))
            .order_by(PatentApplicant.patent_id, PatentApplicant.position)
        )
        for patent_id, key in rows:
            holders.setdefault(patent_id, []).append(key)
    return holders
