"""The forms in which the office proposes a meeting or fixes an agreed one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from ipfin.events.lifecycle import Side
from ipfin.events.models import Registration
from ipfin.web.forms import BaseForm

ANY_SLOT: Final = -1
_CHOOSE = InputRequired(_("请选择。"))


class PairForm(BaseForm):
    """Which firm and which institution."""

    firm = SelectField(_("企业"), [_CHOOSE], coerce=int)
    house = SelectField(_("机构"), [_CHOOSE], coerce=int)

    def offer(self, participants: Sequence[Registration]) -> None:
        """Offer the confirmed participants of both sides to choose from."""
        for field, side in ((self.firm, Side.ENTERPRISE), (self.house, Side.INSTITUTION)):
            field.choices = [(row.id, row.display_name) for row in participants if row.side is side]


class ProposalForm(PairForm):
    """Who should meet, and why."""

    reason = TextAreaField(_("提议理由"), [InputRequired(_("请写明提议的理由。")), Length(max=300)])


class FixedForm(PairForm):
    """When and where a pair that agreed meets."""

    slot = SelectField(_("时间"), [_CHOOSE], coerce=int)  # ANY_SLOT: must be held, whenever
    desk = IntegerField(_("桌号（可不填）"), [Optional(), NumberRange(1, 500)])
    note = StringField(_("说明（可不填）"), [Length(max=300)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "fix-", **kwargs})  # it shares a page with `ProposalForm`

    def offer_slots(self, times: Sequence[str], breaks: Collection[int] = ()) -> None:
        """Offer the slots of the event in which there are meetings."""
        open_slots = [(slot, one) for slot, one in enumerate(times) if slot not in breaks]
        self.slot.choices = [*open_slots, (ANY_SLOT, _("任一时段（必排，由排期决定）"))]

    @property
    def chosen_slot(self) -> int | None:
        """The slot, or None for any."""
        return None if self.slot.data == ANY_SLOT else self.slot.data
