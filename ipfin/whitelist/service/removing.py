"""Taking a firm off the whitelist before its term is over, and reminding of terms that are about to end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import _
from ipfin.notices.service import tell_role
from ipfin.whitelist.admission import is_in_force, last_day
from ipfin.whitelist.models import Admission, WhitelistRound
from ipfin.whitelist.queries import in_force

REMIND_DAYS: Final = 30
"""How many days before the first day without it a term is spoken of. A proposal of ours, to be confirmed."""


def end_admission(session: Session, actor: Actor, admission: Admission, *, on: date, reason: str) -> None:
    """Take a firm off the whitelist from day `on`: that day itself it is no longer listed.

    Raises:
        BadInput: without a reason.
        Conflict: the admission ended already, or does not hold on that day.
    """
    if not reason.strip():
        raise BadInput(_("请写明移出的理由。"), field="reason")
    wanted = select(Admission).where(Admission.id == admission.id).with_for_update()
    found = session.scalars(wanted.execution_options(populate_existing=True)).one()
    if not is_in_force(found.valid_from, found.valid_until, found.ended_on, on):
        raise Conflict(_("该企业已不在白名单。"))
    found.ended_on = on
    found.ended_reason = reason.strip()[:300]
    session.flush()
    record(
        session,
        actor,
        "whitelist.admission.ended",
        f"enterprise:{found.enterprise_id}",
        name=found.enterprise.name,
        reason=found.ended_reason,
    )


def expires_soon(valid_until: date, on: date) -> bool:
    """Whether a term that holds on day `on` ends within the days in which one is reminded."""
    return on < valid_until <= on + timedelta(days=REMIND_DAYS)


def remind_of_expiry(session: Session, *, on: date) -> int:
    """Tell the city's officers of admissions that end within the month, once for a round and its last day.

    Returns:
        How many notices were written.
    """
    rows = session.execute(
        select(WhitelistRound.number, Admission.valid_until, func.count())
        .join(WhitelistRound, WhitelistRound.id == Admission.round_id)
        .where(in_force(on), Admission.valid_until <= on + timedelta(days=REMIND_DAYS))
        .group_by(WhitelistRound.number, Admission.valid_until)
        .order_by(WhitelistRound.number, Admission.valid_until)
    ).all()
    return sum(
        tell_role(
            session,
            [Role.CITY_OFFICER],
            f"whitelist:{number}:expires:{until.isoformat()}",
            _("白名单第%(number)s批即将到期", number=number),
            _(
                "%(count)s家企业的有效期至%(last)s，请安排下一批次。",
                count=count,
                last=last_day(until).isoformat(),
            ),
            f"/office/admissions/?on={last_day(until).isoformat()}",
        )
        for number, until, count in rows
    )
