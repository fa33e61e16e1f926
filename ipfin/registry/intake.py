"""Taking a list in: read, map, compare with what stands, write all of it or nothing.

The dry run and the commit are one: both make a `Plan`, the commit then writes it. How a list is read is
decided in `reading`, `headers` and `listing`; which value wins over one that stands, in `comparing`, and
which owners, in `ownership`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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
from ipfin.registry.applicants import Applicant
from ipfin.registry.comparing import Standing as Standing
from ipfin.registry.contests import Ownership, no_ownership
from ipfin.registry.fields import LABELS, ListField
from ipfin.registry.headers import Mapping as ColumnMapping
from ipfin.registry.headers import fingerprint, missing_essentials, propose_mapping
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.listed import ListedPatent, ListReading, RowRefusal
from ipfin.registry.listing import interpret
from ipfin.registry.models import HeaderMapping
from ipfin.registry.patent_facts import FactColumns, facts_of
from ipfin.registry.queries.ownership import ownership_of
from ipfin.registry.queries.returning import origin_of, taken_rows
from ipfin.registry.queries.standing import Same, known_patents
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
    """What a list would do: `rows_read` = new + changed + unchanged + refused, to the row.

    What is new or unchanged stands in columns; only what needed a closer look has a step of its own.
    """

    table: RawTable
    reading: ListReading
    facts: FactColumns = field(repr=False)
    new: Sequence[int] = field(repr=False)  # places among the patents of the reading
    same: Sequence[Same] = field(repr=False)  # those that stand as they are told
    differing: Mapping[int, Step] = field(repr=False)  # by place: the others that are taken
    refusals: Sequence[RowRefusal] = field(repr=False)
    compared: Sequence[int] = field(repr=False)  # ids of those that were compared value by value

    @cached_property
    def taken(self) -> Sequence[int]:
        """Return the places of all patents that are not refused."""
        places = range(len(self.reading.patents))
        if len(self.new) + len(self.same) + len(self.differing) == len(places):
            return places
        known = {*self.new, *(one.place for one in self.same), *self.differing}
        return [place for place in places if place in known]

    @cached_property
    def owners(self) -> Collection[tuple[Applicant, ...]]:
        """Return whom the patents that are taken name together as their owners."""
        patents = self.reading.patents
        if isinstance(self.taken, range):
            return patents.owner_groups.values()
        return {id(owners): owners for owners in map(patents.owners.__getitem__, self.taken)}.values()

    @cached_property
    def rows_repeated(self) -> int:
        """Rows that repeat a patent of the same file; they count as unchanged."""
        repeated = self.reading.patents.column("repeated_rows")
        return sum(len(repeated[place]) for place in self.taken) if any(repeated) else 0

    @cached_property
    def steps(self) -> Sequence[Step]:
        """Return what every patent does, one by one; for showing, taking a list needs none of them."""
        patents = self.reading.patents
        steps = {place: Step(patents[place], _NEW, self.facts.of(place)) for place in self.new}
        steps |= {
            one.place: Step(patents[one.place], _UNCHANGED, (), _NOTHING, one.days, one.id)
            for one in self.same
        }
        return [step for _place, step in sorted((steps | dict(self.differing)).items())]

    @cached_property
    def _counts(self) -> Mapping[RowOutcome, int]:
        differing = Counter(step.outcome for step in self.differing.values())
        unchanged = len(self.same) + self.rows_repeated
        found = {_NEW: len(self.new), _UNCHANGED: unchanged, RowOutcome.REFUSED: len(self.refusals)}
        return Counter(found) + differing

    def count(self, outcome: RowOutcome) -> int:
        """Return how many rows have `outcome`."""
        return self._counts[outcome]

    @cached_property
    def changed(self) -> Sequence[Step]:
        """Return the steps that change a patent that stands."""
        return [step for step in self.differing.values() if step.outcome is RowOutcome.CHANGED]

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
    found = known_patents(session, patents, facts, as_of)
    unsure = [(place, patents[place], stands) for place, stands in found.unsure.items()]
    taking = Taking(as_of, source, _ownership(session, ((listed, stands) for _at, listed, stands in unsure)))
    new, refusals = found.new, list(reading.refusals)
    differing: dict[int, Step] = {}
    for place, listed, stands in unsure:
        if stands is None:
            new = [*new, place]
        elif isinstance(stands, RowRefusal):
            refusals.extend(_refused_rows(listed, stands))
        else:
            differing[place] = step_of(listed, facts.of(place), stands, taking)
    refusals.sort(key=attrgetter("row"))
    return Plan(table, reading, facts, sorted(new), found.same, differing, refusals, found.compared)


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
    return bool(_TELL_FLAGS & set(mapping.matches)) or any(reading.patents.column("flags"))
