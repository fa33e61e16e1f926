"""Who gets a seat, who waits, who moves up: the rules of signing up for an event (报名规则). Pure.

Decides on counts that the caller read under a lock; does not read them. The order of arrival is the order
of the registrations' ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from ipfin.events.lifecycle import EventState, RegistrationState
from ipfin.events.preferences import check_months
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.money import Fen
from ipfin.kernel.text import _

LONGEST_NEED: Final = 500
LARGEST_AMOUNT: Final = Fen(1_000_000_000_000)  # one hundred 亿元; above it somebody typed yuan for 万元
_PHONE_FORM: Final = re.compile(r"\+?[0-9][0-9 -]{4,30}")
# A name changed after the timetable went out stands on paper already; wishes then decide nothing more.
_TAKES_WISHES: Final = frozenset({EventState.OPEN, EventState.CLOSED})
_MAY_BE_LEFT: Final = frozenset({EventState.OPEN, EventState.CLOSED, EventState.SCHEDULED})
_IS_PLANNED: Final = frozenset({EventState.OPEN, EventState.CLOSED, EventState.SCHEDULED})


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody says when he signs up.

    Args:
        contact_name, phone: who comes; shown to the office, and to those he will sit with once the
            timetable is out.
        need: what a firm is looking for, in its own words; participants of the other side read it.
        amount_fen: the loan a firm wishes for, fen; None when it does not say.
        desks: how many talks an institution can hold at the same time.
        contact_post, second_name, second_post: the post of who comes, and who comes along.
        months: for how long a firm needs the loan; None when it does not say.
        shared_phone_reason: why the office lets two come under one phone; empty lets nobody.
        answers: to the event's own questions, by their ids.
    """

    contact_name: str
    phone: str
    need: str = ""
    amount_fen: Fen | None = None
    desks: int = 0
    contact_post: str = ""
    second_name: str = ""
    second_post: str = ""
    shared_phone_reason: str = ""
    months: int | None = None
    answers: Mapping[int, str] = field(default_factory=dict)


def require_open(state: EventState, closes_on: date, on: date) -> None:
    """Refuse a registration that comes at the wrong time; the last day still counts.

    Raises:
        Conflict: the event does not take registrations, or its last day has passed.
    """
    if state is not EventState.OPEN:
        raise Conflict(_("活动目前不接受报名。"))
    if on > closes_on:
        raise Conflict(_("报名已于%(day)s截止。", day=closes_on.isoformat()))


def arrival(*, seats: int, taken: int, waiting: int, must_be_approved: bool = False) -> RegistrationState:
    """Return where a new registration stands: confirmed while there is a seat and nobody waits for it.

    Args:
        taken: seats that are confirmed, or held for who is to answer.
    """
    if must_be_approved:
        return RegistrationState.PENDING
    if taken < seats and waiting == 0:
        return RegistrationState.CONFIRMED
    return RegistrationState.WAITLISTED


def promotions(*, seats: int, taken: int, waiting: int) -> int:
    """Return how many of those who wait, the oldest first, get a seat, or are offered one, now."""
    return max(0, min(seats - taken, waiting))


def require_seats(*, seats: int, taken: int, field: str) -> None:
    """Refuse a number of seats below that of the taken.

    Raises:
        Conflict: more are confirmed, or asked to answer, than there would be seats.
    """
    if seats < taken:
        raise Conflict(
            _("已确认和待答复共%(taken)d家，名额不能少于此数；请先取消部分报名。", taken=taken),
            field=field,
        )


def may_be_left(state: EventState) -> bool:
    """Whether a participant of an event in `state` can still call off."""
    return state in _MAY_BE_LEFT


def takes_wishes(state: EventState) -> bool:
    """Whether participants of an event in `state` can still say whom they wish to meet, and when not."""
    return state in _TAKES_WISHES


def may_be_planned(state: EventState) -> bool:
    """Whether a timetable can be made for an event in `state`; after publication it is made anew."""
    return state in _IS_PLANNED


def require_leaving(state: EventState) -> None:
    """Refuse to cancel a registration of an event that is over.

    Raises:
        Conflict: the event is finished or cancelled, or was never open.
    """
    if not may_be_left(state):
        raise Conflict(_("活动已结束或取消，不能再取消报名。"))


def require_wishes(state: EventState, registration: RegistrationState) -> None:
    """Refuse wishes and absences at the wrong time, or of somebody without a seat.

    Raises:
        Conflict: the timetable is out or the event over, or the registration is not confirmed.
    """
    if not takes_wishes(state):
        raise Conflict(_("日程已发布或活动已结束，不能再修改意愿和时段。"))
    if registration is not RegistrationState.CONFIRMED:
        raise Conflict(_("报名确认后才能提交会谈意愿；候补转为确认时会通知您。"))


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much one institution may take up of an event (每家机构限额); without desks nobody brings any."""

    has_desks: bool
    desks: int
    persons: int


def check_application(application: Application, allowance: Allowance | None) -> None:
    """Refuse an application that cannot be worked with.

    Args:
        allowance: of an institution; None for a firm.

    Raises:
        BadInput: no contact, a phone that is none, too long a need, an impossible amount, or more desks or
            persons than one institution may bring.
    """
    check_person(application.contact_name, application.phone)
    if application.second_post.strip() and not application.second_name.strip():
        raise BadInput(_("请填写同行人员的姓名，或清空其职务。"), field="second_name")
    if len(application.need) > LONGEST_NEED:
        raise BadInput(_("需求说明请不超过%(most)d字。", most=LONGEST_NEED), field="need")
    amount = application.amount_fen
    if amount is not None and not 0 < amount <= LARGEST_AMOUNT:
        raise BadInput(_("意向金额须大于0，单位为万元，请核对。"), field="amount")
    check_months(application.months, field="months")
    if allowance is not None:
        _check_allowance(application, allowance)


def _check_allowance(application: Application, allowance: Allowance) -> None:
    if allowance.has_desks and not 1 <= application.desks <= allowance.desks:
        raise BadInput(
            _("洽谈席位应在1到%(most)d之间：本场每家机构最多%(most)d席。", most=allowance.desks),
            field="desks",
        )
    named = 2 if application.second_name.strip() else 1
    desks = application.desks if allowance.has_desks else 0
    if max(named, desks) > allowance.persons:
        raise BadInput(
            _(
                "本场每家机构最多%(most)d人参会，每个席位至少一人；请减少人员或席位，或与会务联系。",
                most=allowance.persons,
            ),
            field="desks" if desks > allowance.persons else "second_name",
        )


def require_allowance(*, most: int, brought: int, name: str, field: str) -> None:
    """Refuse a limit below what an institution that signed up already brings.

    Raises:
        Conflict: names the institution.
    """
    if brought > most:
        raise Conflict(
            _(
                "%(name)s已报名%(brought)d个，限额不能少于此数；请先与该机构商定。",
                name=name,
                brought=brought,
            ),
            field=field,
        )


def check_person(name: str, phone: str) -> None:
    """Refuse a contact that cannot be called.

    Raises:
        BadInput: no name, or a phone that is none.
    """
    if not name.strip():
        raise BadInput(_("请填写参会联系人。"), field="contact_name")
    if _PHONE_FORM.fullmatch(phone.strip()) is None:
        raise BadInput(_("请填写联系电话，只用数字、空格和“-”。"), field="phone")


def checked_absences(slots: Iterable[int], slot_count: int) -> list[int]:
    """Return the slots (counted from 0) in which nobody of a participant is present, in order.

    Raises:
        BadInput: a slot that the event does not have.
    """
    absent = sorted(set(slots))
    for slot in absent:
        if not 0 <= slot < slot_count:
            raise BadInput(_("本场没有第%(slot)d个时段。", slot=slot + 1), field="absent_slots")
    return absent


def phone_ending(phone: str) -> str:
    """Return the last four digits, which is all that is ever printed."""
    return re.sub(r"[^0-9]", "", phone)[-4:]
