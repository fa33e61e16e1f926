"""The form of a participant's absences."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _
from wtforms import (
    SelectMultipleField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from ipfin.events.models import Registration
from ipfin.web.forms import BaseForm


class AbsencesForm(BaseForm):
    """The slots in which nobody of a participant is there."""

    absent_slots = SelectMultipleField(
        _("不能到场的时段"),
        coerce=int,
        validate_choice=False,  # the service refuses a slot that is none, in words
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    desk_absent = SelectMultipleField(
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
    def of(cls, row: Registration) -> AbsencesForm:
        """Return the form filled with what a participant said."""
        ticked = [f"{desk}-{slot}" for desk, gone in enumerate(row.desk_absences, 1) for slot in gone]
        return cls(data={"absent_slots": row.absent_slots, "desk_absent": ticked})

    def offer(self, times: list[str]) -> AbsencesForm:
        """Offer these slots to be ticked."""
        self.absent_slots.choices = list(enumerate(times))
        return self
