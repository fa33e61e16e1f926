"""The forms of the door: what is typed or scanned, from when somebody is there, why a mark is taken back."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from ipfin.web.forms import BaseForm


class DoorForm(BaseForm):
    """A badge that was scanned, the end of a phone number, or a name."""

    q = StringField(_("扫码、姓名、单位或手机后四位"), [Length(max=200)])


class ArriveForm(BaseForm):
    """One press: this participant is here; says by what he was found."""

    how = StringField(_("核对方式"), [Length(max=10)])


class LateForm(BaseForm):
    """From which slot a participant will be there; slots are counted from 0."""

    slot = SelectField(_("从哪个时段起能到场"), coerce=int)

    def offer(self, times: Sequence[str]) -> LateForm:
        """Offer the slots after the first, as people read them."""
        self.slot.choices = [(slot, time) for slot, time in enumerate(times) if slot]
        return self


class CompanionForm(BaseForm):
    """Who came along with somebody who is checked in."""

    companion = StringField(_("同行人员"), [Length(max=60)])


class UndoForm(BaseForm):
    """Why a mark is taken back."""

    reason = TextAreaField(_("撤销的理由"), [InputRequired(_("请写明理由。")), Length(max=300)])
