"""Events, as use cases: every function writes in the caller's transaction, records it, commits nothing.

Whatever counts seats or reads what others may change takes the event's lock first (`lock_event`).
"""

from __future__ import annotations

from ipfin.events.service.contacts import phone_of_contact, reseal_contacts, reveal_contact
from ipfin.events.service.events import (
    STEPS,
    cancel_event,
    close_event,
    create_event,
    details_of,
    edit_event,
    finish_event,
    lock_event,
    publish_event,
    reopen_event,
)
from ipfin.events.service.proposals import (
    answer_proposal,
    fix_meeting,
    propose_meeting,
    release_meeting,
    withdraw_proposal,
)
from ipfin.events.service.registrations import (
    INSTITUTIONS,
    amend_registration,
    cancel_registration,
    register_enterprise,
    register_institution,
)
from ipfin.events.service.timetables import (
    BrokenTimetable,
    make_timetable,
    plan_task,
    publish_timetable,
    store_timetable,
)
from ipfin.events.service.wishes import set_absences, set_wish, set_wishes

__all__ = [
    "INSTITUTIONS",
    "STEPS",
    "BrokenTimetable",
    "amend_registration",
    "answer_proposal",
    "cancel_event",
    "cancel_registration",
    "close_event",
    "create_event",
    "details_of",
    "edit_event",
    "finish_event",
    "fix_meeting",
    "lock_event",
    "make_timetable",
    "phone_of_contact",
    "plan_task",
    "propose_meeting",
    "publish_event",
    "publish_timetable",
    "register_enterprise",
    "register_institution",
    "release_meeting",
    "reopen_event",
    "reseal_contacts",
    "reveal_contact",
    "set_absences",
    "set_wish",
    "set_wishes",
    "store_timetable",
    "withdraw_proposal",
]
