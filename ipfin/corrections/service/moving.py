"""What every step of a request does: lock, move, keep the act, log it, tell the other side."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation
from ipfin.accounts.queries import users_of_roles
from ipfin.audit.service import record
from ipfin.corrections.items import ITEM_LABELS, ITEM_OF_INDICATOR
from ipfin.corrections.models import CorrectionAct, CorrectionRequest
from ipfin.corrections.rules import Progress
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.clock import now_utc
from ipfin.kernel.text import Text, _
from ipfin.notices.service import tell, tell_role
from ipfin.whitelist.indicators import DECLARABLE
from ipfin.whitelist.service.declaring import note_answer


def locked(session: Session, request: CorrectionRequest) -> CorrectionRequest:
    """Return the request as it stands under the lock: of two who decide at once, one comes second."""
    wanted = select(CorrectionRequest).where(CorrectionRequest.id == request.id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def move(request: CorrectionRequest, progress: Progress) -> None:
    """Write what moved."""
    request.state, request.due_on = progress.state, progress.due_on
    request.was_referred, request.paused_on = progress.was_referred, progress.paused_on


def note_answers(session: Session, request: CorrectionRequest, on: date | None) -> None:
    """Note that what the office asked the firm to declare is declared on day `on`; None voids it."""
    for code, item in ITEM_OF_INDICATOR.items():
        if item is request.item and code in DECLARABLE:
            note_answer(session, request.enterprise_id, code, on)


def keep_act(session: Session, actor: Actor, request: CorrectionRequest, action: str, note: str = "") -> None:
    """Keep what was done, and log it on the firm's timeline."""
    session.flush()
    act = CorrectionAct(
        request_id=request.id,
        state=request.state,
        note=note,
        by_user_id=actor.user_id,
        by=actor.name,
        at=now_utc(),
    )
    session.add(act)
    session.flush()
    record(
        session,
        actor,
        f"corrections.request.{action}",
        f"enterprise:{request.enterprise_id}",
        name=request.enterprise.name,
        item=ITEM_LABELS[request.item],
        reason=note,
        request=request.public_id,
        due_on=request.due_on,
    )


def tell_office(session: Session, request: CorrectionRequest, what: str, subject: Text) -> None:
    """Tell the city's officers."""
    tell_role(
        session,
        [Role.CITY_OFFICER],
        f"correction:{request.id}:{what}:{now_utc():%Y%m%d%H%M%S%f}",
        subject,
        _("请在%(day)s前答复。", day=request.due_on.isoformat()),
        f"/office/corrections/{request.public_id}",
    )


def tell_firm(session: Session, request: CorrectionRequest, what: str, subject: Text, body: Text) -> None:
    """Tell the people of the firm."""
    organisation_id = session.scalar(
        select(Organisation.id).where(Organisation.enterprise_id == request.enterprise_id)
    )
    if organisation_id is not None:
        tell(
            session,
            users_of_roles(session, [Role.ENTERPRISE], organisation_ids=[organisation_id]),
            f"correction:{request.id}:{what}:{now_utc():%Y%m%d%H%M%S%f}",
            subject,
            body,
            f"/ent/corrections/{request.public_id}",
        )
