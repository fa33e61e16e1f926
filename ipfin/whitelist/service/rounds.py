"""Use cases of a round before it is published: prepare it, submit it, return it, give it up.

A sheet that was decided on is never recomputed. Publication stands in `publishing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.bulk import in_chunks
from ipfin.conduct.rules import ConductCode
from ipfin.kernel.actor import Actor
from ipfin.kernel.calendar import add_months
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import _
from ipfin.whitelist.admission import ROUND_LIFECYCLE, RoundState, outcome_for
from ipfin.whitelist.models import GateWaiver, RoundEntry, ScoreRun, ScoreSheet, WhitelistRound
from ipfin.whitelist.queries import entry_counts, firm_facts, gates_of, open_overrides
from ipfin.whitelist.scorecard import Scenario
from ipfin.whitelist.scoring import Grade
from ipfin.whitelist.service.proposing import release_proposals, take_proposals
from ipfin.whitelist.service.publishing import see_inputs

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
    take_proposals(session, round_.id)
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


def submit_round(session: Session, actor: Actor, round_: WhitelistRound, *, on: date) -> None:
    """Hand a drafted round to a second person, with the facts of day `on` that it rests on.

    Raises:
        InvalidTransition: it is not a draft.
        Conflict: an override waits for its second person.
    """
    state = ROUND_LIFECYCLE.advance(round_.state, RoundState.SUBMITTED)
    waiting = open_overrides(session, round_.id)
    if waiting:
        raise Conflict(_("还有%(count)s项人工调整没有第二人确认。", count=waiting))
    round_.state = state
    round_.submitted_by_user_id = actor.user_id
    round_.submitted_by = actor.name
    round_.submitted_at = now_utc()
    session.flush()
    see_inputs(session, round_, on)
    record(session, actor, "whitelist.round.submitted", f"round:{round_.id}", number=round_.number)


def waive_register(
    session: Session, actor: Actor, round_: WhitelistRound, code: ConductCode, *, reason: str
) -> None:
    """Let a drafted round do without a look into a register, on the actor's word.

    The second person sees who waived it and why. Saying it again replaces the reason.

    Raises:
        BadInput: without a reason.
        Conflict: the round is no draft any more.
    """
    if not reason.strip():
        raise BadInput(_("请写明不查询的理由。"), field="reason")
    if round_.state is not RoundState.DRAFT:
        raise Conflict(_("批次提交后不能再登记不查询的说明，请先退回。"))
    waiver = session.scalar(
        select(GateWaiver).where(GateWaiver.round_id == round_.id, GateWaiver.code == code)
    ) or GateWaiver(round_id=round_.id, code=code)
    waiver.reason = reason.strip()[:300]
    waiver.waived_by_user_id, waiver.waived_by = actor.user_id, actor.name
    waiver.waived_at = now_utc()
    session.add(waiver)
    session.flush()
    record(
        session,
        actor,
        "whitelist.gate.waived",
        f"round:{round_.id}",
        number=round_.number,
        code=code.value,
        reason=waiver.reason,
    )


def return_round(session: Session, actor: Actor, round_: WhitelistRound, *, note: str) -> None:
    """Give a round that is submitted or under notice back to its maker with a reason.

    Raises:
        BadInput: without a reason.
    """
    if not note.strip():
        raise BadInput(_("请写明退回的理由。"), field="note")
    round_.state = ROUND_LIFECYCLE.advance(round_.state, RoundState.DRAFT)
    round_.decision_note = note.strip()[:500]
    round_.submitted_by_user_id, round_.submitted_by, round_.submitted_at = None, "", None
    round_.notice_from = round_.notice_last_day = round_.noticed_by_user_id = None
    round_.noticed_by, round_.notice_is_provisional = "", False
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
    release_proposals(session, round_.id)
    record(
        session,
        actor,
        "whitelist.round.withdrawn",
        f"round:{round_.id}",
        number=round_.number,
        reason=round_.decision_note or "—",
    )


def reconciles(session: Session, round_: WhitelistRound) -> bool:
    """Whether every scored firm is a candidate of the round with exactly one outcome."""
    return sum(entry_counts(session, round_.id).values()) == round_.run.firms_count
