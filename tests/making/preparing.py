"""What prepares an event and what remains of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from ipfin.events.lifecycle import Side
from ipfin.events.materials import Audience
from ipfin.events.models import (
    Event,
    EventInvitation,
    EventMaterial,
    EventReminder,
    EventReminderPlan,
    EventShortLink,
    EventTraining,
    Registration,
    TrainingRecord,
)
from ipfin.events.reminding import Reminder
from ipfin.kernel.clock import in_china
from tests.making.base import NOW
from tests.making.events import MakeEvents


class MakePreparing(MakeEvents):
    """Short links, reminders, invitations, files and training records."""

    def short_link(self, event: Event | None = None, **overrides: Any) -> EventShortLink:
        number = str(self.number()).translate(str.maketrans("01", "xz"))
        defaults: dict[str, Any] = {
            "event_id": (event or self.event()).id,
            "code": number.rjust(6, "z"),
            "made_at": NOW,
        }
        return self.save(EventShortLink, defaults, overrides)

    def reminder_plan(self, event: Event | None = None, **overrides: Any) -> EventReminderPlan:
        defaults: dict[str, Any] = {
            "event_id": (event or self.event()).id,
            "closing_days": [2],
            "wishes_days": [2],
            "coming_days": [3, 1],
            "changed_by": "用户",
            "changed_at": NOW,
        }
        return self.save(EventReminderPlan, defaults, overrides)

    def reminder(self, event: Event | None = None, **overrides: Any) -> EventReminder:
        """Save that all were reminded a day before."""
        event = event or self.event()
        defaults: dict[str, Any] = {
            "event_id": event.id,
            "kind": Reminder.COMING,
            "days": 1,
            "counts_to": in_china(event.starts_at).date(),
            "told": 1,
            "sent_at": NOW,
        }
        return self.save(EventReminder, defaults, overrides)

    def event_invitation(self, event: Event | None = None, **overrides: Any) -> EventInvitation:
        """Save that a firm was asked and has not answered."""
        defaults: dict[str, Any] = {
            "event_id": (event or self.event()).id,
            "enterprise": overrides.pop("enterprise", None) or self.enterprise(),
            "invited_by": "用户",
            "invited_at": NOW,
            "was_told": True,
        }
        return self.save(EventInvitation, defaults, overrides)

    def material(self, event: Event | None = None, **overrides: Any) -> EventMaterial:
        """Save a file for everybody, without its bytes."""
        event = event or self.event()
        defaults: dict[str, Any] = {
            "event_id": event.id,
            "title": "样例资料",
            "audience": Audience.EVERYBODY,
            "added_by": "用户",
            "added_at": NOW,
        }
        if "document_id" not in overrides:
            defaults["document_id"] = self.document(subject=f"event:{event.id}:material").id
        return self.save(EventMaterial, defaults, overrides)

    def training(self, event: Event | None = None, **overrides: Any) -> EventTraining:
        defaults: dict[str, Any] = {
            "event_id": (event or self.event()).id,
            "gives_records": True,
            "hours_tenths": 30,
            "changed_by": "用户",
            "changed_at": NOW,
        }
        return self.save(EventTraining, defaults, overrides)

    def training_records(self) -> None:
        """Save a record that was revoked, the one made instead of it, and that of who came along."""
        row = self.registration(contact_name="样例人员")
        old = self.training_record(row, revoked_at=NOW, revoked_by="用户", revoked_reason="样例理由")
        self.training_record(row, replaces_id=old.id)
        self.training_record(row, is_companion=True, person_name="同行人员")

    def training_record(self, row: Registration | None = None, **overrides: Any) -> TrainingRecord:
        row = row or self.registration(contact_name="样例人员")
        event = self.session.get_one(Event, row.event_id)
        is_firm = row.side is Side.ENTERPRISE
        defaults: dict[str, Any] = {
            "event_id": event.id,
            "registration_id": row.id,
            "enterprise_id": row.enterprise_id if is_firm else None,
            "organisation_id": None if is_firm else row.organisation_id,
            "holder": row.display_name,
            "person_name": row.contact_name,
            "event_title": event.title,
            "held_on": date(2026, 4, 16),
            "is_companion": False,
            "hours_tenths": 30,
            "made_by": "用户",
            "made_at": NOW,
        }
        return self.save(TrainingRecord, defaults, overrides)
