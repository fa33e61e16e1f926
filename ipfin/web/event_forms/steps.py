"""The forms of single steps: a reason, a purpose, a plan, a press of a button."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    SelectField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from ipfin.kernel.text import _ as sentence
from ipfin.web.forms import BaseForm
from ipfin.web.i18n import in_reader_language


class ReasonForm(BaseForm):
    """Why an event is called off."""

    reason = TextAreaField(_("取消的理由"), [InputRequired(_("请写明取消的理由。")), Length(max=300)])


class PurposeForm(BaseForm):
    """What a file with phones is taken for."""

    purpose = SelectField(_("用途"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = (sentence("会务联络"), sentence("参会资格核对"), sentence("统计报送"))
        self.purpose.choices = [(str(word), in_reader_language(word)) for word in words]


class PlanForm(BaseForm):
    """How a timetable is to be planned."""

    thorough = BooleanField(_("精细优化：在后台用约半分钟减少空等"))


class PressForm(BaseForm):
    """A button and its token, nothing to fill in."""
