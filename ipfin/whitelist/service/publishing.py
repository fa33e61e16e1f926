"""Public notice and publication of a round: by its second person, through `whitelist.publication`.

What the guard says no to is never admitted: the round is refused, or the firm is held back and says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ipfin.audit.service import record, record_each
from ipfin.bulk import in_chunks
from ipfin.conduct.rules import ConductCode
from ipfin.config import Settings
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import Text, _
from ipfin.reference import work_calendar
from ipfin.registry.models import Enterprise
from ipfin.whitelist.admission import (
    ROUND_LIFECYCLE,
    EntryOutcome,
    RoundState,
    require_second_person,
)
from ipfin.whitelist.models import Admission, RoundEntry, ScoreSheet, WhitelistRound
from ipfin.whitelist.notice import Notice, notice_from
from ipfin.whitelist.publication import (
    Candidate,
    GateCover,
    Policy,
    ReviewTally,
    RoundCase,
    Verdict,
    inputs_digest,
    notice_refusals,
    round_refusals,
    verdict,
)
from ipfin.whitelist.queries import cover_of, firm_facts, gates_of, notice_case, objected_firms
from ipfin.whitelist.scoring import Grade
from ipfin.whitelist.service.cards import card_of


def policy_of(settings: Settings) -> Policy:
    """Return what this installation set for its rounds."""
    return Policy(
        consultation_days=settings.register_consultation_days,
        notice_days=settings.notice_working_days,
        not_applicable=frozenset(map(ConductCode, settings.gates_not_applicable)),
    )


NAMED = 3  # so many firms are named in a refusal


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry that the round would admit, with its sheet."""

    entry_id: int
    enterprise_id: int
    sheet_id: int
    grade: Grade
    graded_e4: int
    verdict: Verdict


def open_notice(
    session: Session,
    actor: Actor,
    round_: WhitelistRound,
    *,
    on: date,
    note: str = "",
    policy: Policy = Policy(),  # noqa: B008 - frozen, without state
    screening: Mapping[int, ReviewTally] | None = None,
) -> Notice:
    """Put a submitted round to public notice as its second person; return the notice's days.

    The guard looks at every firm already here: a firm that is held back is not named in public.

    Raises:
        NotAllowed, InvalidTransition, Conflict: see `publish_round`.
    """
    state = ROUND_LIFECYCLE.advance(round_.state, RoundState.NOTICED)
    rows = _reviewed(session, actor, round_, on, policy, screening)
    notice = notice_from(on, work_calendar(session), policy.notice_days)
    if round_.valid_until <= notice.last_day:
        raise Conflict(_("公示期满时有效期已过，请退回后重新编制。"))
    round_.state = state
    round_.notice_from, round_.notice_last_day = notice.begins, notice.last_day
    round_.notice_is_provisional = notice.is_provisional
    round_.noticed_by_user_id, round_.noticed_by = actor.user_id, actor.name
    round_.decision_note = note[:500]
    session.flush()
    named = _hold(session, actor, rows)
    record(
        session,
        actor,
        "whitelist.round.noticed",
        f"round:{round_.id}",
        number=round_.number,
        first=notice.begins,
        last=notice.last_day,
        named=len(named),
    )
    return notice


def publish_round(
    session: Session,
    actor: Actor,
    round_: WhitelistRound,
    *,
    on: date,
    note: str = "",
    policy: Policy = Policy(),  # noqa: B008 - frozen, without state
    screening: Mapping[int, ReviewTally] | None = None,
) -> int:
    """Approve and publish a round whose notice is over on day `on`; return how many firms it admits.

    Every gate, the coverage and the facts are looked at anew on that day. Firms for which something moved
    are held back with the reason; earlier admissions of the admitted end where the new ones begin. No
    admission begins before the day of its publication.

    Args:
        screening: what the agencies' reviewers said, by enterprise; None when the round is not screened.

    Raises:
        NotAllowed: the approver is the person who submitted.
        InvalidTransition: it is not under notice.
        Conflict: the notice is not over or an objection is open, a register was neither consulted nor
            waived, a row contradicts the rules, or the term would be over.
    """
    state = ROUND_LIFECYCLE.advance(round_.state, RoundState.PUBLISHED)
    require_second_person(round_.submitted_by_user_id, actor.user_id)
    refusals = notice_refusals(notice_case(session, round_), on)
    if refusals:
        raise Conflict(_joined(refusals))
    if round_.valid_until <= on:
        raise Conflict(_("有效期已过，不能发布；请退回后重新编制。"))
    rows = _reviewed(session, actor, round_, on, policy, screening)
    round_.state = state
    round_.approved_by_user_id = actor.user_id
    round_.approved_by = actor.name
    round_.published_at = now_utc()
    round_.decision_note = note[:500]
    round_.valid_from = max(round_.valid_from, on)
    session.flush()
    admitted = _hold(session, actor, rows)
    _admit(session, round_, admitted)
    record(
        session,
        actor,
        "whitelist.round.published",
        f"round:{round_.id}",
        number=round_.number,
        admitted=len(admitted),
        held=len(rows) - len(admitted),
        submitted_by=round_.submitted_by,
        approved_by=actor.name,
    )
    return len(admitted)


def _reviewed(
    session: Session,
    actor: Actor,
    round_: WhitelistRound,
    on: date,
    policy: Policy,
    screening: Mapping[int, ReviewTally] | None,
) -> list[_Row]:
    """Return every firm that the round would admit, judged on day `on` in the name of its second person."""
    require_second_person(round_.submitted_by_user_id, actor.user_id)
    cover = cover_of(session, round_, on, policy)
    refusals = round_refusals(RoundCase(round_.submitted_by_user_id, actor.user_id, cover))
    if refusals:
        raise Conflict(_joined(refusals))
    return _judged(session, round_, on, cover, screening)


def see_inputs(session: Session, round_: WhitelistRound, on: date) -> None:
    """Keep what the firms that the round would admit are known by: this is what the second person sees."""
    for chunk in in_chunks(_to_admit(session, round_.id)):
        facts = firm_facts(session, [row.enterprise_id for row in chunk], on)
        session.execute(
            update(RoundEntry),
            [
                {"id": row.id, "inputs_seen": inputs_digest(facts[row.enterprise_id].as_inputs())}
                for row in chunk
            ],
        )
    session.expire_all()


def _to_admit(session: Session, round_id: int) -> Sequence[RoundEntry]:
    return session.scalars(
        select(RoundEntry)
        .where(RoundEntry.round_id == round_id, RoundEntry.outcome == EntryOutcome.ADMITTED)
        .order_by(RoundEntry.id)
    ).all()


def _judged(
    session: Session,
    round_: WhitelistRound,
    on: date,
    cover: GateCover,
    screening: Mapping[int, ReviewTally] | None,
) -> list[_Row]:
    """Return every firm that the round would admit with what stands against it on day `on`.

    Raises:
        Conflict: a row contradicts the rules.
    """
    objected = objected_firms(session, round_.id)
    least_bp = int(card_of(round_.run.card_version).refuse_below * 10_000)
    found: list[_Row] = []
    for chunk in in_chunks(_to_admit(session, round_.id)):
        ids = [entry.enterprise_id for entry in chunk]
        facts = firm_facts(session, ids, on)
        gates = gates_of(session, facts, on, consulted=cover.consulted)
        sheets = {
            sheet.id: sheet
            for sheet in session.execute(
                select(ScoreSheet.id, ScoreSheet.grade, ScoreSheet.graded_e4, ScoreSheet.coverage_bp).where(
                    ScoreSheet.id.in_([entry.sheet_id for entry in chunk])
                )
            )
        }
        for entry in chunk:
            firm, sheet = entry.enterprise_id, sheets[entry.sheet_id]
            candidate = Candidate(
                outcome=entry.outcome,
                grade=sheet.grade,
                coverage_bp=sheet.coverage_bp,
                least_coverage_bp=least_bp,
                minimum_grade=round_.minimum_grade,
                gates=gates[firm],
                inputs_seen=entry.inputs_seen,
                inputs_now=inputs_digest(facts[firm].as_inputs()),
                screening=None if screening is None else screening.get(firm, ReviewTally(0)),
                is_objected=firm in objected,
                is_overridden=entry.is_overridden and entry.override_outcome is EntryOutcome.ADMITTED,
            )
            judged = verdict(candidate, cover)
            found.append(_Row(entry.id, firm, entry.sheet_id, sheet.grade, sheet.graded_e4, judged))
    _refuse_faults(session, [row for row in found if row.verdict.faults])
    return found


def _refuse_faults(session: Session, faulty: Sequence[_Row]) -> None:
    if not faulty:
        return
    ids = [row.enterprise_id for row in faulty[:NAMED]]
    names = session.scalars(select(Enterprise.name).where(Enterprise.id.in_(ids)).order_by(Enterprise.id))
    raise Conflict(
        _(
            "不能发布：%(count)s家企业的入选结论与评分不符（%(firms)s）：%(reason)s",
            count=len(faulty),
            firms="、".join(names),
            reason=faulty[0].verdict.faults[0],
        )
    )


def _joined(refusals: Sequence[Text]) -> Text:
    if len(refusals) == 1:
        return refusals[0]
    return _("%(first)s另有%(count)s项。", first=refusals[0], count=len(refusals) - 1)


def _hold(session: Session, actor: Actor, rows: Sequence[_Row]) -> list[_Row]:
    """Hold firms back for which something moved, and write down what; return the others."""
    for chunk in in_chunks([row for row in rows if row.verdict.moved]):
        session.execute(
            update(RoundEntry),
            [
                {
                    "id": row.entry_id,
                    "outcome": EntryOutcome.HELD,
                    "reasons": [reason.as_json() for reason in row.verdict.moved],
                }
                for row in chunk
            ],
        )
        ids = [row.enterprise_id for row in chunk]
        found = session.execute(select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(ids)))
        names = {row.id: row.name for row in found}
        told = [
            (
                f"enterprise:{row.enterprise_id}",
                {"name": names[row.enterprise_id], "reason": str(row.verdict.moved[0])[:300]},
            )
            for row in chunk
        ]
        record_each(session, actor, "whitelist.entry.held", told)
    session.expire_all()
    return [row for row in rows if not row.verdict.moved]


def _admit(session: Session, round_: WhitelistRound, rows: Sequence[_Row]) -> None:
    reason = str(_("由第%(number)s批替换", number=round_.number))
    for chunk in in_chunks(rows):
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
