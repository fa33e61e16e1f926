"""A business-register list compared with the registry: new firms, changed ones, facts of its day.

Decides which value wins: of two lists the later one, a known value over an unknown one. Every fact is
dated; a newer one is added, an older one stays. A firm whose name the list has changed is renamed only
when the list says that the known name is a former one; what else disagrees is refused (`identity`). A value
that a person settled is never written over (`settled`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from ipfin.kernel.text import _
from ipfin.lists.cells import Cells
from ipfin.lists.columns import Columns
from ipfin.lists.facts import FACT_FIELDS, Told, fact_changes
from ipfin.lists.identity import Identity, KnownFirm, identify, key_of
from ipfin.lists.plan import FactWrite, ListPlan, Reading, Step
from ipfin.lists.queries import known_firms, listed_facts, region_codes, settled_values
from ipfin.lists.register.fields import SHAPE
from ipfin.lists.register.rows import ListedFirm, read_firms
from ipfin.lists.register.settled import Settled, contest_sentence, contested
from ipfin.lists.service.room import Room
from ipfin.lists.service.writing import firms_built_on, undo_firms, write_firms
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.models import BETWEEN_NAMES, FactKind
from ipfin.registry.reading import RawTable

_LONGEST_WORD: Final = 200
_FIELD_OF: Final = {"region_code": "county", "locality": "county", "industry_code": "industry"}

Found = tuple[ListedFirm, Identity]


@dataclass(frozen=True, slots=True)
class _Day:
    """What a comparison of one list stands on: its day and the codes of the divisions by name."""

    as_of: date
    regions: Mapping[str, str]
    settled: Mapping[int, Mapping[str, Settled]] = field(default_factory=dict)


def plan(session: Session, table: RawTable, columns: Columns, as_of: date) -> ListPlan:
    """Return what the list would do; reads only."""
    cells = Cells(table, columns)
    listed = read_firms(cells, as_of)
    known = known_firms(session, {f.credit_code for f in listed}, {f.key for f in listed})
    found = [
        (firm, identify(known, firm.credit_code, firm.key, firm.name, frozenset(map(key_of, firm.former))))
        for firm in listed
    ]
    taken = _without_refused(cells, found)
    ids = {identity.firm.id for _firm, identity in taken if identity.firm}
    standing = listed_facts(session, ids, tuple(map(FactKind, FACT_FIELDS)))
    day = _Day(as_of, region_codes(session), settled_values(session, ids))
    steps = [
        _known(firm, identity, identity.firm, standing.get(identity.firm.id, {}), day)
        if identity.firm
        else _new(firm, day)
        for firm, identity in taken
    ]
    for (firm, _identity), step in zip(taken, steps, strict=True):
        for contest in step.contests:
            cells.doubt(
                firm.place,
                FACT_FIELDS.get(contest.field, _FIELD_OF.get(contest.field, contest.field)),
                contest.code,
                contest_sentence(contest),
                contest.told["value"],
            )
    figures = {"firms": len(steps), "facts": sum(len(step.facts) for step in steps)}
    return ListPlan(table, Reading(columns, cells.count, cells.doubts, cells.refusals(), figures), steps)


def _without_refused(cells: Cells, found: Sequence[Found]) -> list[Found]:
    """Refuse what has no clear identity, and a second row that leads to the same firm; return the rest."""
    first: dict[int, ListedFirm] = {}
    taken: list[Found] = []
    for firm, identity in found:
        match = identity.firm
        if identity.refusal is not None:
            field = "credit_code" if firm.credit_code else "name"
            _refuse(cells, firm, field, identity.code, identity.refusal)
        elif match is not None and first.setdefault(match.id, firm) is not firm:
            why = _(
                "与第%(first)s行指向库中同一企业“%(name)s”，请核对后保留一行。",
                first=first[match.id].row,
                name=match.name,
            )
            _refuse(cells, firm, "name", "same_firm_twice", why)
        else:
            taken.append((firm, identity))
            if identity.is_doubled:
                said = _("“%(name)s”在库中另有一条记录，写入后列入“企业归并”待确认。", name=firm.name)
                cells.doubt(firm.place, "former_names", "two_records", said, firm.name)
    return taken


def _refuse(cells: Cells, firm: ListedFirm, field: str, code: str, why: Any) -> None:
    rows = {firm.row, *firm.repeated}
    places = [place for place, row in enumerate(cells.rows) if row in rows] if firm.repeated else [firm.place]
    for place in places:
        cells.refuse(place, field, code, why, firm.credit_code if field == "credit_code" else firm.name)


# --- What a row does -------------------------------------------------------------------------------


def _told(firm: ListedFirm) -> dict[str, Told]:
    """Return the dated facts that a row tells, by kind."""
    told = {
        "legal_form": Told(firm.legal_form),
        "operating_status": Told(firm.status),
        "former_names": Told(BETWEEN_NAMES.join(firm.former)[:_LONGEST_WORD]),
    }
    if firm.capital is not None:
        told["registered_capital"] = Told(firm.capital.currency, firm.capital.amount)
    return {kind: value for kind, value in told.items() if value}


def _columns(firm: ListedFirm, day: _Day) -> dict[str, Any]:
    """Return the columns of an enterprise that a row tells; unknown ones are left out."""
    told = {
        "region_code": _region(firm, day.regions),
        "locality": " ".join(dict.fromkeys(filter(None, firm.places)))[:120],
        "address": firm.address,
        "industry_code": firm.industry[:12],
        "established_on": firm.established_on,
    }
    return {name: value for name, value in told.items() if value}


def _region(firm: ListedFirm, regions: Mapping[str, str]) -> str:
    """Return the code of the division: by the county's name, else where the firm is registered.

    A city as the list names it is the last resort, because lists name it for firms of its counties too.
    """
    _province, city, county = firm.places
    registered = regions.get(firm.credit_code[2:8], "")
    named = (regions.get(county, ""), registered, regions.get(city, ""), regions.get(f"{city}市", ""))
    return next(filter(None, named), "")


def _new(firm: ListedFirm, day: _Day) -> Step:
    columns = {
        "name": firm.name[:200],
        "name_key": firm.key,
        "credit_code": firm.credit_code or None,
        "credit_code_checks": firm.code_checks,
        **_columns(firm, day),
    }
    facts = tuple(
        FactWrite(kind, day.as_of, word=told.word, number=told.number) for kind, told in _told(firm).items()
    )
    shown = {"name": firm.name, "credit_code": firm.credit_code}
    return Step(firm.row, RowOutcome.NEW, None, columns, facts, {}, shown, firm.repeated)


def _known(
    firm: ListedFirm, identity: Identity, match: KnownFirm, standing: Mapping[Any, Any], day: _Day
) -> Step:
    is_newer = match.as_of is None or day.as_of >= match.as_of
    columns = {
        name: value
        for name, value in _columns(firm, day).items()
        if value != getattr(match, name)
        and (not getattr(match, name) or (is_newer and _says(firm, match, name)))
    }
    if firm.credit_code and not match.credit_code:
        columns |= {"credit_code": firm.credit_code, "credit_code_checks": firm.code_checks}
    if identity.is_renamed and is_newer:
        columns |= {"name": firm.name[:200], "name_key": firm.key}
    told = _told(firm)
    if identity.is_renamed or identity.is_doubled:
        told["former_names"] = _with_names(firm, match, identity)
    settled = day.settled.get(match.id, {})
    contests = contested(settled, _columns(firm, day), told, day.as_of)
    columns = {name: value for name, value in columns.items() if name not in settled}
    before, after = _shown(match, columns)
    told = {kind: value for kind, value in told.items() if kind not in settled}
    facts, old, new = fact_changes(told, standing, day.as_of)
    outcome = RowOutcome.CHANGED if columns or facts else RowOutcome.UNCHANGED
    return Step(
        firm.row, outcome, match.id, columns, facts, before | old, after | new, firm.repeated, contests
    )


def _says(firm: ListedFirm, match: KnownFirm, name: str) -> bool:
    """Whether a row speaks of a known column clearly enough to replace it.

    Where a firm is registered does not say where it works: without the county, its known place stays. So
    does a fuller wording of the same place.
    """
    if name not in ("region_code", "locality"):
        return True
    county = firm.places[-1]
    return bool(county) and (name == "region_code" or county not in match.locality)


def _with_names(firm: ListedFirm, match: KnownFirm, identity: Identity) -> Told:
    """Return the former names with the one that the registry knew, or knows elsewhere."""
    other = match.name if identity.is_renamed else firm.name
    names = dict.fromkeys((*firm.former, other))
    return Told(BETWEEN_NAMES.join(names)[:_LONGEST_WORD])


def _shown(match: KnownFirm, columns: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the old and the new values by the list's fields, as people read them."""
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for name, value in columns.items():
        if name in ("name_key", "credit_code_checks") or (name == "region_code" and "locality" in columns):
            continue
        field = _FIELD_OF.get(name, name)
        before[field], after[field] = str(getattr(match, name) or ""), str(value)
    return before, after


ROOM = Room(SHAPE, plan, write_firms, firms_built_on, undo_firms, brings_names=True)
