"""The form of a participant's absences."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Field
from wtforms.widgets import CheckboxInput, ListWidget

from ipfin.events.models import Registration
from ipfin.web.forms import SeveralField
from ipfin.web.versioned import VersionedForm


class AbsencesForm(VersionedForm):
    """The slots in which nobody of a participant is there."""

    absent_slots = SeveralField(
        _("不能到场的时段"),
        coerce=int,
        validate_choice=False,  # the service refuses a slot that is none, in words
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    desk_absent = SeveralField(
        _("各席位不在的时段"),
        validate_choice=False,
        choices=[],
    )

    @property
    def desks(self) -> list[list[int]]:
        """For each desk up to the last one that is ticked anywhere the slots (from 0) without it."""
        found: dict[int, list[int]] = {}
        for word in self.desk_absent.data or []:
            if re.fullmatch(r"[0-9]{1,3}-[0-9]{1,3}", word):
                desk, slot = map(int, word.split("-"))
                found.setdefault(desk, []).append(slot)
        return [found.get(desk, []) for desk in range(1, max(found, default=0) + 1)]

    @classmethod
    def of(cls, row: Registration, **sent: Any) -> AbsencesForm:
        """Return the form filled with what a participant said; `formdata=None` leaves out what was sent."""
        ticked = [f"{desk}-{slot}" for desk, gone in enumerate(row.desk_absences, 1) for slot in gone]
        said = {"absent_slots": row.absent_slots, "desk_absent": ticked, "version": row.absences_version}
        return cls(data=said, **sent)

    def told(self, field: Field) -> str:
        """Return the slots as their times, and those of each desk as its number and the slots' numbers."""
        if field.short_name != "desk_absent":
            return super().told(field)
        words = (
            gettext("席位%(number)s：%(slots)s", number=number, slots=_numbers(slots))
            for number, slots in enumerate(self.desks, 1)
            if slots
        )
        return "；".join(words)

    def offer(self, times: list[str], breaks: Collection[int] = ()) -> AbsencesForm:
        """Offer these slots to be ticked, those in which nobody meets left out."""
        self.absent_slots.choices = [(slot, one) for slot, one in enumerate(times) if slot not in breaks]
        return self


def _numbers(slots: list[int]) -> str:
    return "、".join(gettext("第%(slot)s时段", slot=slot + 1) for slot in sorted(slots))
