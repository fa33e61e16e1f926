"""A complete, good form of an event, for tests that change a field of it."""

from __future__ import annotations

EVENT = {
    "kind": "matchmaking",
    "title": "样例银企对接会",
    "venue": "样例会议中心",
    "hall": "",
    "directions": "",
    "starts_at": "2099-04-16T09:00",
    "ends_at": "2099-04-16T12:00",
    "registration_closes_on": "2099-04-10",
    "enterprise_seats": "2",
    "institution_seats": "2",
    "persons_per_institution": "20",
    "least_grade": "",
    "industries": "",
    "approval": "none",
    "reply_hours": "0",
    "talks_start_at": "",
    "slot_minutes": "15",
    "slot_count": "4",
    "breaks": "",
    "asking": ["listed>bank", "firm>bank", "bank>listed"],
    "enterprise_requests": "0",
    "institution_requests": "0",
    "desk_count": "2",
    "meetings_per_enterprise": "2",
    "desks_per_institution": "20",
    "meetings_per_institution": "0",
    "summary": "",
    "contact": "",
}
