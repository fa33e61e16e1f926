"""The form of a participant's absences."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import (
    SelectMultipleField,
)
from wtforms.widgets import CheckboxInput, ListWidget

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

    def offer(self, times: list[str]) -> AbsencesForm:
        """Offer these slots to be ticked."""
        self.absent_slots.choices = list(enumerate(times))
        return self
