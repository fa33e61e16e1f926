"""Answering a push, and deciding which pushed firms become candidates. Callers own the transaction.

Every firm that was found is logged on its own timeline, and the push once. A row is answered by exact
identity only: credit code first, then the exact name.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation
from ipfin.accounts.queries import enterprises_visible_to
from ipfin.audit.service import record, record_each
from ipfin.bulk import in_chunks
from ipfin.conduct.models import ConductRecord
from ipfin.conduct.queries import counting_on, last_consultations, term_rules
from ipfin.conduct.rules import ConductCode
from ipfin.consent.levels import INSTITUTIONS, Reader
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import Conflict, NotAllowed
from ipfin.kernel.public_id import new_public_id
from ipfin.kernel.reasons import checked_reason
from ipfin.kernel.text import _
from ipfin.lists.identity import KnownFirms, identify
from ipfin.lists.queries import known_firms
from ipfin.notices.service import tell_role
from ipfin.pushes.answers import Answer, Known, LineState, Match, answer_for
from ipfin.pushes.models import CandidatePush, PushLine
from ipfin.pushes.rows import MOST_ROWS_A_DAY, PushedRow
from ipfin.registry.models import Enterprise
from ipfin.whitelist.models import Admission
from ipfin.whitelist.queries import in_force
from ipfin.whitelist.scoring import Grade
from ipfin.whitelist.service import propose_candidate

LONGEST_NOTE = 200


def push_candidates(
    session: Session, actor: Actor, rows: Sequence[PushedRow], *, note: str, on: date
) -> CandidatePush:
    """Keep what an institution sent and answer each row with the agreed facts of day `on`.

    Raises:
        NotAllowed: the actor belongs to no institution.
        Conflict: the institution asked about as many firms today as it may.
    """
    if actor.role not in INSTITUTIONS or actor.organisation_id is None:
        raise NotAllowed(_("只有金融机构可以推送企业。"))
    _refuse_walking(session, actor.organisation_id, len(rows), on)
    matches = _matched(session, actor, rows)
    answers = _answers(session, actor, {firm for _match, firm in matches if firm is not None}, on)
    look = last_consultations(session, on).get(ConductCode.E05)
    push = CandidatePush(
        public_id=new_public_id(),
        organisation_id=actor.organisation_id,
        note=note.strip()[:LONGEST_NOTE],
        made_on=on,
        made_by_user_id=actor.user_id,
        made_by=actor.name,
        made_at=now_utc(),
        rows_count=len(rows),
        found_count=len(answers),
        looked_on=look.consulted_on if look else None,
    )
    session.add(push)
    session.flush()
    session.add_all(
        _line(push, row, match, firm, answers) for row, (match, firm) in zip(rows, matches, strict=True)
    )
    session.flush()
    _log(session, actor, push, answers)
    return push


def _refuse_walking(session: Session, organisation_id: int, rows: int, on: date) -> None:
    """Refuse what would walk through the registry; two pushes at once wait for each other."""
    session.scalars(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update()).one()
    asked = session.scalar(
        select(func.coalesce(func.sum(CandidatePush.rows_count), 0)).where(
            CandidatePush.organisation_id == organisation_id, CandidatePush.made_on == on
        )
    )
    left = MOST_ROWS_A_DAY - int(asked or 0)
    if rows > left:
        raise Conflict(
            _(
                "本机构每天最多推送%(most)s家，今天还可推送%(left)s家。",
                most=MOST_ROWS_A_DAY,
                left=max(left, 0),
            )
        )


def _matched(session: Session, actor: Actor, rows: Sequence[PushedRow]) -> list[tuple[Match, int | None]]:
    """Return for each row how it was found and the firm's id; a firm beyond the reader's reach is none."""
    known = known_firms(session, {row.code for row in rows}, {row.key for row in rows})
    found = [_identified(known, row) for row in rows]
    ids = {firm for _match, firm in found if firm is not None}
    reach: set[int] = set()
    for chunk in in_chunks(sorted(ids)):
        reach.update(
            session.scalars(
                select(Enterprise.id).where(Enterprise.id.in_(chunk), enterprises_visible_to(actor))
            )
        )
    seen: set[int] = set()
    matches: list[tuple[Match, int | None]] = []
    for match, firm in found:
        if firm is None:
            matches.append((match, None))
        elif firm not in reach:
            matches.append((Match.NONE, None))
        elif firm in seen:
            matches.append((Match.REPEATED, None))
        else:
            seen.add(firm)
            matches.append((match, firm))
    return matches


def _identified(known: KnownFirms, row: PushedRow) -> tuple[Match, int | None]:
    if not row.is_readable:
        return Match.UNREADABLE, None
    identity = identify(known, row.code, row.key, row.name)
    if identity.refusal is not None:
        return Match.DIFFERENT, None
    if identity.firm is None:
        return Match.NONE, None
    return (Match.CODE if row.code in known.by_code else Match.NAME), identity.firm.id


def _answers(session: Session, actor: Actor, ids: Collection[int], on: date) -> dict[int, Answer]:
    reader = Reader(role=actor.role)
    counting = counting_on(term_rules(session), on)
    answers: dict[int, Answer] = {}
    for chunk in in_chunks(sorted(ids)):
        grades: dict[int, Grade] = {
            row.enterprise_id: row.grade
            for row in session.execute(
                select(Admission.enterprise_id, Admission.grade).where(
                    Admission.enterprise_id.in_(chunk), in_force(on)
                )
            )
        }
        irregular = set(
            session.scalars(
                select(ConductRecord.enterprise_id).where(
                    ConductRecord.enterprise_id.in_(chunk), ConductRecord.code == ConductCode.E05, counting
                )
            )
        )
        firms = session.execute(
            select(Enterprise.id, Enterprise.valid_count, Enterprise.valid_invention_count).where(
                Enterprise.id.in_(chunk)
            )
        )
        for firm, valid, inventions in firms:
            known = Known(valid, inventions, grades.get(firm), firm in irregular)
            answers[firm] = answer_for(reader, known)
    return answers


def _line(
    push: CandidatePush, row: PushedRow, match: Match, firm: int | None, answers: dict[int, Answer]
) -> PushLine:
    answer = answers[firm] if firm is not None else Answer()
    return PushLine(
        push_id=push.id,
        row_number=row.number,
        said=row.said,
        match=match,
        enterprise_id=firm,
        valid_count=answer.valid,
        invention_count=answer.inventions,
        is_admitted=answer.is_admitted,
        grade=answer.grade,
        is_irregular=answer.is_irregular,
        state=LineState.NOTHING if firm is None else LineState.WAITING,
    )


def _log(session: Session, actor: Actor, push: CandidatePush, firms: Collection[int]) -> None:
    """Log every firm that facts were told of, then the push."""
    told = {"push": push.public_id, "organisation": actor.organisation_name}
    record_each(
        session, actor, "pushes.firm.answered", [(f"enterprise:{firm}", told) for firm in sorted(firms)]
    )
    record(
        session,
        actor,
        "pushes.push.made",
        f"push:{push.id}",
        push=push.public_id,
        rows=push.rows_count,
        found=push.found_count,
    )
    if firms:
        tell_role(
            session,
            [Role.CITY_OFFICER],
            f"push:{push.public_id}",
            _(
                "%(organisation)s推送了%(count)s家企业",
                organisation=actor.organisation_name,
                count=len(firms),
            ),
            _("请确认其中哪些列为下一批白名单的候选。"),
            f"/office/pushes/{push.public_id}",
        )


def decide_lines(
    session: Session,
    actor: Actor,
    push: CandidatePush,
    line_ids: Collection[int],
    *,
    is_confirmed: bool,
    reason: str = "",
    on: date,
) -> int:
    """Make pushed firms candidates of the next round, or decline them with a reason.

    Returns:
        How many were decided; lines that were decided before, or are none of this push, are left alone.

    Raises:
        BadInput: declined without a reason.
        Conflict: nothing was chosen that waits.
    """
    said = "" if is_confirmed else checked_reason(reason, longest=300)
    lines = session.scalars(
        select(PushLine)
        .where(
            PushLine.push_id == push.id, PushLine.id.in_(list(line_ids)), PushLine.state == LineState.WAITING
        )
        .order_by(PushLine.id)
        .with_for_update(of=PushLine)
        .execution_options(populate_existing=True)
    ).all()
    if not lines:
        raise Conflict(_("请选择至少一家待确认的企业。"))
    for line in lines:
        line.state = LineState.CONFIRMED if is_confirmed else LineState.DECLINED
        line.decided_by_user_id, line.decided_by, line.decided_at = actor.user_id, actor.name, now_utc()
        line.decided_reason = said
        if is_confirmed and line.enterprise is not None:
            propose_candidate(
                session,
                actor,
                line.enterprise,
                organisation_id=push.organisation_id,
                organisation_name=push.organisation.name,
                on=on,
            )
    session.flush()
    action = "pushes.lines.confirmed" if is_confirmed else "pushes.lines.declined"
    record(session, actor, action, f"push:{push.id}", push=push.public_id, count=len(lines), reason=said)
    return len(lines)
