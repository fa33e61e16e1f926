"""Use cases of a round: prepare it, submit it, publish it as a second person, end an admission.

A sheet that was decided on is never recomputed. Nobody publishes what he submitted himself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.bulk import in_chunks
from ipfin.kernel.actor import Actor
from ipfin.kernel.calendar import add_months
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import _
from ipfin.whitelist.admission import (
    ROUND_LIFECYCLE,
    EntryOutcome,
    RoundState,
    outcome_for,
    require_second_person,
)
from ipfin.whitelist.models import Admission, RoundEntry, ScoreRun, ScoreSheet, WhitelistRound
from ipfin.whitelist.queries import entry_counts, firm_facts, gates_of
from ipfin.whitelist.scorecard import Scenario
from ipfin.whitelist.scoring import Grade

VALID_MONTHS = 12  # a proposal of ours (experience.md §d, clocks), set per round


def prepare_round(
    session: Session,
    actor: Actor,
    run: ScoreRun,
    *,
    title: str,
    minimum_grade: Grade = Grade.C,
    valid_from: date,
    valid_months: int = VALID_MONTHS,
) -> WhitelistRound:
    """Draft a round from a score run: every scored firm is a candidate with an outcome and its reasons.

    Args:
        minimum_grade: the lowest grade that is admitted (A to D; never "unrated").
        valid_from: the first day on which the admissions hold.

    Raises:
        BadInput: no title, an impossible line or span.
        Conflict: another round is still open, or the run was made for another use than the whitelist.
    """
    if run.card_version.scenario is not Scenario.WHITELIST:
        raise Conflict(_("这次评分不是用白名单的评分卡作出的，不能据以编制白名单。"))
    if not title.strip():
        raise BadInput(_("请填写批次名称。"), field="title")
    if minimum_grade is Grade.UNRATED:
        raise BadInput(_("入选线须为A至D中的一级：资料不足的企业不能入选。"), field="minimum_grade")
    if not 1 <= valid_months <= 36:
        raise BadInput(_("有效期须为1至36个月。"), field="valid_months")
    open_number = session.scalar(
        select(WhitelistRound.number).where(WhitelistRound.state.in_(ROUND_LIFECYCLE.open_states))
    )
    if open_number is not None:
        raise Conflict(_("第%(number)s批尚未办结，请先发布或撤回。", number=open_number))
    number = (session.scalar(select(func.max(WhitelistRound.number))) or 0) + 1
    round_ = WhitelistRound(
        number=number,
        title=title.strip()[:200],
        state=RoundState.DRAFT,
        run_id=run.id,
        minimum_grade=minimum_grade,
        valid_from=valid_from,
        valid_until=add_months(valid_from, valid_months),
        prepared_by=actor.name,
        created_at=now_utc(),
    )
    session.add(round_)
    session.flush()
    _write_entries(session, round_, run, minimum_grade)
    record(
        session, actor, "whitelist.round.prepared", f"round:{round_.id}", number=number, title=round_.title
    )
    return round_


def _write_entries(session: Session, round_: WhitelistRound, run: ScoreRun, minimum_grade: Grade) -> None:
    sheets = session.execute(
        select(ScoreSheet.enterprise_id, ScoreSheet.id, ScoreSheet.grade).where(ScoreSheet.run_id == run.id)
    ).all()
    facts = firm_facts(session, [row.enterprise_id for row in sheets], run.data_as_of)
    gates = gates_of(session, facts, run.data_as_of)
    for chunk in in_chunks(sheets):
        session.add_all(
            _entry(round_.id, row, gates[row.enterprise_id].blocks, minimum_grade) for row in chunk
        )
    session.flush()


def _entry(round_id: int, row: object, blocks: Sequence[object], minimum_grade: Grade) -> RoundEntry:
    sheet_id, enterprise_id, grade = row.id, row.enterprise_id, row.grade  # type: ignore[attr-defined]
    sentences = [block.sentence for block in blocks]  # type: ignore[attr-defined]
    outcome, reasons = outcome_for(grade, sentences, minimum_grade)
    return RoundEntry(
        round_id=round_id,
        enterprise_id=enterprise_id,
        sheet_id=sheet_id,
        outcome=outcome,
        reasons=[reason.as_json() for reason in reasons],
    )


def submit_round(session: Session, actor: Actor, round_: WhitelistRound) -> None:
    """Hand a drafted round to a second person.

    Raises:
        InvalidTransition: it is not a draft.
    """
    round_.state = ROUND_LIFECYCLE.advance(round_.state, RoundState.SUBMITTED)
    round_.submitted_by_user_id = actor.user_id
    round_.submitted_by = actor.name
    round_.submitted_at = now_utc()
    session.flush()
    record(session, actor, "whitelist.round.submitted", f"round:{round_.id}", number=round_.number)


def publish_round(session: Session, actor: Actor, round_: WhitelistRound, *, note: str = "") -> int:
    """Approve and publish a submitted round; return how many firms it admits.

    Earlier admissions of the same firms end where the new ones begin.

    Raises:
        NotAllowed: the approver is the person who submitted.
        InvalidTransition: it is not submitted.
    """
    state = ROUND_LIFECYCLE.advance(round_.state, RoundState.PUBLISHED)
    require_second_person(round_.submitted_by_user_id, actor.user_id)
    round_.state = state
    round_.approved_by_user_id = actor.user_id
    round_.approved_by = actor.name
    round_.published_at = now_utc()
    round_.decision_note = note[:500]
    session.flush()
    admitted = _admit(session, round_)
    record(
        session,
        actor,
        "whitelist.round.published",
        f"round:{round_.id}",
        number=round_.number,
        admitted=admitted,
        submitted_by=round_.submitted_by,
        approved_by=actor.name,
    )
    return admitted


def _admit(session: Session, round_: WhitelistRound) -> int:
    entries = session.execute(
        select(RoundEntry.enterprise_id, RoundEntry.sheet_id, ScoreSheet.grade, ScoreSheet.graded_e4)
        .join(ScoreSheet, ScoreSheet.id == RoundEntry.sheet_id)
        .where(RoundEntry.round_id == round_.id, RoundEntry.outcome == EntryOutcome.ADMITTED)
    ).all()
    reason = str(_("由第%(number)s批替换", number=round_.number))
    for chunk in in_chunks(entries):
        session.execute(
            update(Admission)
            .where(
                Admission.enterprise_id.in_([row.enterprise_id for row in chunk]),
                Admission.ended_on.is_(None),
            )
            .values(ended_on=round_.valid_from, ended_reason=reason)
            .execution_options(synchronize_session=False)
        )
        session.add_all(
            Admission(
                enterprise_id=row.enterprise_id,
                round_id=round_.id,
                sheet_id=row.sheet_id,
                grade=row.grade,
                graded_e4=row.graded_e4,
                valid_from=round_.valid_from,
                valid_until=round_.valid_until,
            )
            for row in chunk
        )
        session.flush()
    return len(entries)


def return_round(session: Session, actor: Actor, round_: WhitelistRound, *, note: str) -> None:
    """Give a submitted round back to its maker with a reason.

    Raises:
        BadInput: without a reason.
    """
    if not note.strip():
        raise BadInput(_("请写明退回的理由。"), field="note")
    round_.state = ROUND_LIFECYCLE.advance(round_.state, RoundState.DRAFT)
    round_.decision_note = note.strip()[:500]
    round_.submitted_by_user_id, round_.submitted_by, round_.submitted_at = None, "", None
    session.flush()
    record(
        session,
        actor,
        "whitelist.round.returned",
        f"round:{round_.id}",
        number=round_.number,
        reason=note[:300],
    )


def withdraw_round(session: Session, actor: Actor, round_: WhitelistRound, *, note: str = "") -> None:
    """Give an unpublished round up.

    Raises:
        InvalidTransition: it is published or given up already.
    """
    round_.state = ROUND_LIFECYCLE.advance(round_.state, RoundState.WITHDRAWN)
    round_.decision_note = note.strip()[:500]
    session.flush()
    record(
        session,
        actor,
        "whitelist.round.withdrawn",
        f"round:{round_.id}",
        number=round_.number,
        reason=round_.decision_note or "—",
    )


def end_admission(session: Session, actor: Actor, admission: Admission, *, on: date, reason: str) -> None:
    """Take a firm off the whitelist from day `on`.

    Raises:
        BadInput: without a reason.
        Conflict: the admission ended already.
    """
    if not reason.strip():
        raise BadInput(_("请写明移出的理由。"), field="reason")
    if admission.ended_on is not None:
        raise Conflict(_("该企业已不在白名单。"))
    admission.ended_on = on
    admission.ended_reason = reason.strip()[:300]
    session.flush()
    record(
        session,
        actor,
        "whitelist.admission.ended",
        f"enterprise:{admission.enterprise_id}",
        name=admission.enterprise.name,
        reason=reason.strip()[:300],
    )


def reconciles(session: Session, round_: WhitelistRound) -> bool:
    """Whether every scored firm is a candidate of the round with exactly one outcome."""
    return sum(entry_counts(session, round_.id).values()) == round_.run.firms_count
