"""The forms of single steps: a reason, a purpose, a plan, a press of a button."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from ipfin.events.planning import JOB_SECONDS, LEAST_JOB_SECONDS, MOST_JOB_SECONDS
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

    thorough = BooleanField(_("精细优化：在后台提高总意愿、减少空等"))
    seconds = IntegerField(
        _("精细优化最多用多少秒"),
        [Optional(), NumberRange(LEAST_JOB_SECONDS, MOST_JOB_SECONDS)],
        default=JOB_SECONDS,
    )
    keeps_locks = BooleanField(_("保留这一版锁定的洽谈，只排其余"))
    locks_of = HiddenField()

    @property
    def kept_version(self) -> int | None:
        """The number of the timetable whose locks are kept."""
        word = str(self.locks_of.data or "")
        is_number = word.isascii() and word.isdigit() and len(word) < 10
        return int(word) if self.keeps_locks.data and is_number else None


class PressForm(BaseForm):
    """A button and its token, nothing to fill in."""
