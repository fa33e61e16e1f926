"""Who holds, held and is said to hold patents; what a person settled; where sources disagree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from ipfin.bulk import in_chunks
from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.kernel.text import _
from ipfin.registry.contests import Held, Ownership
from ipfin.registry.models import (
    Applicant,
    ImportBatch,
    PastHolding,
    Patent,
    PatentApplicant,
    PatentPledge,
    SettledFact,
    SourceConflict,
)
from ipfin.registry.ownership import HOLDERS, ConflictState
from ipfin.registry.queries import held_by, keyset


def pledges_of(session: Session, patent_ids: Collection[int]) -> dict[int, list[PatentPledge]]:
    """Return the registered pledges of these patents, the latest registration first."""
    found: defaultdict[int, list[PatentPledge]] = defaultdict(list)
    if not patent_ids or session.scalar(select(PatentPledge.id).limit(1)) is None:
        return found
    for chunk in in_chunks(sorted(patent_ids)):
        rows = session.scalars(
            select(PatentPledge)
            .where(PatentPledge.patent_id.in_(chunk))
            .order_by(PatentPledge.registered_on.desc(), PatentPledge.id.desc())
        )
        for row in rows:
            found[row.patent_id].append(row)
    return found


def ownership_of(
    session: Session, differing: Mapping[int, tuple[tuple[str, ...], tuple[str, ...]]]
) -> Ownership:
    """Return what is known of patents whose listed owners are not those that stand.

    Args:
        differing: by patent, the keys of the names that a list tells and of those that stand.
    """
    decided = _decided(session, differing)
    keys = {key for told, held in differing.values() for key in (*told, *held)}
    keys |= {key for turned_down in decided.values() for names in turned_down for key in names}
    settled = settled_of_patents(session, differing)
    held: dict[int, Held] = {}
    for chunk in in_chunks(differing):
        rows = session.execute(
            select(
                Patent.id, Patent.holders_batch_id, Patent.source, ImportBatch.source,
                func.min(PatentApplicant.since),
            )
            .outerjoin(ImportBatch, ImportBatch.id == Patent.holders_batch_id)
            .outerjoin(PatentApplicant, PatentApplicant.patent_id == Patent.id)
            .where(Patent.id.in_(chunk))
            .group_by(Patent.id, ImportBatch.source)
        )  # fmt: skip
        for patent_id, batch_id, own, source, since in rows:
            fact = settled.get(patent_id)
            held[patent_id] = Held(
                source=_source(batch_id, own, source, is_settled=fact is not None),
                since=since,
                batch_id=batch_id,
                settled_on=fact.as_of if fact else None,
                evidence=fact.evidence if fact else "",
                turned_down=decided.get(patent_id, ()),
            )
    return Ownership(persons_of(session, keys), held)


def _source(batch_id: int | None, own: str, told: str | None, *, is_settled: bool) -> str:
    """Return who told the holders: their list, else the patent's own; of a correction no list."""
    if batch_id is not None:
        return told or ""
    return "" if is_settled else own


def persons_of(session: Session, keys: Collection[str]) -> dict[str, str]:
    """Return a word for the legal person that each name is taken for; names of nobody are left out."""
    found: dict[str, str] = {}
    for chunk in in_chunks(sorted(keys)):
        rows = session.execute(
            select(Applicant.name_key, Applicant.enterprise_id).where(
                Applicant.name_key.in_(chunk), Applicant.enterprise_id.is_not(None)
            )
        )
        found.update({key: f"enterprise {enterprise_id}" for key, enterprise_id in rows})
    return found


def settled_of_patents(session: Session, patent_ids: Collection[int]) -> dict[int, SettledFact]:
    """Return who settled the holders of these patents last, where somebody did and it stands."""
    found: dict[int, SettledFact] = {}
    for chunk in in_chunks(sorted(patent_ids)):
        rows = session.scalars(
            select(SettledFact)
            .where(
                SettledFact.patent_id.in_(chunk),
                SettledFact.field == HOLDERS,
                SettledFact.ended_by_conflict_id.is_(None),
            )
            .order_by(SettledFact.as_of, SettledFact.id)
        )
        found.update({row.patent_id: row for row in rows if row.patent_id is not None})
    return found


def settled_of_firms(session: Session, ids: Collection[int]) -> dict[int, dict[str, SettledFact]]:
    """Return who settled values of these enterprises last, by enterprise and field."""
    found: defaultdict[int, dict[str, SettledFact]] = defaultdict(dict)
    for chunk in in_chunks(sorted(ids)):
        rows = session.scalars(
            select(SettledFact)
            .where(SettledFact.enterprise_id.in_(chunk), SettledFact.ended_by_conflict_id.is_(None))
            .order_by(SettledFact.as_of, SettledFact.id)
        )
        for row in rows:
            found[row.enterprise_id or 0][row.field] = row
    return found


def turned_down_of_firms(session: Session, ids: Collection[int]) -> set[tuple[int, str, str]]:
    """Return (enterprise, field, value) of everything that a person decided against."""
    found: set[tuple[int, str, str]] = set()
    for chunk in in_chunks(sorted(ids)):
        rows = session.scalars(
            select(SourceConflict).where(
                SourceConflict.enterprise_id.in_(chunk), SourceConflict.state == ConflictState.HELD
            )
        )
        found.update((row.enterprise_id or 0, row.field, str(row.told["value"])) for row in rows)
    return found


def _decided(session: Session, patent_ids: Collection[int]) -> dict[int, list[tuple[str, ...]]]:
    """Return, by patent, the owners that a person decided against."""
    found: defaultdict[int, list[tuple[str, ...]]] = defaultdict(list)
    for chunk in in_chunks(sorted(patent_ids)):
        rows = session.scalars(
            select(SourceConflict).where(
                SourceConflict.patent_id.in_(chunk),
                SourceConflict.state.in_((ConflictState.HELD, ConflictState.TOLD)),
            )
        )
        for row in rows:
            side = row.told if row.state is ConflictState.HELD else row.held
            found[row.patent_id or 0].append(tuple(side["keys"]))
    return found


# --- For people -------------------------------------------------------------------------------------


def holdings_of(session: Session, patent_id: int) -> Sequence[PatentApplicant]:
    """Return who holds a patent now, in the order of the list."""
    return session.scalars(
        select(PatentApplicant)
        .options(joinedload(PatentApplicant.applicant), joinedload(PatentApplicant.batch))
        .where(PatentApplicant.patent_id == patent_id)
        .order_by(PatentApplicant.position)
    ).all()


def past_holdings_of(session: Session, patent_id: int) -> Sequence[PastHolding]:
    """Return who held a patent before, the latest first."""
    return session.scalars(
        select(PastHolding)
        .options(
            joinedload(PastHolding.applicant),
            joinedload(PastHolding.batch),
            joinedload(PastHolding.ended_by_batch),
        )
        .where(PastHolding.patent_id == patent_id)
        .order_by(PastHolding.until.desc(), PastHolding.position)
    ).all()


def left_patents_of(
    session: Session, enterprise_id: int, *, most: int = 50
) -> Sequence[tuple[Patent, PastHolding]]:
    """Return the patents that an enterprise held before, with the time, the latest to leave first."""
    rows = session.execute(
        select(Patent, PastHolding)
        .join(PastHolding, PastHolding.patent_id == Patent.id)
        .join(Applicant, Applicant.id == PastHolding.applicant_id)
        .where(Applicant.enterprise_id == enterprise_id)
        .order_by(PastHolding.until.desc(), PastHolding.id.desc())
        .limit(most)
    )
    return [(patent, past) for patent, past in rows]


def patent_by_number(session: Session, visible: ColumnElement[bool], number: str) -> Patent:
    """Return a patent by its application number, else by its publication number without the kind.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    named = (Patent.application_number == number) | (Patent.publication_root == number)
    found = session.scalar(select(Patent).where(named, visible).order_by(Patent.id).limit(1))
    if found is None:
        raise NotFound(_("没有这件专利，或您无权查看。"))
    return found


def pledges_of_firm(
    session: Session, enterprise_id: int, *, most: int = 100
) -> Sequence[tuple[Patent, PatentPledge]]:
    """Return the registered pledges of the patents that a firm holds, the latest registration first."""
    rows = session.execute(
        select(Patent, PatentPledge)
        .join(PatentPledge, PatentPledge.patent_id == Patent.id)
        .where(PatentPledge.patent_id.in_(held_by(enterprise_id)))
        .order_by(PatentPledge.registered_on.desc(), PatentPledge.id.desc())
        .limit(most)
    )
    return [(patent, pledge) for patent, pledge in rows]


def conflicts_of_patent(session: Session, patent_id: int) -> Sequence[SourceConflict]:
    """Return every disagreement about a patent, the latest first."""
    return session.scalars(
        select(SourceConflict).where(SourceConflict.patent_id == patent_id).order_by(SourceConflict.id.desc())
    ).all()


def conflicts_page(
    session: Session,
    visible: ColumnElement[bool],
    state: ConflictState,
    *,
    batch_id: int | None = None,
    cursor: str | None = None,
    size: int = 50,
) -> Page[SourceConflict]:
    """Return one page of disagreements in a state, the latest first; of one batch if it is named."""
    place = decode_cursor(cursor, order="latest", types=(int,)) if cursor else None
    where = [visible, SourceConflict.state == state]
    if batch_id is not None:
        where.append(SourceConflict.batch_id == batch_id)
    statement = keyset(
        select(SourceConflict).where(*where), SourceConflict.id, SourceConflict.id, place,
        ascending=False, size=size,
    ).options(joinedload(SourceConflict.patent), joinedload(SourceConflict.enterprise))  # fmt: skip
    total = session.scalar(select(func.count()).select_from(SourceConflict).where(*where))
    rows = session.scalars(statement).all()
    return page_of(
        rows, size=size, cursor=place, place=lambda row: ((row.id,), row.id), order="latest", total=total
    )


def conflict_counts(session: Session, visible: ColumnElement[bool]) -> dict[ConflictState, int]:
    """Return how many disagreements there are in each state."""
    rows = session.execute(
        select(SourceConflict.state, func.count()).where(visible).group_by(SourceConflict.state)
    )
    found: dict[ConflictState, int] = dict(rows.all())
    return {state: found.get(state, 0) for state in ConflictState}


def conflict_by_id(session: Session, visible: ColumnElement[bool], conflict_id: int) -> SourceConflict:
    """Return a disagreement.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    found = session.scalar(select(SourceConflict).where(SourceConflict.id == conflict_id, visible))
    if found is None:
        raise NotFound(_("没有这项来源不一致，或您无权查看。"))
    return found


def next_conflict(
    session: Session, visible: ColumnElement[bool], after: SourceConflict
) -> SourceConflict | None:
    """Return the open disagreement that follows `after`, else the first one, else None."""
    waiting = (
        select(SourceConflict)
        .where(visible, SourceConflict.state == ConflictState.OPEN, SourceConflict.id != after.id)
        .order_by(SourceConflict.id.desc())
        .limit(1)
    )
    return session.scalar(waiting.where(SourceConflict.id < after.id)) or session.scalar(waiting)


def open_conflicts_of_batch(session: Session, batch_id: int) -> int:
    """Return how many disagreements of a batch wait for a decision."""
    return (
        session.scalar(
            select(func.count())
            .select_from(SourceConflict)
            .where(SourceConflict.batch_id == batch_id, SourceConflict.state == ConflictState.OPEN)
        )
        or 0
    )
