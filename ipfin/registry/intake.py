"""Taking a list in: read, map, compare with what stands, write all of it or nothing.

The dry run and the commit are one: both make a `Plan`, the commit then writes it. How a list is read is
decided in `reading`, `headers` and `listing`; which value wins over one that stands, in `comparing`, and
which owners, in `ownership`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from ipfin.kernel.collector import collector_at_rest
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _
from ipfin.registry.comparing import Standing as Standing
from ipfin.registry.contests import Ownership, no_ownership
from ipfin.registry.fields import LABELS, ListField
from ipfin.registry.finding import Register
from ipfin.registry.headers import Mapping as ColumnMapping
from ipfin.registry.headers import fingerprint, missing_essentials, propose_mapping
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.listed import ListedPatent, ListReading, RowRefusal
from ipfin.registry.listing import interpret
from ipfin.registry.models import HeaderMapping
from ipfin.registry.patent_facts import facts_of
from ipfin.registry.queries.ownership import ownership_of
from ipfin.registry.queries.returning import origin_of, taken_rows
from ipfin.registry.queries.standing import Unchanged, known_patents
from ipfin.registry.reading import RawTable, ReadLimits, UnreadableFile, read_table
from ipfin.registry.returned import mapping_by_name
from ipfin.registry.steps import Step as Step
from ipfin.registry.steps import Taking, owners_of, step_of

Progress = Callable[[int, int, Text], None]
# A list with one of these would name a pledge or a freeze if there were one.
_TELL_FLAGS = frozenset({ListField.LEGAL_EVENTS, ListField.PLEDGE_COUNT})
# Named once: before Python 3.12 a member of an enum is found by a call, and there are many rows.
_NEW, _UNCHANGED = RowOutcome.NEW, RowOutcome.UNCHANGED
_NOTHING: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True)
class Plan:
    """What a list would do: `rows_read` = new + changed + unchanged + refused, to the row."""

    table: RawTable
    reading: ListReading
    steps: Sequence[Step] = field(repr=False)
    refusals: Sequence[RowRefusal] = field(repr=False)

    @cached_property
    def rows_repeated(self) -> int:
        """Rows that repeat a patent of the same file; they count as unchanged."""
        return sum(map(len, map(attrgetter("listed.repeated_rows"), self.steps)))

    @cached_property
    def _patents(self) -> Mapping[RowOutcome, int]:
        return Counter(map(attrgetter("outcome"), self.steps))

    def count(self, outcome: RowOutcome) -> int:
        """Return how many rows have `outcome`."""
        if outcome is RowOutcome.REFUSED:
            return len(self.refusals)
        return self._patents[outcome] + (self.rows_repeated if outcome is RowOutcome.UNCHANGED else 0)

    def steps_of(self, outcome: RowOutcome) -> list[Step]:
        """Return the steps that have `outcome`."""
        return [step for step in self.steps if step.outcome is outcome]

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
    return _compared(session, taken_rows(session, table), mapping, as_of, source)


@collector_at_rest()
def _compared(session: Session, table: RawTable, mapping: ColumnMapping, as_of: date, source: str) -> Plan:
    reading = interpret(table, mapping, as_of=as_of)
    patents = reading.patents
    facts = facts_of(patents, as_of=as_of, tells_flags=_tells_flags(mapping, reading))
    known = known_patents(session, patents, facts, as_of)
    found = [
        stands.find(listed) if isinstance(stands, Register) else stands
        for listed, stands in zip(patents, known, strict=True)
    ]
    taking = Taking(as_of, source, _ownership(session, zip(patents, found, strict=True)))
    steps: list[Step] = []
    refusals = list(reading.refusals)
    for listed, told, stands in zip(patents, facts, found, strict=True):
        if stands is None:
            steps.append(Step(listed, _NEW, told))
        elif isinstance(stands, Unchanged):
            steps.append(Step(listed, _UNCHANGED, (), _NOTHING, stands.days, stands.id))
        elif isinstance(stands, RowRefusal):
            refusals.extend(_refused_rows(listed, stands))
        else:
            steps.append(step_of(listed, told, stands, taking))
    return Plan(table, reading, steps, sorted(refusals, key=attrgetter("row")))


def _ownership(session: Session, found: Iterable[tuple[ListedPatent, object]]) -> Ownership:
    """Load what is needed to judge the list's owners where they are not those that stand."""
    differing = {
        standing.id: (owners, standing.holders)
        for listed, standing in found
        if isinstance(standing, Standing) and (owners := owners_of(listed)) and owners != standing.holders
    }
    return ownership_of(session, differing) if differing else no_ownership()


def _refused_rows(listed: ListedPatent, why: RowRefusal) -> Iterator[RowRefusal]:
    for row in (listed.row, *listed.repeated_rows):
        sentence = _("第%(row)s行：%(why)s", row=row, why=why.message)
        yield RowRefusal(row, why.field, why.code, sentence, why.value)


def _tells_flags(mapping: ColumnMapping, reading: ListReading) -> bool:
    # Some vendors put events into the status column: one that shows up proves that the list tells them.
    return bool(_TELL_FLAGS & set(mapping.matches)) or any(listed.flags for listed in reading.patents)
