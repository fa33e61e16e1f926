"""Badges and marks at the door."""

from __future__ import annotations

import hashlib
from typing import Any

from ipfin.events.attendance import How, Mark
from ipfin.events.models import Attendance, CheckInCode, Registration
from tests.making.base import NOW
from tests.making.events import MakeEvents


class MakeAttendance(MakeEvents):
    """Who came to an event."""

    def attendance(self, registration: Registration | None = None, **overrides: Any) -> Attendance:
        """Save a check-in that stands."""
        row = registration or self.registration()
        defaults: dict[str, Any] = {
            "event_id": row.event_id,
            "registration_id": row.id,
            "mark": Mark.PRESENT,
            "how": How.SCAN,
            "marked_at": NOW,
            "marked_by": "用户",
        }
        return self.save(Attendance, defaults, overrides)

    def check_in_code(self, registration: Registration | None = None, **overrides: Any) -> CheckInCode:
        """Save a badge whose token nobody knows."""
        row, number = registration or self.registration(), self.number()
        defaults: dict[str, Any] = {
            "event_id": row.event_id,
            "registration_id": row.id,
            "number": number,
            "token_digest": hashlib.sha256(f"token {number}".encode()).hexdigest(),
            "token_sealed": "",
            "contact_digest": "",
        }
        return self.save(CheckInCode, defaults, overrides)
