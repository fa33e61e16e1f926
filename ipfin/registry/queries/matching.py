"""Reading pairs of enterprises that may be one: records to compare, the queue, merges that stand.

Decides what of the registry a comparison sees; what follows from it is decided in `resolution`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from ipfin.bulk import in_chunks
from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.kernel.text import _
from ipfin.registry.lifecycle import MatchState
from ipfin.registry.models import (
    BETWEEN_NAMES,
    Applicant,
    Enterprise,
    EnterpriseFact,
    EnterpriseMerge,
    FactKind,
    MatchCandidate,
    Patent,
    PatentApplicant,
    Region,
)
from ipfin.registry.queries import held_by, keyset, stands_for_itself
from ipfin.registry.resolution.divisions import Divisions, divisions_of
from ipfin.registry.resolution.evidence import FirmRecord, Together
from ipfin.registry.resolution.firm_names import parse_firm_name, plain
from ipfin.registry.resolution.survivor import Hold

# Says what above the registry binds each of these enterprises.
Holds = Callable[[Session, Collection[int]], Mapping[int, Sequence[Hold]]]


def known_divisions(session: Session) -> Divisions:
    """Return the divisions of the registry with the provinces and prefectures of the country."""
    return divisions_of(session.scalars(select(Region.name)))


def merged_ids(session: Session) -> dict[int, int]:
    """Return, for every enterprise that was merged away, the one that stands for it in the end."""
    steps = session.execute(
        select(EnterpriseMerge.from_id, EnterpriseMerge.into_id).where(EnterpriseMerge.undone_at.is_(None))
    )
    into: dict[int, int] = dict(steps.all())
    return {gone: _end_of(into, gone) for gone in into}


def _end_of(into: Mapping[int, int], gone: int) -> int:
    """Follow the edges; a merge into an enterprise that is merged itself is refused, so they end."""
    place = gone
    while place in into:
        place = into[place]
    return place


def records(session: Session, enterprise_ids: Collection[int], divisions: Divisions) -> dict[int, FirmRecord]:
    """Return the record to compare of each enterprise; its other names count as former ones."""
    found: dict[int, FirmRecord] = {}
    for chunk in in_chunks(sorted(enterprise_ids)):
        names: defaultdict[int, set[str]] = defaultdict(set)
        rows = session.execute(
            select(Applicant.enterprise_id, Applicant.name).where(Applicant.enterprise_id.in_(chunk))
        )
        for enterprise_id, written in rows:
            names[enterprise_id or 0].add(plain(written))
        told = session.execute(
            select(EnterpriseFact.enterprise_id, EnterpriseFact.word).where(
                EnterpriseFact.enterprise_id.in_(chunk), EnterpriseFact.kind == FactKind.FORMER_NAMES
            )
        )
        for firm_id, former in told:
            names[firm_id].update(map(plain, former.split(BETWEEN_NAMES)))
        for firm in session.scalars(select(Enterprise).where(Enterprise.id.in_(chunk))):
            name = parse_firm_name(firm.name, divisions)
            found[firm.id] = FirmRecord(
                id=firm.id,
                shown=firm.name,
                name=name,
                credit_code=firm.credit_code or "",
                code_checks=bool(firm.credit_code_checks),
                former=frozenset(names[firm.id] - {name.full}),
                region_code=firm.region_code or "",
                address=firm.address,
            )
    return found


def together(session: Session, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Together]:
    """Return what the patents say of each pair: how many list both, how many partners both have had."""
    ids = {enterprise_id for pair in pairs for enterprise_id in pair}
    patents: defaultdict[int, set[int]] = defaultdict(set)
    partners: defaultdict[int, set[int]] = defaultdict(set)
    own, beside = aliased(PatentApplicant), aliased(PatentApplicant)
    partner = aliased(Applicant)
    for chunk in in_chunks(sorted(ids)):
        held = (
            select(Applicant.enterprise_id, own.patent_id)
            .join(own, own.applicant_id == Applicant.id)
            .where(Applicant.enterprise_id.in_(chunk))
        )
        for enterprise_id, patent_id in session.execute(held):
            patents[enterprise_id or 0].add(patent_id)
        others = (
            select(Applicant.enterprise_id, beside.applicant_id, partner.enterprise_id)
            .join(own, own.applicant_id == Applicant.id)
            .join(beside, and_(beside.patent_id == own.patent_id, beside.applicant_id != own.applicant_id))
            .join(partner, partner.id == beside.applicant_id)
            .where(Applicant.enterprise_id.in_(chunk))
            .distinct()
        )
        for enterprise_id, applicant_id, theirs in session.execute(others):
            if theirs != enterprise_id:
                partners[enterprise_id or 0].add(applicant_id)
    return {
        (a, b): Together(
            patents=len(patents[a] & patents[b]),
            partners=len(partners[a] & partners[b]),
            known=bool(patents[a] and patents[b]),
        )
        for a, b in pairs
    }


def not_merged(enterprise_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Return the condition that the enterprise of this id stands for itself."""
    standing = select(EnterpriseMerge.from_id).where(EnterpriseMerge.undone_at.is_(None))
    return enterprise_id.not_in(standing)


def _pair_visible(visible: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that the actor sees both: a pair shows everything of either."""
    seen = select(Enterprise.id).where(visible)
    return and_(MatchCandidate.first_id.in_(seen), MatchCandidate.second_id.in_(seen))


def _waiting(state: MatchState, visible: ColumnElement[bool]) -> ColumnElement[bool]:
    where = and_(MatchCandidate.state == state, _pair_visible(visible))
    if state is MatchState.SAME:
        return where
    # A pair with a firm that was merged elsewhere meanwhile waits until that merge is undone.
    return and_(where, not_merged(MatchCandidate.first_id), not_merged(MatchCandidate.second_id))


def candidates_page(
    session: Session, visible: ColumnElement[bool], state: MatchState, *, cursor: str | None, size: int = 50
) -> Page[MatchCandidate]:
    """Return one page of pairs in a state: identities, then the most alike."""
    place = decode_cursor(cursor, order="alike", types=(int,)) if cursor else None
    where = _waiting(state, visible)
    statement = keyset(
        select(MatchCandidate).where(where), MatchCandidate.priority, MatchCandidate.id, place,
        ascending=False, size=size,
    ).options(joinedload(MatchCandidate.first), joinedload(MatchCandidate.second))  # fmt: skip
    rows = session.scalars(statement).all()
    total = session.scalar(select(func.count()).select_from(MatchCandidate).where(where))
    return page_of(
        rows, size=size, cursor=place, place=lambda pair: ((pair.priority,), pair.id), order="alike",
        total=total,
    )  # fmt: skip


def all_candidates(
    session: Session, visible: ColumnElement[bool], state: MatchState, *, most: int
) -> Sequence[MatchCandidate]:
    """Return the pairs that `candidates_page` pages through, at most `most`: what an export holds."""
    return session.scalars(
        select(MatchCandidate)
        .where(_waiting(state, visible))
        .options(joinedload(MatchCandidate.first), joinedload(MatchCandidate.second))
        .order_by(MatchCandidate.priority.desc(), MatchCandidate.id.desc())
        .limit(most)
    ).all()


def candidate_counts(session: Session, visible: ColumnElement[bool]) -> dict[MatchState, int]:
    """Return how many pairs there are in each state."""
    return {
        state: session.scalar(
            select(func.count()).select_from(MatchCandidate).where(_waiting(state, visible))
        )
        or 0
        for state in MatchState
    }


def candidate_by_id(session: Session, visible: ColumnElement[bool], candidate_id: int) -> MatchCandidate:
    """Return a pair.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    found = session.scalar(
        select(MatchCandidate).where(MatchCandidate.id == candidate_id, _pair_visible(visible))
    )
    if found is None:
        raise NotFound(_("没有这一对企业，或您无权查看。"))
    return found


def next_open(session: Session, visible: ColumnElement[bool], after: MatchCandidate) -> MatchCandidate | None:
    """Return the open pair that follows `after` in the queue, else the first one, else None."""
    place = (MatchCandidate.priority < after.priority) | and_(
        MatchCandidate.priority == after.priority, MatchCandidate.id < after.id
    )
    waiting = select(MatchCandidate).where(_waiting(MatchState.OPEN, visible), MatchCandidate.id != after.id)
    ordered = waiting.order_by(MatchCandidate.priority.desc(), MatchCandidate.id.desc()).limit(1)
    return session.scalar(ordered.where(place)) or session.scalar(ordered)


def patents_in_common(session: Session, first_id: int, second_id: int, *, most: int = 20) -> Sequence[Patent]:
    """Return patents that list both enterprises, the latest filing first."""
    return session.scalars(
        select(Patent)
        .where(Patent.id.in_(held_by(first_id)), Patent.id.in_(held_by(second_id)))
        .order_by(Patent.filing_year.desc(), Patent.id.desc())
        .limit(most)
    ).all()


def latest_patents(session: Session, enterprise_id: int, *, most: int = 5) -> Sequence[Patent]:
    """Return the latest patents of an enterprise."""
    return session.scalars(
        select(Patent)
        .where(Patent.id.in_(held_by(enterprise_id)))
        .order_by(Patent.filing_year.desc(), Patent.id.desc())
        .limit(most)
    ).all()


def names_on_patents(session: Session, enterprise_id: int) -> Sequence[str]:
    """Return the applicants' names that are taken for this enterprise."""
    return session.scalars(
        select(Applicant.name).where(Applicant.enterprise_id == enterprise_id).order_by(Applicant.name)
    ).all()


def partners_of(session: Session, enterprise_id: int, *, most: int = 10) -> Sequence[tuple[str, int]]:
    """Return (name, patents) of those who applied together with an enterprise, the most frequent first."""
    theirs = Applicant.enterprise_id.is_(None) | (Applicant.enterprise_id != enterprise_id)
    count = func.count(PatentApplicant.patent_id.distinct())
    rows = session.execute(
        select(Applicant.name, count)
        .join(PatentApplicant, PatentApplicant.applicant_id == Applicant.id)
        .where(PatentApplicant.patent_id.in_(held_by(enterprise_id)), theirs)
        .group_by(Applicant.name)
        .order_by(count.desc(), Applicant.name)
        .limit(most)
    )
    return [(name, patents) for name, patents in rows]


def merges_page(
    session: Session, visible: ColumnElement[bool], *, cursor: str | None, size: int = 50
) -> Page[EnterpriseMerge]:
    """Return one page of merges, standing and undone, the latest first."""
    place = decode_cursor(cursor, order="merged", types=(int,)) if cursor else None
    seen = select(Enterprise.id).where(visible)
    where = and_(EnterpriseMerge.into_id.in_(seen), EnterpriseMerge.from_id.in_(seen))
    statement = keyset(
        select(EnterpriseMerge).where(where), EnterpriseMerge.id, EnterpriseMerge.id, place,
        ascending=False, size=size,
    ).options(joinedload(EnterpriseMerge.merged), joinedload(EnterpriseMerge.survivor))  # fmt: skip
    rows = session.scalars(statement).all()
    return page_of(rows, size=size, cursor=place, place=lambda merge: ((merge.id,), merge.id), order="merged")


def standing_merge_of(session: Session, candidate_id: int) -> EnterpriseMerge | None:
    """Return the merge that a pair's decision made and that still stands."""
    return session.scalar(
        select(EnterpriseMerge).where(
            EnterpriseMerge.candidate_id == candidate_id, EnterpriseMerge.undone_at.is_(None)
        )
    )


def stands_for(session: Session, visible: ColumnElement[bool], public_id: str) -> Enterprise | None:
    """Return the enterprise that stands for a merged-away one at this address, if the actor sees it."""
    gone = session.scalar(
        select(Enterprise.id).where(Enterprise.public_id == public_id, ~stands_for_itself())
    )
    if gone is None:
        return None
    return session.scalar(select(Enterprise).where(Enterprise.id == merged_ids(session)[gone], visible))
