"""Use cases of declaring: ask a firm, take it back, note that the firm answered."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation
from ipfin.accounts.policy import P, require
from ipfin.accounts.queries import users_of_roles
from ipfin.audit.service import record
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import Text, _, listed
from ipfin.notices.service import tell
from ipfin.registry.models import Enterprise
from ipfin.registry.service import note_changed
from ipfin.whitelist.declarations import checked_codes, checked_due
from ipfin.whitelist.models.declarations import DeclarationRequest
from ipfin.whitelist.queries.declarations import standing_asks
from ipfin.whitelist.scorecard import Scorecard


def ask_to_declare(
    session: Session,
    actor: Actor,
    enterprise: Enterprise,
    codes: Collection[str],
    *,
    due_on: date,
    card: Scorecard,
    on: date,
) -> list[DeclarationRequest]:
    """Ask a firm to declare these indicators; its people find a notice.

    Raises:
        NotAllowed: the actor handles no declarations.
        BadInput: nothing that a firm can declare, or a deadline too near or too far.
        Conflict: one of them is asked for already, or the firm has no account to answer with.
    """
    require(actor, P.OFFICE_CORRECTIONS_WRITE)
    wanted = checked_codes(frozenset(codes))
    checked_due(due_on, on)
    house = session.scalar(
        select(Organisation.id).where(Organisation.enterprise_id == enterprise.id, Organisation.is_active)
    )
    if house is None:
        raise Conflict(_("这家企业还没有平台账户，无法要求其申报；请先邀请企业开通。"))
    if not wanted.isdisjoint(standing_asks(session, enterprise.id)):
        raise Conflict(_("所选指标中有的已要求申报，请先取消原要求。"))
    made = [
        DeclarationRequest(
            enterprise_id=enterprise.id,
            code=code,
            asked_on=on,
            due_on=due_on,
            asked_by_user_id=actor.user_id,
            asked_by=actor.name,
            asked_at=now_utc(),
        )
        for code in sorted(wanted)
    ]
    session.add_all(made)
    note_changed(session, [enterprise.id])
    names = listed([Text(card.indicator(code).name, {}) for code in sorted(wanted)])
    record(
        session,
        actor,
        "whitelist.declaration.asked",
        f"enterprise:{enterprise.id}",
        name=enterprise.name,
        items=names,
        due_on=due_on,
    )
    tell(
        session,
        users_of_roles(session, [Role.ENTERPRISE], organisation_ids=[house]),
        f"declaration:{made[0].id}",
        _("请在%(day)s前申报：%(items)s", day=due_on.isoformat(), items=names),
        _("在“我的评分”中该项下申报并上传证明。截止日当天提交仍算按时；逾期未申报的指标按0分计入评分。"),
        "/ent/score/",
    )
    return made


def take_back(
    session: Session, actor: Actor, request: DeclarationRequest, *, card: Scorecard, on: date
) -> None:
    """Take a request back; from today on it counts no more.

    Raises:
        NotAllowed: the actor handles no declarations.
        Conflict: it was taken back before.
    """
    require(actor, P.OFFICE_CORRECTIONS_WRITE)
    if request.withdrawn_on is not None:
        raise Conflict(_("这项申报要求已取消。"))
    request.withdrawn_on = on
    note_changed(session, [request.enterprise_id])
    record(
        session,
        actor,
        "whitelist.declaration.withdrawn",
        f"enterprise:{request.enterprise_id}",
        name=request.enterprise.name,
        item=Text(card.indicator(request.code).name, {}),
    )


def note_answer(session: Session, enterprise_id: int, code: str, answered_on: date | None) -> None:
    """Note on which day a firm declared an indicator that it is asked for; None voids what was handed in."""
    request = standing_asks(session, enterprise_id).get(code)
    if request is not None:
        request.answered_on = answered_on
        note_changed(session, [enterprise_id])
