"""Deciding on two enterprises that may be one: the same, two firms, not sure; and taking a merge back.

A merge is an edge. The enterprise that is merged away keeps its row; the applicants whose names stand on
patents point to the survivor instead, its dated facts follow where the survivor has none of that kind, day
and source, and so do its tags and what a person settled of its facts; what packages above keep of an
enterprise follows, whole or unless the survivor has the same. The edge keeps which rows, so that an undo
gives back exactly those. Which of the two stays, and when none may, is decided in `resolution.survivor`.
Every decision has a reason and an audit entry on the timelines of both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from ipfin.audit.service import record
from ipfin.bulk import in_chunks
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.reasons import checked_reason
from ipfin.kernel.text import Text, _
from ipfin.registry.lifecycle import MATCH_LABELS, MATCH_LIFECYCLE, MatchState
from ipfin.registry.models import (
    Applicant,
    Enterprise,
    EnterpriseFact,
    EnterpriseMerge,
    EnterpriseTag,
    FactKind,
    MatchCandidate,
    SettledFact,
    SourceConflict,
)
from ipfin.registry.queries.matching import Holds, merged_ids
from ipfin.registry.resolution.survivor import Side, possible_survivors
from ipfin.registry.service import portfolio

LONGEST_REASON = 300
# A table of a package above whose rows belong to an enterprise: they have `id` and `enterprise_id`.
Table = type[Any]


@dataclass(frozen=True, slots=True)
class Unless:
    """A table whose rows follow, but for those that a row of the survivor is in the way of: they stay.

    Args:
        in_the_way: the condition on a row, given the survivor's id.
    """

    table: Table
    in_the_way: Callable[[int], ColumnElement[bool]]


Follower = Table | Unless


def sides_of(session: Session, candidate: MatchCandidate, holds: Sequence[Holds]) -> tuple[Side, Side]:
    """Return the two records as the rules of a merge see them.

    Args:
        holds: each says what above the registry binds an enterprise.
    """
    ids = (candidate.first_id, candidate.second_id)
    bound = [ask(session, ids) for ask in holds]
    firms = (candidate.first, candidate.second)
    one, other = (
        Side(
            id=firm.id,
            name=firm.name,
            credit_code=firm.credit_code or "",
            code_checks=bool(firm.credit_code_checks),
            patents=firm.patent_count,
            holds=tuple(hold for found in bound for hold in found.get(firm.id, ())),
        )
        for firm in firms
    )
    return one, other


def decide_same(
    session: Session,
    actor: Actor,
    candidate: MatchCandidate,
    *,
    survivor_id: int,
    reason: str,
    holds: Sequence[Holds],
    follows: Sequence[Follower],
) -> EnterpriseMerge:
    """Merge the two enterprises of a pair; the one that is not `survivor_id` is merged away.

    Args:
        holds: each says what above the registry binds an enterprise.
        follows: tables above the registry whose rows go with an enterprise.

    Raises:
        BadInput: no reason, or a survivor that is none of the two or may not be it.
        Conflict: the rules allow no merge, or one of the two is merged already.
        InvalidTransition: somebody decided on the pair before.
    """
    said = checked_reason(reason, longest=LONGEST_REASON)
    candidate = _locked(session, candidate)
    state = MATCH_LIFECYCLE.advance(candidate.state, MatchState.SAME)
    _refuse_merged(session, candidate)
    allowed = possible_survivors(*sides_of(session, candidate, holds))
    if survivor_id not in {candidate.first_id, candidate.second_id}:
        raise BadInput(_("请选择保留哪一条记录。"), field="survivor")
    if survivor_id not in allowed:
        kept = candidate.first if candidate.first_id in allowed else candidate.second
        raise BadInput(_("按规则须保留%(name)s，请改选。", name=kept.name), field="survivor")
    first_stays = survivor_id == candidate.first_id
    into = candidate.first if first_stays else candidate.second
    gone = candidate.second if first_stays else candidate.first
    merge = EnterpriseMerge(
        from_id=gone.id,
        into_id=into.id,
        candidate_id=candidate.id,
        moved=_move(session, gone.id, into.id, follows),
        reason=said,
        merged_by_user_id=actor.user_id,
        merged_by=actor.name,
        merged_at=now_utc(),
    )
    session.add(merge)
    _note(candidate, actor, state, said)
    session.flush()
    _settle(session, gone, into)
    names = {"name": gone.name, "into": into.name, "reason": said}
    record(session, actor, "registry.match.merged", f"enterprise:{into.id}", merge=merge.id, **names)
    record(session, actor, "registry.match.merged", f"enterprise:{gone.id}", merge=merge.id, **names)
    return merge


def decide_otherwise(
    session: Session, actor: Actor, candidate: MatchCandidate, state: MatchState, *, reason: str
) -> None:
    """Say that two enterprises are different, or that it cannot be told yet.

    Raises:
        BadInput: no reason.
        InvalidTransition: somebody decided on the pair before.
    """
    said = checked_reason(reason, longest=LONGEST_REASON)
    candidate = _locked(session, candidate)
    _note(candidate, actor, MATCH_LIFECYCLE.advance(candidate.state, state), said)
    session.flush()
    _record_decision(session, actor, candidate, MATCH_LABELS[state], said)


def reopen(session: Session, actor: Actor, candidate: MatchCandidate, *, reason: str) -> None:
    """Put a pair that was said to be two firms back into the queue.

    Raises:
        BadInput: no reason.
        Conflict: a merge stands on the pair; undo that.
        InvalidTransition: the pair is open.
    """
    said = checked_reason(reason, longest=LONGEST_REASON)
    candidate = _locked(session, candidate)
    if candidate.state is MatchState.SAME:
        raise Conflict(_("这一对已经归并，请撤销归并。"))
    _open_again(candidate)
    session.flush()
    _record_decision(session, actor, candidate, MATCH_LABELS[MatchState.OPEN], said)


def undo_merge(
    session: Session, actor: Actor, merge: EnterpriseMerge, *, reason: str, follows: Sequence[Follower]
) -> None:
    """Take a merge back: what it moved, and nothing else, belongs to the other enterprise again.

    Patents that came in later under one of the moved names go back with the name.

    Args:
        follows: the tables that were given to `decide_same`.

    Raises:
        BadInput: no reason.
        Conflict: it was undone already, or the survivor was itself merged into a third since.
    """
    said = checked_reason(reason, longest=LONGEST_REASON)
    merge = session.scalars(
        select(EnterpriseMerge)
        .where(EnterpriseMerge.id == merge.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if merge.undone_at is not None:
        raise Conflict(_("这次归并已经撤销。"))
    later = session.scalar(
        select(EnterpriseMerge).where(
            EnterpriseMerge.from_id == merge.into_id, EnterpriseMerge.undone_at.is_(None)
        )
    )
    if later is not None:
        raise Conflict(
            _(
                "%(name)s后来又并入%(into)s，请先撤销那一次。",
                name=merge.survivor.name,
                into=later.survivor.name,
            )
        )
    gone, into = merge.merged, merge.survivor
    for model in _moving(follows):
        for chunk in in_chunks(merge.moved.get(model.__tablename__, ())):
            session.execute(
                update(model)
                .where(model.id.in_(chunk), model.enterprise_id == into.id)
                .values(enterprise_id=gone.id)
            )
    merge.undone_by_user_id, merge.undone_by = actor.user_id, actor.name
    merge.undone_at, merge.undone_reason = now_utc(), said
    _open_again(_locked(session, merge.candidate))
    session.flush()
    _settle(session, gone, into)
    names = {"name": gone.name, "into": into.name, "reason": said}
    record(session, actor, "registry.match.undone", f"enterprise:{into.id}", merge=merge.id, **names)
    record(session, actor, "registry.match.undone", f"enterprise:{gone.id}", merge=merge.id, **names)


def _locked(session: Session, candidate: MatchCandidate) -> MatchCandidate:
    """Return the pair as it stands under the lock: of two people who decide at once, one comes second."""
    statement = select(MatchCandidate).where(MatchCandidate.id == candidate.id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def _refuse_merged(session: Session, candidate: MatchCandidate) -> None:
    gone = merged_ids(session)
    for firm in (candidate.first, candidate.second):
        if firm.id in gone:
            raise Conflict(
                _(
                    "%(name)s已并入%(into)s，请先撤销那一次。",
                    name=firm.name,
                    into=session.get_one(Enterprise, gone[firm.id]).name,
                )
            )


def _moving(follows: Sequence[Follower]) -> tuple[Table, ...]:
    above = (each.table if isinstance(each, Unless) else each for each in follows)
    return (Applicant, EnterpriseFact, EnterpriseTag, SettledFact, SourceConflict, *above)


def _move(session: Session, gone_id: int, into_id: int, follows: Sequence[Follower]) -> dict[str, list[int]]:
    """Let everything that can follow point to the survivor; return which rows, by table."""
    fact, tag = aliased(EnterpriseFact), aliased(EnterpriseTag)
    same_fact = (fact.kind == EnterpriseFact.kind, fact.as_of == EnterpriseFact.as_of,
                 fact.source == EnterpriseFact.source,
                 or_(fact.kind != FactKind.TITLE, fact.word == EnterpriseFact.word))  # fmt: skip
    # What was settled of a column stays with the record that has the column.
    settled = aliased(SettledFact)
    kinds = [kind.value for kind in FactKind]
    in_the_way: dict[Table, ColumnElement[bool]] = {
        EnterpriseFact: exists().where(fact.enterprise_id == into_id, *same_fact),
        EnterpriseTag: exists().where(tag.enterprise_id == into_id, tag.name == EnterpriseTag.name),
        SettledFact: or_(
            SettledFact.field.not_in(kinds),
            exists().where(settled.enterprise_id == into_id, settled.field == SettledFact.field),
        ),
        SourceConflict: SourceConflict.field.not_in(kinds),
        **{each.table: each.in_the_way(into_id) for each in follows if isinstance(each, Unless)},
    }
    moved: dict[str, list[int]] = {}
    for model in _moving(follows):
        statement = select(model.id).where(model.enterprise_id == gone_id)
        if model in in_the_way:
            statement = statement.where(~in_the_way[model])
        ids = list(session.scalars(statement))
        for chunk in in_chunks(ids):
            session.execute(update(model).where(model.id.in_(chunk)).values(enterprise_id=into_id))
        moved[model.__tablename__] = ids
    return moved


def _settle(session: Session, gone: Enterprise, into: Enterprise) -> None:
    """Count both portfolios anew; the survivor is found by the names that were merged into it."""
    session.expire_all()
    portfolio.write_search_text(into)
    portfolio.recount(session, {gone.id, into.id})


def _note(candidate: MatchCandidate, actor: Actor, state: MatchState, reason: str) -> None:
    candidate.state, candidate.reason = state, reason
    candidate.decided_by_user_id, candidate.decided_by = actor.user_id, actor.name
    candidate.decided_at = now_utc()


def _open_again(candidate: MatchCandidate) -> None:
    candidate.state = MATCH_LIFECYCLE.advance(candidate.state, MatchState.OPEN)
    candidate.reason, candidate.decided_by = "", ""
    candidate.decided_by_user_id = candidate.decided_at = None


def _record_decision(
    session: Session, actor: Actor, candidate: MatchCandidate, verdict: Text, reason: str
) -> None:
    first, second = candidate.first, candidate.second
    for firm in (first, second):
        record(
            session,
            actor,
            "registry.match.decided",
            f"enterprise:{firm.id}",
            first=first.name,
            second=second.name,
            verdict=verdict,
            reason=reason,
        )
