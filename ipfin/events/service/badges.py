"""The codes on badges: made once for each participant, found by token or by the end of a phone number.

The token lies sealed and is found by its digest. The end of a phone is kept as a digest under the
installation's key, bound to its event: who reads the table learns no digit and cannot follow a phone from
one event to the next. A contact who is exchanged gets a new digest the next time the codes are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ipfin.accounts.sealing import CannotOpen, token_hash
from ipfin.accounts.service import House, house_of
from ipfin.config import Settings
from ipfin.events.attendance import TAIL_DIGITS
from ipfin.events.models import CheckInCode, Event, Registration
from ipfin.events.queries import confirmed_of
from ipfin.events.queries.attendance import AtTheDoor, code_by_digest, codes_of, found_by_ids
from ipfin.events.registration import phone_ending
from ipfin.events.service.contacts import phone_of_contact
from ipfin.events.service.events import lock_event
from ipfin.kernel.errors import Conflict, NotFound
from ipfin.kernel.public_id import new_public_ids
from ipfin.kernel.text import _

BADGE: Final = "check-in token"  # what the token's key is derived for
_TAIL: Final = "check-in tail"
_CONTACT: Final = "check-in contact"


def codes_are_current(session: Session, event_id: int, *, settings: Settings | None = None) -> bool:
    """Whether every confirmed participant has a code, and with it the digest of his contact of today."""
    house, codes = house_of(settings), codes_of(session, event_id)
    return all(_is_current(house, codes.get(row.id), row) for row in confirmed_of(session, event_id))


def prepare_codes(session: Session, event_id: int, *, settings: Settings | None = None) -> int:
    """Give every confirmed participant a code, and those with a new contact a new digest; return how many."""
    event = lock_event(session, event_id)
    house, codes = house_of(settings), codes_of(session, event.id)
    outdated = [
        row for row in confirmed_of(session, event.id) if not _is_current(house, codes.get(row.id), row)
    ]
    number = session.scalar(select(func.max(CheckInCode.number)).where(CheckInCode.event_id == event.id)) or 0
    for row, token in zip(outdated, new_public_ids(len(outdated)), strict=True):
        code = codes.get(row.id)
        if code is None:
            number += 1
            code = CheckInCode(
                event_id=event.id,
                registration_id=row.id,
                number=number,
                token_digest=token_hash(token),
                token_sealed=house.sealer.seal(token, BADGE),
            )
            session.add(code)
        _take_tail(house, code, row, settings)
    session.flush()
    return len(outdated)


def tokens_of(session: Session, event_id: int, *, settings: Settings | None = None) -> Mapping[int, str]:
    """Return registration id -> the token for its badge. For papers only: a token opens the door."""
    sealer = house_of(settings).sealer
    return {
        row_id: sealer.open_sealed(code.token_sealed, BADGE)
        for row_id, code in codes_of(session, event_id).items()
    }


def found_by_tail(
    session: Session,
    event: Event,
    visible: ColumnElement[bool],
    tail: str,
    *,
    settings: Settings | None = None,
) -> list[AtTheDoor]:
    """Return the confirmed whose contact's phone ends in these four digits, as many as there are.

    Whose code is not up to date is looked at by opening his phone.
    """
    house, codes = house_of(settings), codes_of(session, event.id)
    wanted = _tail_digest(house, event.id, tail)
    ids = [
        row.id
        for row in confirmed_of(session, event.id)
        if (
            codes[row.id].tail_digest == wanted
            if _is_current(house, codes.get(row.id), row)
            else _ending_of(row, settings) == tail
        )
    ]
    return found_by_ids(session, event.id, visible, ids)


def registration_with_token(session: Session, event: Event, token: str) -> Registration:
    """Return whose badge was scanned at an event's door.

    Raises:
        Conflict: it is the badge of another event.
        NotFound: nobody's.
    """
    found = code_by_digest(session, token_hash(token))
    if found is None:
        raise NotFound(_("没有这个签到码，请核对，或按单位名称、手机尾号查找。"))
    _code, registration, other = found
    if other.id != event.id:
        raise Conflict(_("这个签到码属于另一场活动“%(title)s”，不能用于本场。", title=other.title))
    return registration


def reseal_codes(session: Session, *, settings: Settings | None = None) -> int:
    """Bring every token and every digest under the present key; return how many rows changed."""
    house, count = house_of(settings), 0
    rows = session.execute(
        select(CheckInCode, Registration).join(Registration, Registration.id == CheckInCode.registration_id)
    )
    for code, row in rows:
        sealed = house.sealer.reseal(code.token_sealed, BADGE)
        count += sealed != code.token_sealed
        code.token_sealed = sealed
        _take_tail(house, code, row, settings)
    session.flush()
    return count


def _is_current(house: House, code: CheckInCode | None, row: Registration) -> bool:
    return code is not None and code.contact_digest == _contact_digest(house, row)


def _contact_digest(house: House, row: Registration) -> str:
    # Sealing is random and digests have a key: a phone that was written again differs, and so do all of
    # them once the installation has a new key.
    return house.sealer.fingerprint(row.contact_sealed, _CONTACT)


def _take_tail(house: House, code: CheckInCode, row: Registration, settings: Settings | None) -> None:
    """Note the end of a contact's phone; one that does not open stays to be looked at again."""
    ending = _ending_of(row, settings)
    code.tail_digest = _tail_digest(house, row.event_id, ending) if ending else ""
    code.contact_digest = "" if ending is None else _contact_digest(house, row)


def _ending_of(row: Registration, settings: Settings | None) -> str | None:
    """Return the last four digits; empty where there are fewer, None where the phone does not open."""
    try:
        ending = phone_ending(phone_of_contact(row, settings=settings))
    except CannotOpen:
        return None
    return ending if len(ending) == TAIL_DIGITS else ""


def _tail_digest(house: House, event_id: int, ending: str) -> str:
    return house.sealer.fingerprint(f"{event_id}:{ending}", _TAIL)
