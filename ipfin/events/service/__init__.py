"""Events, as use cases: every function writes in the caller's transaction, records it, commits nothing.

Whatever counts seats or reads what others may change takes the event's lock first (`lock_event`).
"""

from __future__ import annotations

from ipfin.events.service.approval import Decided, decide_registrations
from ipfin.events.service.attendance import (
    Arrival,
    check_in,
    mark_late,
    mark_missing,
    note_companion,
    undo_attendance,
)
from ipfin.events.service.badges import (
    codes_are_current,
    found_by_tail,
    prepare_codes,
    registration_with_token,
    reseal_codes,
    tokens_of,
)
from ipfin.events.service.chasing import chase_due, chase_now, missing_of
from ipfin.events.service.contacts import phone_of_contact, reseal_contacts, reveal_contact
from ipfin.events.service.copying import copy_event
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
from ipfin.events.service.invitations import Asked, decline_invitation, invite_firms
from ipfin.events.service.locking import set_locks
from ipfin.events.service.materials import add_material, change_audience, remove_material
from ipfin.events.service.preferences import set_preference, set_weights
from ipfin.events.service.programme import add_item, change_item, remove_item
from ipfin.events.service.proposals import (
    answer_proposal,
    fix_meeting,
    propose_meeting,
    release_meeting,
    withdraw_proposal,
)
from ipfin.events.service.questions import ask, change_question, drop_question
from ipfin.events.service.registrations import (
    INSTITUTIONS,
    amend_registration,
    cancel_registration,
    register_enterprise,
    register_institution,
)
from ipfin.events.service.reminders import save_reminder_plan, send_reminders
from ipfin.events.service.replanning import apply_replanning, day_for
from ipfin.events.service.replying import (
    answer_for,
    answer_offer,
    expire_offers,
    extend_offer,
    restore_registration,
)
from ipfin.events.service.results import (
    add_follow_up,
    give_opinion,
    require_begun,
    save_minutes,
    save_result,
    withdraw_follow_up,
)
from ipfin.events.service.substitution import Person, substitute
from ipfin.events.service.timetables import (
    BrokenTimetable,
    make_timetable,
    plan_task,
    publish_timetable,
    store_timetable,
)
from ipfin.events.service.training import (
    make_records,
    make_settled_records,
    remake_record,
    revoke_record,
    save_training,
)
from ipfin.events.service.visiting import record_event_visit
from ipfin.events.service.wishes import set_absences, set_wish, set_wishes

__all__ = [
    "INSTITUTIONS",
    "STEPS",
    "Arrival",
    "Asked",
    "BrokenTimetable",
    "Decided",
    "Person",
    "add_follow_up",
    "add_item",
    "add_material",
    "amend_registration",
    "answer_for",
    "answer_offer",
    "answer_proposal",
    "apply_replanning",
    "ask",
    "cancel_event",
    "cancel_registration",
    "change_audience",
    "change_item",
    "change_question",
    "chase_due",
    "chase_now",
    "check_in",
    "close_event",
    "codes_are_current",
    "copy_event",
    "create_event",
    "day_for",
    "decide_registrations",
    "decline_invitation",
    "details_of",
    "drop_question",
    "edit_event",
    "expire_offers",
    "extend_offer",
    "finish_event",
    "fix_meeting",
    "found_by_tail",
    "give_opinion",
    "invite_firms",
    "lock_event",
    "make_records",
    "make_settled_records",
    "make_timetable",
    "mark_late",
    "mark_missing",
    "missing_of",
    "note_companion",
    "phone_of_contact",
    "plan_task",
    "prepare_codes",
    "propose_meeting",
    "publish_event",
    "publish_timetable",
    "record_event_visit",
    "register_enterprise",
    "register_institution",
    "registration_with_token",
    "release_meeting",
    "remake_record",
    "remove_item",
    "remove_material",
    "reopen_event",
    "require_begun",
    "reseal_codes",
    "reseal_contacts",
    "restore_registration",
    "reveal_contact",
    "revoke_record",
    "save_minutes",
    "save_reminder_plan",
    "save_result",
    "save_training",
    "send_reminders",
    "set_absences",
    "set_locks",
    "set_preference",
    "set_weights",
    "set_wish",
    "set_wishes",
    "store_timetable",
    "substitute",
    "tokens_of",
    "undo_attendance",
    "withdraw_follow_up",
    "withdraw_proposal",
]
