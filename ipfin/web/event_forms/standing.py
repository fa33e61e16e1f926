"""The forms in which the office decides on registrations: approval, answers by phone, deadlines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateTimeLocalField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from ipfin.kernel.clock import CHINA
from ipfin.web.forms import BaseForm, SeveralField, within_reach

_REASON = [InputRequired(_("请写明理由。")), Length(max=300)]


class DecisionForm(BaseForm):
    """Many registrations at once: approved, or rejected with a reason."""

    ids = SeveralField(
        _("待审核的报名"),
        coerce=int,
        validate_choice=False,  # the service leaves alone what is no longer to be decided
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    verdict = RadioField(_("决定"), [InputRequired(_("请选择通过或不通过。"))])
    reason = TextAreaField(_("理由（不通过时必填，会告知报名单位）"), [Length(max=300)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verdict.choices = [("approve", _("通过")), ("reject", _("不通过"))]


class AnswerForForm(BaseForm):
    """The office answers for a house that called."""

    answer = RadioField(_("单位的答复"), [InputRequired(_("请选择参会或放弃。"))])
    answer_reason = TextAreaField(_("依据"), _REASON)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answer.choices = [("accept", _("确认参会")), ("decline", _("放弃名额"))]


class ExtendForm(BaseForm):
    """A new deadline for an offered seat, in Chinese time."""

    until = DateTimeLocalField(
        _("新的答复期限"),
        [InputRequired(_("请填写时间，格式如 2026-04-16 09:00。")), within_reach],
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    extend_reason = TextAreaField(_("理由"), _REASON)

    def instant(self) -> datetime:
        """Return the deadline as an instant."""
        typed: datetime = self.until.data
        return typed.replace(tzinfo=CHINA)


class RestoreForm(BaseForm):
    """Why a rejected or lapsed registration is taken back."""

    restore_reason = TextAreaField(_("理由"), _REASON)
