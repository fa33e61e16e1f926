"""What whoever signed up is told at each step of a registration: how it stands, when, where, whom to call.

Decides the sentences; who the people are, and where a notice leads, is decided in `telling`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from ipfin.config import Settings, settings_from_environment
from ipfin.events.lifecycle import EventState, RegistrationState
from ipfin.events.models import Event, Registration
from ipfin.events.queries import waiting_place
from ipfin.events.replying import moment
from ipfin.events.service.telling import tell_each
from ipfin.kernel.text import Text, _, listed

CALENDAR_OF: Final = "/events/{public_id}.ics"  # the public page of the event hands it out


def tell_confirmed(
    session: Session, event: Event, rows: Sequence[Registration], lead: Text, *, settings: Settings | None
) -> None:
    """Tell that the seat is confirmed; `lead` says why, e.g. that somebody else called off.

    Once the timetable is out, also that no talk is planned for the house yet, and how to get one.
    """
    subject = _("“%(title)s”的参会名额已确认", title=event.title)
    _tell(
        session,
        event,
        [(row, subject, _("%(lead)s参会人：%(person)s。%(talks)s", lead=lead, person=persons_of(row),
                          talks=_talks(event))) for row in rows],
        key="confirmed",
        settings=settings,
    )  # fmt: skip


def tell_waiting(
    session: Session, event: Event, rows: Sequence[Registration], *, settings: Settings | None, key: str = ""
) -> None:
    """Tell that all seats are taken, and the place in the queue."""
    subject = _("“%(title)s”的报名已进入候补", title=event.title)
    news = []
    for row in rows:
        lead = _(
            "名额已满，贵单位候补第%(place)d位；有名额空出时按报名先后递补，并通知您。",
            place=waiting_place(session, row),
        )
        news.append((row, subject, lead))
    _tell(session, event, news, key=f"waiting{key}", settings=settings)


def tell_pending(
    session: Session,
    event: Event,
    row: Registration,
    *,
    unknown: Sequence[Text] = (),
    settings: Settings | None,
) -> None:
    """Tell that the office looks at the registration first, and at what when something is not known."""
    subject = _("“%(title)s”的报名已收到，待审核", title=event.title)
    lead = _("主办方审核后通知您结果；审核通过且有名额的即时确认，名额已满的按报名先后候补。")
    if unknown:
        lead = _("库中没有贵企业的%(what)s，由主办方核实。%(lead)s", what=listed(unknown), lead=lead)
    _tell(session, event, [(row, subject, lead)], key="pending", settings=settings)


def tell_rejected(session: Session, event: Event, row: Registration, *, settings: Settings | None) -> None:
    """Tell that the registration was not accepted, and why."""
    subject = _("“%(title)s”的报名未通过审核", title=event.title)
    lead = _("理由：%(reason)s 情况有变化的，报名截止前可以重新报名。", reason=row.decision_reason)
    _tell(session, event, [(row, subject, lead)], key="rejected", settings=settings)


def tell_offered(
    session: Session,
    event: Event,
    rows: Sequence[Registration],
    until: datetime,
    *,
    settings: Settings | None,
) -> None:
    """Tell that a seat is held until the deadline, and what happens then."""
    shown = moment(until)
    subject = _("“%(title)s”有名额空出，请在%(until)s前答复", title=event.title, until=shown)
    lead = _(
        "贵单位候补的名额已为您保留到%(until)s。请打开本通知的链接选择“确认参会”或“放弃名额”；"
        "期满没有答复，名额让给下一位。",
        until=shown,
    )
    news = [(row, subject, lead) for row in rows]
    _tell(session, event, news, key=f"offered:{until:%m%d%H%M}", settings=settings)


def tell_lapsed(session: Session, event: Event, row: Registration, *, settings: Settings | None) -> None:
    """Tell that nobody answered in time."""
    subject = _("“%(title)s”的名额逾期未答复，已让给下一位", title=event.title)
    lead = _("如仍要参会，报名截止前可以重新报名排队，或与会务联系。")
    until = row.offered_until or row.registered_at
    _tell(session, event, [(row, subject, lead)], key=f"lapsed:{until:%m%d%H%M}", settings=settings)


def tell_cancelled(
    session: Session, event: Event, row: Registration, lead: Text, *, settings: Settings | None
) -> None:
    """Tell that the registration is called off; `lead` says by whom."""
    subject = _("“%(title)s”的报名已取消", title=event.title)
    _tell(session, event, [(row, subject, lead)], key="cancelled", settings=settings)


def _tell(
    session: Session,
    event: Event,
    news: Sequence[tuple[Registration, Text, Text]],
    *,
    key: str,
    settings: Settings | None,
) -> None:
    settings = settings or settings_from_environment()
    told = [(row, subject, with_facts(event, row, lead, settings)) for row, subject, lead in news]
    tell_each(session, event, told, key=f"registration:{{row}}:{key}", settings=settings)


def with_facts(event: Event, row: Registration, lead: Text, settings: Settings) -> Text:
    """Return the news with what one needs to come: time, place, whom to call, the entry for a calendar."""
    times = {"start": moment(event.starts_at), "end": moment(event.ends_at)}
    contact = event.contact or settings.office_phone or settings.office_name
    body = _(
        "%(lead)s\n时间：%(start)s至%(end)s\n地点：%(venue)s\n会务联系：%(contact)s",
        lead=lead, venue=event.place, contact=contact, **times,
    )  # fmt: skip
    if row.state is not RegistrationState.CONFIRMED:
        return body
    address = settings.public_url.rstrip("/") + CALENDAR_OF.format(public_id=event.public_id)
    return _("%(facts)s\n加入日历（.ics）：%(address)s", facts=body, address=address)


def persons_of(row: Registration) -> Text:
    """Return who comes, by name."""
    if row.second_name:
        return _("%(first)s、%(second)s", first=row.contact_name, second=row.second_name)
    return Text("%(name)s", {"name": row.contact_name})


def _talks(event: Event) -> Text:
    if not event.slot_count:
        return Text("", {})
    if event.state is EventState.SCHEDULED:
        return _(
            "日程已经发布，其中还没有贵单位的一对一洽谈；需要洽谈的请与会务联系，由会务在空出的时段和桌位加排。"
        )
    return _("一对一洽谈的意愿请在日程发布前提交。")
