"""Names on patents become applicants, firms among them become enterprises.

Resolution here is by exact identity only: a credit code that the list gives for a sole owner, or the
same normalised full name. Everything softer waits for a person (algorithms.md §2).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from ipfin.bulk import in_chunks, insert_rows, take_ids
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import Conflict
from ipfin.kernel.identifiers import parse_credit_code
from ipfin.kernel.public_id import new_public_id
from ipfin.kernel.text import Text, _
from ipfin.registry.applicants import Applicant as Name
from ipfin.registry.applicants import ApplicantKind
from ipfin.registry.intake import Step
from ipfin.registry.listed import ListedPatent
from ipfin.registry.models import (
    Applicant,
    Enterprise,
    EnterpriseMerge,
    ImportBatch,
    MatchCandidate,
    MatchKey,
    PastHolding,
    PatentApplicant,
    Region,
)
from ipfin.registry.queries import stands_for_itself
from ipfin.registry.queries.matching import merged_ids
from ipfin.registry.search import pinyin_key, search_text
from ipfin.registry.service import holdings


class _Mention(Protocol):
    """A place where an owner is named, with what it tells of the owner's code and seat."""

    @property
    def owners(self) -> Sequence[Name]: ...
    @property
    def credit_code(self) -> str: ...
    @property
    def province(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def county(self) -> str: ...
    @property
    def address(self) -> str: ...


# Says what above the registry depends on enterprises that an undo would delete.
Dependents = Callable[[Session, Collection[int]], Sequence[Text]]


def link(session: Session, batch: ImportBatch, written: Iterable[tuple[int, Step]]) -> set[int]:
    """Give each written patent its holders; return the ids of the enterprises that hold one of them."""
    pairs = [(patent_id, step) for patent_id, step in written if step.listed.owners]
    owners = {owner.key: owner for _patent_id, step in pairs for owner in step.listed.owners}
    ids = _applicant_ids(session, batch, owners, _first_mention(pairs))
    changed = {patent_id: step for patent_id, step in pairs if "holders" in step.facts}
    known = holdings.begin_changes(session, changed)
    fresh = [pair for pair in pairs if pair[1].standing is None]
    rows = (
        (patent_id, ids[owner], position, batch.as_of, batch.id)
        for patent_id, step in fresh
        for position, owner in enumerate(dict.fromkeys(owner.key for owner in step.listed.owners))
    )
    insert_rows(session, PatentApplicant, holdings.COLUMNS, rows)
    ids |= _known_applicants(
        session, {key for step in changed.values() for key in step.facts["holders"]} - set(ids)
    )
    wanted = {
        patent_id: [ids[key] for key in step.facts["holders"] if key in ids]
        for patent_id, step in changed.items()
    }
    days = {patent_id: step.facts.get("holders_as_of") or batch.as_of for patent_id, step in changed.items()}
    told = {patent_id: step.before.get("holders_as_of") for patent_id, step in changed.items()}
    holdings.exchange(session, known, wanted, days=days, told_on=told, batch_id=batch.id)
    return _enterprises_of(session, ids.values())


def replace(session: Session, patent_id: int, keys: Sequence[str], batch: ImportBatch) -> set[int]:
    """Give a patent back the holders with these applicant keys, whose time `batch` had ended.

    Return the enterprises among them.
    """
    found = session.execute(select(Applicant.name_key, Applicant.id).where(Applicant.name_key.in_(keys)))
    ids = dict(found.all())
    holdings.give_back(session, patent_id, [ids[key] for key in keys if key in ids], batch_id=batch.id)
    return _enterprises_of(session, ids.values())


def drop_orphans(session: Session, batch: ImportBatch, dependents: Sequence[Dependents]) -> None:
    """Delete the enterprises and applicants that only this batch knew.

    One that was merged away stays, for the undo of its merge.

    Raises:
        Conflict: a merge, or something above the registry, depends on one of the enterprises.
    """
    held = select(PatentApplicant.applicant_id).union(select(PastHolding.applicant_id)).scalar_subquery()
    orphans = list(
        session.scalars(
            select(Enterprise.id).where(
                Enterprise.first_batch_id == batch.id,
                stands_for_itself(),
                ~Enterprise.id.in_(
                    select(Applicant.enterprise_id).where(
                        Applicant.id.in_(held), Applicant.enterprise_id.is_not(None)
                    )
                ),
            )
        )
    )
    reasons = [reason for ask in dependents for reason in ask(session, orphans)] if orphans else []
    if reasons:
        raise Conflict(reasons[0])
    merged = merges_into(session, orphans)
    if merged:
        raise Conflict(merged[0])
    for chunk in in_chunks(orphans):
        _forget_pairs(session, chunk)
        session.execute(
            update(Applicant).where(Applicant.enterprise_id.in_(chunk)).values(enterprise_id=None)
        )
        session.execute(delete(Enterprise).where(Enterprise.id.in_(chunk)))
    session.execute(delete(Applicant).where(~Applicant.id.in_(held), Applicant.enterprise_id.is_(None)))


def merges_into(session: Session, enterprise_ids: Collection[int]) -> list[Text]:
    """Return a sentence for the first merge that leads to one of these enterprises, none for none."""
    for chunk in in_chunks(enterprise_ids):
        merge = session.scalar(
            select(EnterpriseMerge)
            .where(EnterpriseMerge.into_id.in_(chunk), EnterpriseMerge.undone_at.is_(None))
            .limit(1)
        )
        if merge is not None:
            return [
                _(
                    "%(name)s已并入%(into)s，请先撤销这次归并。",
                    name=merge.merged.name,
                    into=merge.survivor.name,
                )
            ]
    return []


def _forget_pairs(session: Session, ids: Collection[int]) -> None:
    """Drop what was found and decided about enterprises that go; the audit log keeps who decided what."""
    pairs = or_(MatchCandidate.first_id.in_(ids), MatchCandidate.second_id.in_(ids))
    candidates = select(MatchCandidate.id).where(pairs)
    session.execute(delete(EnterpriseMerge).where(EnterpriseMerge.candidate_id.in_(candidates)))
    session.execute(delete(MatchCandidate).where(pairs))
    session.execute(delete(MatchKey).where(MatchKey.enterprise_id.in_(ids)))


def _first_mention(pairs: Sequence[tuple[int, Step]]) -> dict[str, ListedPatent]:
    """Return each owner's first listed patent, if possible one held alone: only that tells its place."""
    mentions: dict[str, ListedPatent] = {}
    for _patent_id, step in pairs:
        for owner in step.listed.owners:
            known = mentions.get(owner.key)
            if known is None or (len(known.owners) > 1 and len(step.listed.owners) == 1):
                mentions[owner.key] = step.listed
    return mentions


def _applicant_ids(
    session: Session, batch: ImportBatch, owners: dict[str, Name], mentions: Mapping[str, _Mention]
) -> dict[str, int]:
    known = _known_applicants(session, owners)
    fresh = [owner for key, owner in owners.items() if key not in known]
    firms = _enterprise_ids(session, batch, [o for o in fresh if o.kind is ApplicantKind.COMPANY], mentions)
    ids = take_ids(session, Applicant, len(fresh))
    insert_rows(
        session,
        Applicant,
        ("id", "name", "name_key", "kind", "enterprise_id"),
        ((i, o.name[:300], o.key[:300], o.kind, firms.get(o.key)) for i, o in zip(ids, fresh, strict=True)),
    )
    known.update({owner.key: applicant_id for owner, applicant_id in zip(fresh, ids, strict=True)})
    return known


def _known_applicants(session: Session, keys: Collection[str]) -> dict[str, int]:
    known: dict[str, int] = {}
    for chunk in in_chunks(keys):
        rows = session.execute(select(Applicant.name_key, Applicant.id).where(Applicant.name_key.in_(chunk)))
        known.update(dict(rows.all()))
    return known


@dataclass(frozen=True, slots=True)
class _NameAlone:
    """What is known of an owner of whom only the name was kept."""

    owners: tuple[Name, ...] = ()
    credit_code: str = ""
    province: str = ""
    city: str = ""
    county: str = ""
    address: str = ""


def named(session: Session, batch: ImportBatch, owners: Sequence[Name]) -> dict[str, int]:
    """Return the applicants of these names by key, made with their firms where nobody knew them."""
    return _applicant_ids(
        session, batch, {owner.key: owner for owner in owners}, {owner.key: _NameAlone() for owner in owners}
    )


def _enterprise_ids(
    session: Session, batch: ImportBatch, firms: Sequence[Name], mentions: Mapping[str, _Mention]
) -> dict[str, int]:
    """Return the enterprise of each firm's name: one that is there, or a new one."""
    gone = merged_ids(session)
    found = _known(session, Enterprise.name_key, [firm.key for firm in firms])
    found = {key: gone.get(enterprise_id, enterprise_id) for key, enterprise_id in found.items()}
    codes = {firm.key: _own_code(mentions[firm.key]) for firm in firms if firm.key not in found}
    by_code = _known(session, Enterprise.credit_code, [code for code in codes.values() if code])
    fresh: list[tuple[Name, str]] = []
    for firm in firms:
        if firm.key in found:
            continue
        code = codes[firm.key]
        if code and code in by_code:
            found[firm.key] = gone.get(by_code[code], by_code[code])
            continue
        fresh.append((firm, code))
        if code:
            by_code[code] = -len(fresh)  # a second name of the same code in this list: place in `fresh`
    ids = take_ids(session, Enterprise, len(fresh))
    regions = _regions(session)
    rows = (
        (enterprise_id, *_new_enterprise(batch, firm, mentions[firm.key], code, regions))
        for enterprise_id, (firm, code) in zip(ids, fresh, strict=True)
    )
    insert_rows(session, Enterprise, ("id", *_NEW_ENTERPRISE), rows)
    found.update({firm.key: enterprise_id for enterprise_id, (firm, _code) in zip(ids, fresh, strict=True)})
    return {key: value if value > 0 else ids[-value - 1] for key, value in found.items()}


def _known(session: Session, column: InstrumentedAttribute[Any], values: Sequence[str]) -> dict[str, int]:
    """Return value -> enterprise id for the values of `column` that are there."""
    known: dict[str, int] = {}
    for chunk in in_chunks(values):
        rows = session.execute(select(column, Enterprise.id).where(column.in_(chunk)))
        known.update(dict(rows.all()))
    return known


def _own_code(mention: _Mention) -> str:
    """Return the credit code that a list gives for a sole owner; with several nobody can tell whose it is."""
    return mention.credit_code if len(mention.owners) == 1 else ""


_NO_PATENTS = {
    "is_synthetic": False,
    "industry_code": "",
    "patent_count": 0,
    "granted_count": 0,
    "valid_count": 0,
    "valid_invention_count": 0,
    "valid_utility_count": 0,
    "valid_design_count": 0,
    "pledged_count": 0,
    "pending_count": 0,
    "unknown_count": 0,
}
_NEW_ENTERPRISE = (
    "public_id",
    "name",
    "name_key",
    "credit_code",
    "credit_code_checks",
    "region_code",
    "locality",
    "address",
    "search_text",
    "pinyin_key",
    "as_of",
    "first_batch_id",
    "created_at",
    *_NO_PATENTS,
)


def _new_enterprise(
    batch: ImportBatch, firm: Name, mention: _Mention, code: str, regions: dict[str, str]
) -> tuple[Any, ...]:
    """Return the values of a new enterprise in the order of `_NEW_ENTERPRISE`."""
    is_alone = len(mention.owners) == 1
    # A list gives one place for a patent; with several owners nobody can tell whose it is.
    place = [mention.province, mention.city, mention.county] if is_alone else []
    name = firm.name[:200]
    return (
        new_public_id(),
        name,
        firm.key[:200],
        code or None,
        parse_credit_code(code).check_is_right if code else None,
        _region_of(place, regions),
        " ".join(dict.fromkeys(part for part in place if part))[:120],
        mention.address[:300] if is_alone else "",
        search_text(name, code or None),
        pinyin_key(name),
        batch.as_of,
        batch.id,
        now_utc(),
        *_NO_PATENTS.values(),
    )


def _regions(session: Session) -> dict[str, str]:
    return {name: code for code, name in session.execute(select(Region.code, Region.name))}


def _region_of(place: Sequence[str], regions: dict[str, str]) -> str | None:
    """Return the code of the smallest place that the region tree knows by this very name."""
    for name in reversed([part for part in place if part]):
        if name in regions:
            return regions[name]
    return None


def _enterprises_of(session: Session, applicant_ids: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for chunk in in_chunks(applicant_ids):
        rows = session.scalars(
            select(Applicant.enterprise_id).where(
                Applicant.id.in_(chunk), Applicant.enterprise_id.is_not(None)
            )
        )
        found.update(value for value in rows if value is not None)
    return found
