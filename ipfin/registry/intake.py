"""Taking a list in: read, map, compare with what stands, write all of it or nothing.

The dry run and the commit are one: both make a `Plan`, the commit then writes it. Decides what is new,
changed or unchanged and which value wins; how a list is read is decided in `reading`, `headers` and
`listing`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ipfin.bulk import in_chunks
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _
from ipfin.registry.fields import LABELS, ListField
from ipfin.registry.headers import Mapping as ColumnMapping
from ipfin.registry.headers import fingerprint, missing_essentials, propose_mapping
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.listed import ListedPatent, ListReading, RowRefusal
from ipfin.registry.listing import interpret
from ipfin.registry.models import Applicant, HeaderMapping, Patent, PatentApplicant
from ipfin.registry.reading import RawTable, ReadLimits, UnreadableFile, read_table
from ipfin.registry.statuses import Flag, LegalStatus, Validity

Progress = Callable[[int, int, Text], None]
_FACTS: tuple[str, ...] = (
    "application_number",
    "publication_root",
    "publication_number",
    "title",
    "kind",
    "filed_on",
    "filing_year",
    "published_on",
    "granted_on",
    "expires_on",
    "ipc_main",
    "ipc_subclasses",
    "claims_count",
    "cited_by_count",
    "cites_count",
    "family_count",
    "industry_codes",
    "strategic_industry",
    "vendor_group",
)
"""Columns that a list fills one by one: a known value is never replaced by an unknown one."""

_STATUS: tuple[str, ...] = (
    "validity",
    "legal_status",
    "flags",
    "tells_flags",
    "is_pledged",
    "was_granted",
    "listed_status",
)
"""Columns that a list fills together: a status is taken whole or not at all."""

# A list with one of these would name a pledge or a freeze if there were one.
_TELL_FLAGS = frozenset({ListField.LEGAL_EVENTS, ListField.PLEDGE_COUNT})

FACT_COLUMNS: tuple[str, ...] = _FACTS + _STATUS


@dataclass(frozen=True, slots=True)
class Standing:
    """A patent as it stands in the registry: its id, day, facts and holders (applicant keys)."""

    id: int
    as_of: date
    facts: Mapping[str, Any]
    holders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What one listed patent does: new, changed (with old and new values) or unchanged."""

    listed: ListedPatent
    outcome: RowOutcome
    facts: Mapping[str, Any]  # of a new patent: all; else the changed ones
    before: Mapping[str, Any] = field(default_factory=dict)
    patent_id: int | None = None


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


def mapping_for(session: Session, table: RawTable) -> ColumnMapping:
    """Return the mapping that a person confirmed for this header, else the proposed one."""
    stored = session.get(HeaderMapping, fingerprint(table.header))
    if stored is not None and stored.mapping.get("kind", ListKind.PATENTS) == ListKind.PATENTS:
        return ColumnMapping.from_json(stored.mapping)
    return propose_mapping(table)


def plan(session: Session, table: RawTable, mapping: ColumnMapping, *, as_of: date) -> Plan:
    """Compare a list with the registry. Reads only.

    Args:
        as_of: the day that the list speaks of.

    Raises:
        BadInput: the mapping lacks what a usable list needs.
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
    reading = interpret(table, mapping, as_of=as_of)
    standing = _standing(session, reading.patents)
    tells_flags = _tells_flags(mapping, reading)
    steps: list[Step] = []
    refusals = list(reading.refusals)
    for listed in reading.patents:
        found = standing.find(listed)
        if isinstance(found, RowRefusal):
            rows = (listed.row, *listed.repeated_rows)
            refusals.extend(
                RowRefusal(row, found.field, found.code, found.message, found.value) for row in rows
            )
        else:
            steps.append(_step(listed, found, as_of, tells_flags=tells_flags))
    return Plan(table, reading, steps, sorted(refusals, key=lambda refusal: refusal.row))


def _tells_flags(mapping: ColumnMapping, reading: ListReading) -> bool:
    # Some vendors put events into the status column: one that shows up proves that the list tells them.
    return bool(_TELL_FLAGS & set(mapping.matches)) or any(listed.flags for listed in reading.patents)


def _step(listed: ListedPatent, standing: Standing | None, as_of: date, *, tells_flags: bool) -> Step:
    told = facts_of(listed, tells_flags=tells_flags)
    owners = tuple(owner.key for owner in listed.owners)
    if standing is None:
        return Step(listed, RowOutcome.NEW, told)
    is_newer = as_of >= standing.as_of
    changes = dict(_changes(standing.facts, told, is_newer=is_newer))
    before = {name: standing.facts[name] for name in changes}
    if is_newer and owners and owners != standing.holders:
        changes["holders"] = owners
        before["holders"] = standing.holders
    outcome = RowOutcome.CHANGED if changes else RowOutcome.UNCHANGED
    return Step(listed, outcome, changes, before, standing.id)


def _changes(old: Mapping[str, Any], told: Mapping[str, Any], *, is_newer: bool) -> Mapping[str, Any]:
    changes: dict[str, Any] = {}
    for name in _FACTS:
        value = told[name]
        if value in (None, "") or value == old[name]:
            continue
        if is_newer or old[name] in (None, ""):
            changes[name] = value
    if is_newer and _tells_status(told):
        for name in _STATUS:
            # A grant that happened stays a fact, whatever a later list leaves out.
            value = told[name] or old[name] if name == "was_granted" else told[name]
            if value != old[name]:
                changes[name] = value
    return changes


def _tells_status(told: Mapping[str, Any]) -> bool:
    is_silent = told["validity"] is Validity.UNKNOWN and told["legal_status"] is LegalStatus.UNKNOWN
    return not is_silent or bool(told["flags"])


def facts_of(listed: ListedPatent, *, tells_flags: bool) -> dict[str, Any]:
    """Return the columns of `Patent` that one listed patent tells.

    Args:
        tells_flags: whether the list has a column of legal events or pledges at all.
    """
    subclasses = dict.fromkeys(code[:4] for code in (listed.ipc_main, *listed.ipc_all) if len(code) >= 4)
    return {
        "application_number": listed.application_number,
        "publication_root": listed.publication_root,
        "publication_number": listed.publication_number or "",
        "title": listed.title[:500],
        "kind": listed.patent_kind,
        "filed_on": listed.filed_on,
        "filing_year": listed.filing_year or (listed.filed_on.year if listed.filed_on else None),
        "published_on": listed.published_on,
        "granted_on": listed.granted_on,
        "expires_on": listed.expires_on,
        "was_granted": listed.was_granted,
        "ipc_main": listed.ipc_main[:40],
        "ipc_subclasses": " ".join(subclasses)[:400],
        "claims_count": listed.claims_count,
        "cited_by_count": listed.cited_by_count,
        "cites_count": listed.cites_count,
        "family_count": listed.family_count,
        "industry_codes": " ".join(listed.industry_codes)[:400],
        "strategic_industry": " ".join(listed.strategic_industry)[:400],
        "vendor_group": listed.standard_applicant[:400],
        "validity": listed.validity,
        "legal_status": listed.legal_status,
        "flags": " ".join(sorted(flag.value for flag in listed.flags)),
        "tells_flags": tells_flags,
        "is_pledged": Flag.PLEDGED in listed.flags,
        "listed_status": listed.status_said[:400],
    }


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
            return _clash(listed)
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
    columns = [table.c[name] for name in FACT_COLUMNS]
    rows = session.execute(select(table.c.id, table.c.as_of, *columns).where(condition)).all()
    fresh = [row for row in rows if row[0] not in into]
    holders = _holders(session, [row[0] for row in fresh])
    for row in fresh:
        facts = dict(zip(FACT_COLUMNS, row[2:], strict=True))
        into[row[0]] = Standing(row[0], row[1], facts, tuple(holders.get(row[0], ())))


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
