"""Events, registrations, wishes and timetables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from ipfin.events.asking import EVERYBODY
from ipfin.events.lifecycle import EventKind, EventState, RegistrationState, Side, TimetableState
from ipfin.events.models import (
    Event,
    EventQuestion,
    EventTimetable,
    FixedMeeting,
    Meeting,
    MeetingMinimum,
    MeetingOrder,
    MeetingPreference,
    MeetingProposal,
    ProgrammeLine,
    Registration,
    RegistrationAnswer,
    Substitution,
    SuggestionWeights,
    Wish,
)
from ipfin.events.questions import QuestionKind
from ipfin.events.suggestions import DEFAULT_WEIGHTS
from tests.making.base import NOW, public_id
from tests.making.whitelist import MakeWhitelist

SOON = datetime(2026, 4, 1, 2, 0, tzinfo=UTC)  # the end of an offer


class MakeEvents(MakeWhitelist):
    """An event and who comes to it."""

    def event(self, **overrides: Any) -> Event:
        """Save a matchmaking event of one morning in Anyang that is open for registration."""
        number = self.number()
        defaults: dict[str, Any] = {
            "public_id": public_id("event", number),
            "kind": EventKind.MATCHMAKING,
            "state": EventState.OPEN,
            "title": f"样例银企对接会{number}",
            "venue": "样例会议中心一楼",
            "starts_at": datetime(2026, 4, 16, 1, 0, tzinfo=UTC),  # 9 o'clock in China
            "ends_at": datetime(2026, 4, 16, 4, 0, tzinfo=UTC),
            "registration_closes_on": date(2026, 4, 10),
            "enterprise_seats": 60,
            "institution_seats": 15,
            "talks_start_at": datetime(2026, 4, 16, 1, 30, tzinfo=UTC),
            "slot_minutes": 15,
            "slot_count": 8,
            "desk_count": 15,
            "asking": list(EVERYBODY),
            "created_by": "用户",
            "created_at": NOW,
        }
        return self.save(Event, defaults, overrides)

    def registration(
        self, event: Event | None = None, side: Side = Side.ENTERPRISE, **overrides: Any
    ) -> Registration:
        """Save a confirmed registration of a new firm, or of a new bank with one desk."""
        state = overrides.get("state", RegistrationState.CONFIRMED)
        defaults: dict[str, Any] = {
            "event_id": (event or self.event()).id,
            "side": side,
            "state": state,
            "offered_until": SOON if state is RegistrationState.OFFERED else None,
            "decision_reason": "样例理由" if state is RegistrationState.REJECTED else "",
            "registered_by": "用户",
            "registered_at": NOW,
        }
        if side is Side.ENTERPRISE:
            firm = overrides.pop("enterprise", None) or self.enterprise()
            defaults |= {"enterprise": firm, "display_name": firm.name}
        else:
            bank = overrides.pop("organisation", None) or self.organisation()
            defaults |= {"organisation_id": bank.id, "display_name": bank.name, "desks": 1}
        return self.save(Registration, defaults, overrides)

    def programme_line(self, event: Event | None = None, **overrides: Any) -> ProgrammeLine:
        """Save the first quarter of an hour of an event's programme."""
        event = event or self.event()
        defaults: dict[str, Any] = {
            "event_id": event.id,
            "starts_at": event.starts_at,
            "ends_at": event.starts_at + timedelta(minutes=15),
            "title": "样例议程",
        }
        return self.save(ProgrammeLine, defaults, overrides)

    def question(self, event: Event | None = None, **overrides: Any) -> EventQuestion:
        """Save a question of both sides that is answered in words and need not be."""
        defaults: dict[str, Any] = {
            "event_id": (event or self.event()).id,
            "text": "样例问题",
            "kind": QuestionKind.TEXT,
        }
        return self.save(EventQuestion, defaults, overrides)

    def answer(
        self, row: Registration | None = None, question: EventQuestion | None = None, **overrides: Any
    ) -> RegistrationAnswer:
        row = row or self.registration()
        question = question or self.question(self.event_of(row))
        defaults: dict[str, Any] = {
            "registration_id": row.id,
            "question_id": question.id,
            "answer": "样例回答",
        }
        return self.save(RegistrationAnswer, defaults, overrides)

    def event_of(self, registration: Registration) -> Event:
        return self.session.get_one(Event, registration.event_id)

    def substitution(self, row: Registration | None = None, **overrides: Any) -> Substitution:
        """Save that another person of the house comes."""
        defaults: dict[str, Any] = {
            "registration_id": (row or self.registration()).id,
            "former_name": "甲",
            "name": "乙",
            "replaced_by": "用户",
            "replaced_at": NOW,
        }
        return self.save(Substitution, defaults, overrides)

    def wish(
        self, wisher: Registration | None = None, wished: Registration | None = None, **overrides: Any
    ) -> Wish:
        wisher = wisher or self.registration()
        event = self.session.get_one(Event, wisher.event_id)
        other = Side.INSTITUTION if wisher.side is Side.ENTERPRISE else Side.ENTERPRISE
        wished = wished or self.registration(event, other)
        defaults: dict[str, Any] = {
            "event_id": event.id,
            "from_registration_id": wisher.id,
            "to_registration_id": wished.id,
            "strength": 2,
            "wished_at": NOW,
        }
        heard = self.session.scalar(
            select(Wish.strength).where(
                Wish.from_registration_id == wished.id, Wish.to_registration_id == wisher.id
            )
        )
        defaults["is_request"] = overrides.get("strength", 2) > 0 and not heard
        return self.save(Wish, defaults, overrides)

    def preference(self, house: Registration | None = None, **overrides: Any) -> MeetingPreference:
        """Save that an institution looks for loans of one to five million yuan."""
        defaults: dict[str, Any] = {
            "registration_id": (house or self.registration(side=Side.INSTITUTION)).id,
            "amount_from_fen": 100_000_000,
            "amount_to_fen": 500_000_000,
            "said_by": "用户",
            "said_at": NOW,
        }
        return self.save(MeetingPreference, defaults, overrides)

    def weights(self, **overrides: Any) -> SuggestionWeights:
        """Save the product's own weights as the first version that the office set."""
        defaults: dict[str, Any] = {
            "number": 1,
            "points": {criterion.value: points for criterion, points in DEFAULT_WEIGHTS.items()},
            "reason": "样例理由",
            "set_by": "用户",
            "set_at": NOW,
        }
        return self.save(SuggestionWeights, defaults, overrides)

    def agreed(self, one: Registration, other: Registration, **overrides: Any) -> None:
        """Save the wishes of two who both want to meet."""
        self.wish(one, other, **overrides)
        self.wish(other, one, **overrides)

    def meeting_proposal(
        self, firm: Registration | None = None, house: Registration | None = None, **overrides: Any
    ) -> MeetingProposal:
        """Save a proposal of the office that nobody has answered."""
        return self.save(MeetingProposal, {**self._pair(firm, house), "reason": "样例理由"}, overrides)

    def fixed_meeting(
        self, firm: Registration | None = None, house: Registration | None = None, **overrides: Any
    ) -> FixedMeeting:
        """Save a meeting fixed to the first slot."""
        return self.save(FixedMeeting, {**self._pair(firm, house), "slot": 0}, overrides)

    def meeting_minimum(self, row: Registration | None = None, **overrides: Any) -> MeetingMinimum:
        """Save that a participant should have two meetings at least."""
        row = row or self.registration()
        defaults = {
            "event_id": row.event_id,
            "registration": row,
            "least": 2,
            "set_by": "用户",
            "set_at": NOW,
        }
        return self.save(MeetingMinimum, defaults, overrides)

    def meeting_order(
        self,
        earlier: tuple[Registration, Registration] | None = None,
        later: tuple[Registration, Registration] | None = None,
        **overrides: Any,
    ) -> MeetingOrder:
        """Save that one meeting (firm, institution) is held before another of the same firm."""
        firm, house = earlier or self._two()
        other_firm, other = later or (firm, self.registration(self.event_of(firm), Side.INSTITUTION))
        defaults = {
            "event_id": firm.event_id,
            "earlier_firm": firm,
            "earlier_house": house,
            "later_firm": other_firm,
            "later_house": other,
            "set_by": "用户",
            "set_at": NOW,
        }
        return self.save(MeetingOrder, defaults, overrides)

    def _two(self) -> tuple[Registration, Registration]:
        firm = self.registration()
        return firm, self.registration(self.event_of(firm), Side.INSTITUTION)

    def _pair(self, firm: Registration | None, house: Registration | None) -> dict[str, Any]:
        firm = firm or self.registration()
        house = house or self.registration(self.session.get_one(Event, firm.event_id), Side.INSTITUTION)
        return {
            "event_id": firm.event_id,
            "enterprise_registration": firm,
            "institution_registration": house,
            "made_by": "用户",
            "made_at": NOW,
        }

    def timetable(self, event: Event | None = None, **overrides: Any) -> EventTimetable:
        defaults: dict[str, Any] = {
            "event_id": (event or self.event()).id,
            "number": self.number(),
            "state": TimetableState.DRAFT,
            "value": 0,
            "bound": 0,
            "certificate": {},
            "inputs_hash": "0" * 64,
            "made_by": "用户",
            "made_at": NOW,
        }
        return self.save(EventTimetable, defaults, overrides)

    def meeting(self, timetable: EventTimetable | None = None, **overrides: Any) -> Meeting:
        timetable = timetable or self.timetable()
        event = self.session.get_one(Event, timetable.event_id)
        defaults: dict[str, Any] = {"timetable": timetable, "slot": 0, "desk": self.number()}
        if "enterprise_registration" not in overrides:
            defaults["enterprise_registration"] = self.registration(event)
        if "institution_registration" not in overrides:
            defaults["institution_registration"] = self.registration(event, Side.INSTITUTION)
        return self.save(Meeting, defaults, overrides)
