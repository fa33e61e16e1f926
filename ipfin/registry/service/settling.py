"""What a person settles: an accepted correction, or which of two sources holds; and taking the latter back.

A correction is written by who accepted it and is told here, so that no list overwrites it. A decision on two
sources writes the value that it takes, and the other one is known to be turned down. Every decision has a
reason and an audit entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.reasons import checked_reason
from ipfin.kernel.text import Text, _
from ipfin.registry.applicants import Applicant as Name
from ipfin.registry.applicants import ApplicantKind
from ipfin.registry.contested import FIRM_COLUMNS, field_label, subject_of
from ipfin.registry.models import (
    Applicant,
    Enterprise,
    EnterpriseFact,
    FactKind,
    FactSource,
    ImportBatch,
    Patent,
    SettledFact,
    SourceConflict,
)
from ipfin.registry.ownership import CONFLICT_LABELS, CONFLICT_LIFECYCLE, HOLDERS, ConflictState
from ipfin.registry.service import holders, holdings, portfolio
from ipfin.registry.service.changes import note_changed

LONGEST_REASON = 300


def settle(
    session: Session,
    actor: Actor,
    field: str,
    *,
    on: date,
    evidence: str,
    patent_id: int | None = None,
    enterprise_id: int | None = None,
    source: FactSource = FactSource.CORRECTION,
    conflict: SourceConflict | None = None,
) -> None:
    """Tell that a person settled a value on day `on`: from now on no list overwrites it by itself."""
    session.add(
        SettledFact(
            patent_id=patent_id,
            enterprise_id=enterprise_id,
            field=field,
            source=source,
            as_of=on,
            evidence=evidence[:300],
            recorded_by=actor.name,
            recorded_at=now_utc(),
            conflict_id=conflict.id if conflict else None,
        )
    )
    session.flush()


def change_holders(
    session: Session, actor: Actor, patent: Patent, applicants: Sequence[int], *, on: date, evidence: str
) -> None:
    """Give a patent other holders by a correction of day `on`, and tell that they are settled."""
    known = holdings.begin_changes(session, [patent.id])
    told_on = patent.holders_as_of or patent.as_of
    touched = portfolio.holders_of(session, [patent.id])
    holdings.exchange(
        session, known, {patent.id: applicants}, days={patent.id: on}, told_on={patent.id: told_on},
        evidence=evidence,
    )  # fmt: skip
    session.execute(
        update(Patent).where(Patent.id == patent.id).values(holders_as_of=on, holders_batch_id=None)
    )
    settle(session, actor, HOLDERS, on=on, evidence=evidence, patent_id=patent.id)
    portfolio.recount(session, touched | portfolio.holders_of(session, [patent.id]))


# --- Two sources that disagree ------------------------------------------------------------------------


def decide(
    session: Session, actor: Actor, conflict: SourceConflict, state: ConflictState, *, reason: str
) -> None:
    """Say which side of a disagreement holds; the registry follows, and later lists respect it.

    Args:
        state: HELD (what stood) or TOLD (the list).

    Raises:
        BadInput: no reason, or a state that is no decision.
        Conflict: the value changed since, so that this is no longer what people disagree about.
        InvalidTransition: somebody decided before.
    """
    said = checked_reason(reason, longest=LONGEST_REASON)
    if state not in (ConflictState.HELD, ConflictState.TOLD):
        raise BadInput(_("请选择一个结论。"))
    conflict = _locked(session, conflict)
    following = CONFLICT_LIFECYCLE.advance(conflict.state, state)
    _move(session, actor, conflict, _wants_told(conflict, following))
    conflict.state, conflict.reason = following, said
    conflict.decided_by_user_id, conflict.decided_by = actor.user_id, actor.name
    conflict.decided_at = now_utc()
    session.flush()
    if following is ConflictState.TOLD:
        _end_settled(session, conflict)
    if conflict.field == HOLDERS:
        days = [date.fromisoformat(side["as_of"]) for side in (conflict.held, conflict.told)]
        settle(
            session, actor, HOLDERS, on=max(days), evidence=said, patent_id=conflict.patent_id,
            source=FactSource.OFFICE, conflict=conflict,
        )  # fmt: skip
    _record(session, actor, conflict, "registry.conflict.decided", CONFLICT_LABELS[following], said)


def reopen(session: Session, actor: Actor, conflict: SourceConflict, *, reason: str) -> None:
    """Take a decision back: what held before it holds again, and the disagreement waits anew.

    Raises:
        BadInput: no reason.
        Conflict: the value changed since the decision.
        InvalidTransition: it is open.
    """
    said = checked_reason(reason, longest=LONGEST_REASON)
    conflict = _locked(session, conflict)
    if conflict.state is ConflictState.SUPERSEDED:
        raise Conflict(_("这一项已被后来的名单取代，不能重新决定。"))
    was = conflict.state
    following = CONFLICT_LIFECYCLE.advance(was, ConflictState.OPEN)
    session.execute(delete(SettledFact).where(SettledFact.conflict_id == conflict.id))
    session.execute(
        update(SettledFact)
        .where(SettledFact.ended_by_conflict_id == conflict.id)
        .values(ended_by_conflict_id=None)
    )
    _move(session, actor, conflict, _wants_told(conflict, following))
    conflict.state, conflict.reason, conflict.decided_by = following, "", ""
    conflict.decided_by_user_id = conflict.decided_at = None
    session.flush()
    _record(session, actor, conflict, "registry.conflict.reopened", CONFLICT_LABELS[was], said)


def _wants_told(conflict: SourceConflict, state: ConflictState) -> bool:
    """Whether the list's value holds in a state."""
    return state is ConflictState.TOLD or (state is ConflictState.OPEN and conflict.takes_effect)


def _move(session: Session, actor: Actor, conflict: SourceConflict, to_told: bool) -> None:
    """Let the value of one side hold.

    Raises:
        Conflict: the registry holds the value of neither side.
    """
    if _wants_told(conflict, conflict.state) == to_told:
        return
    if conflict.field == HOLDERS:
        _move_holders(session, conflict, to_told)
    elif conflict.field in FIRM_COLUMNS:
        _move_column(session, conflict, to_told)
    else:
        _move_fact(session, actor, conflict, to_told)


def _changed_since() -> Conflict:
    return Conflict(_("这一项的现值已被后来的名单或更正改变，请刷新后按现值处理。"))


def _move_holders(session: Session, conflict: SourceConflict, to_told: bool) -> None:
    patent = session.get_one(Patent, conflict.patent_id)
    known = holdings.begin_changes(session, [patent.id])
    present = {holding.applicant_id for holding in known.get(patent.id, ())}
    batch = session.get_one(ImportBatch, conflict.batch_id)
    told = _told_applicants(session, conflict, batch) if to_told else _ids(session, conflict.told["keys"])
    held = _ids(session, conflict.held["keys"])
    if present != set(held if to_told else told):
        raise _changed_since()
    touched = portfolio.holders_of(session, [patent.id])
    day = date.fromisoformat(conflict.told["as_of"])
    if to_told:
        since = date.fromisoformat(conflict.held["as_of"])
        holdings.exchange(
            session, known, {patent.id: told}, days={patent.id: day}, told_on={patent.id: since},
            batch_id=batch.id,
        )  # fmt: skip
    else:
        holdings.give_back(session, patent.id, held, batch_id=batch.id)
    side = conflict.told if to_told else conflict.held
    batch_id = batch.id if to_told else conflict.held.get("batch")
    values = {"holders_as_of": date.fromisoformat(side["as_of"]), "holders_batch_id": batch_id}
    session.execute(update(Patent).where(Patent.id == patent.id).values(**values))
    portfolio.recount(session, touched | portfolio.holders_of(session, [patent.id]))


def _told_applicants(session: Session, conflict: SourceConflict, batch: ImportBatch) -> list[int]:
    owners = [
        Name(owner["name"], owner["key"], ApplicantKind(owner["kind"])) for owner in conflict.told["owners"]
    ]
    ids = holders.named(session, batch, owners)
    return [ids[key] for key in conflict.told["keys"]]


def _ids(session: Session, keys: Sequence[str]) -> list[int]:
    found = dict(
        session.execute(select(Applicant.name_key, Applicant.id).where(Applicant.name_key.in_(keys))).all()
    )
    return [found[key] for key in keys if key in found]


def _move_column(session: Session, conflict: SourceConflict, to_told: bool) -> None:
    firm = session.get_one(Enterprise, conflict.enterprise_id)
    now, then = (conflict.held, conflict.told) if to_told else (conflict.told, conflict.held)
    present = getattr(firm, conflict.field)
    if str("" if present is None else present) != now["value"]:
        raise _changed_since()
    value: Any = then["value"]
    if conflict.field == "established_on":
        value = date.fromisoformat(value) if value else None
    setattr(firm, conflict.field, value)
    note_changed(session, [firm.id])


def _move_fact(session: Session, actor: Actor, conflict: SourceConflict, to_told: bool) -> None:
    told = conflict.told
    one = (
        EnterpriseFact.enterprise_id == conflict.enterprise_id,
        EnterpriseFact.kind == FactKind(conflict.field),
        EnterpriseFact.as_of == date.fromisoformat(told["as_of"]),
        EnterpriseFact.source == FactSource.LIST,
    )
    fact = session.scalar(select(EnterpriseFact).where(*one))
    if not to_told:
        if fact is None or fact.batch_id != conflict.batch_id:
            raise _changed_since()
        session.delete(fact)
    elif fact is not None:
        raise _changed_since()
    else:
        session.add(
            EnterpriseFact(
                enterprise_id=conflict.enterprise_id,
                kind=FactKind(conflict.field),
                as_of=date.fromisoformat(told["as_of"]),
                source=FactSource.LIST,
                number=Decimal(told["number"]) if told.get("number") else None,
                word=told.get("word", ""),
                evidence="",
                recorded_by=actor.name,
                recorded_at=now_utc(),
                batch_id=conflict.batch_id,
            )
        )
    note_changed(session, [conflict.enterprise_id or 0])
    portfolio.write_search_text(session.get_one(Enterprise, conflict.enterprise_id))


def _end_settled(session: Session, conflict: SourceConflict) -> None:
    """End what a person settled before: the list's value was taken instead."""
    subject = (
        SettledFact.patent_id == conflict.patent_id
        if conflict.patent_id is not None
        else SettledFact.enterprise_id == conflict.enterprise_id
    )
    session.execute(
        update(SettledFact)
        .where(subject, SettledFact.field == conflict.field, SettledFact.ended_by_conflict_id.is_(None))
        .values(ended_by_conflict_id=conflict.id)
    )


def _locked(session: Session, conflict: SourceConflict) -> SourceConflict:
    """Return the row as it stands under the lock: of two people who decide at once, one comes second."""
    statement = select(SourceConflict).where(SourceConflict.id == conflict.id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def _record(
    session: Session, actor: Actor, conflict: SourceConflict, code: str, verdict: Text, reason: str
) -> None:
    """Log a decision on the timelines of the firms that it concerns, else on the patent's own."""
    subjects = [f"enterprise:{conflict.enterprise_id}"] if conflict.enterprise_id else []
    if conflict.patent_id is not None:
        keys = [*conflict.held["keys"], *conflict.told["keys"]]
        firms = session.scalars(
            select(Applicant.enterprise_id)
            .where(Applicant.name_key.in_(keys), Applicant.enterprise_id.is_not(None))
            .distinct()
        )
        subjects = [f"enterprise:{firm_id}" for firm_id in sorted(id_ for id_ in firms if id_)]
        subjects = subjects or [f"patent:{conflict.patent_id}"]
    for subject in subjects:
        record(
            session,
            actor,
            code,
            subject,
            conflict=conflict.id,
            about=subject_of(conflict.patent, conflict.enterprise),
            field=field_label(conflict.field),
            held=conflict.held["value"],
            told=conflict.told["value"],
            verdict=verdict,
            reason=reason,
        )
