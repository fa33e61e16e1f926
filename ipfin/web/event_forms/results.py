"""The forms of what came of a meeting, its later steps, the minutes, an opinion of the event."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from ipfin.events.feedback import LONGEST_COMMENT, POINTS, Opinion
from ipfin.events.minutes import LONGEST_BODY
from ipfin.events.models import EventFeedback, MeetingResult
from ipfin.events.results import (
    INTEREST_LABELS,
    LONGEST,
    STAGE_LABELS,
    FollowUpSaid,
    Interest,
    ResultSaid,
    Stage,
)
from ipfin.kernel.money import Fen, fen_from_wan_yuan, wan_yuan
from ipfin.web.forms import BaseForm, choices_of_labels, within_reach
from ipfin.web.versioned import VersionedForm

_DAY = _("请填写日期，格式如 2026-04-30。")


def _fen(amount: Decimal | None) -> Fen | None:
    return None if amount is None else fen_from_wan_yuan(amount)


class ResultForm(VersionedForm):
    """What came of one meeting; on a phone within a minute."""

    unsaid_version = 0

    interest = RadioField(_("洽谈结果"), [InputRequired(_("请选择洽谈结果。"))])
    amount = DecimalField(_("意向金额（万元）"), [Optional()], places=2)
    product = StringField(_("产品"), [Length(max=LONGEST["product"])])
    next_step = StringField(_("下一步"), [Length(max=LONGEST["next_step"])])
    responsible = StringField(_("由谁跟进"), [Length(max=LONGEST["responsible"])])
    due_on = DateField(_("下一步的日期"), [Optional(), within_reach])
    note = TextAreaField(_("备注"), [Length(max=LONGEST["note"])])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.interest.choices = choices_of_labels(INTEREST_LABELS)

    @classmethod
    def of(cls, row: MeetingResult | None, **sent: Any) -> ResultForm:
        """Return the form filled with what was said before; `formdata=None` when another one was sent."""
        if row is None:
            return cls(data={"version": 0}, **sent)
        amount = row.amount_fen
        return cls(
            data={
                "interest": row.interest.value,
                "amount": None if amount is None else wan_yuan(Fen(amount)),
                "product": row.product,
                "next_step": row.next_step,
                "responsible": row.responsible,
                "due_on": row.due_on,
                "note": row.note,
                "version": row.lock_version,
            },
            **sent,
        )

    def said(self) -> ResultSaid:
        """Return what was typed in a valid form."""
        return ResultSaid(
            Interest(self.interest.data),
            _fen(self.amount.data),
            self.product.data or "",
            self.next_step.data or "",
            self.responsible.data or "",
            self.due_on.data,
            self.note.data or "",
        )


class FollowUpForm(BaseForm):
    """A later step of a meeting."""

    stage = SelectField(_("进展"), [InputRequired(_("请选择进展。"))])
    happened_on = DateField(_("日期"), [InputRequired(_DAY), within_reach])
    # The page has the form of the result, too: each field has an id of its own.
    amount = DecimalField(_("金额（万元）"), [Optional()], places=2, id="step-amount")
    is_first_loan = BooleanField(_("这是企业的首贷"))
    reference = StringField(_("合同或业务编号"), [Length(max=LONGEST["reference"])])
    reason = StringField(_("未成的原因"), [Length(max=LONGEST["reason"])])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage.choices = choices_of_labels(STAGE_LABELS)

    def said(self) -> FollowUpSaid:
        """Return what was typed in a valid form."""
        assert self.happened_on.data is not None  # noqa: S101 (the form is valid)
        return FollowUpSaid(
            Stage(self.stage.data),
            self.happened_on.data,
            _fen(self.amount.data),
            bool(self.is_first_loan.data),
            self.reference.data or "",
            self.reason.data or "",
        )


def _points(label: str, unsaid: str) -> RadioField:
    return RadioField(label, [InputRequired(unsaid)], coerce=int)


class FeedbackForm(VersionedForm):
    """An opinion of the event."""

    unsaid_version = 0

    organisation_points = _points(_("组织与服务"), _("请给“组织与服务”打分，1至5分中选一项。"))
    timetable_points = _points(_("日程与场次安排"), _("请给“日程与场次安排”打分，1至5分中选一项。"))
    use_points = _points(_("对业务的帮助"), _("请给“对业务的帮助”打分，1至5分中选一项。"))
    would_return = RadioField(_("愿意再次参加"), [InputRequired(_("请选择是否愿意再次参加。"))])
    comment = TextAreaField(_("意见和建议"), [Length(max=LONGEST_COMMENT)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {5: _("5 很好"), 4: _("4 好"), 3: _("3 一般"), 2: _("2 较差"), 1: _("1 很差")}
        for field in (self.organisation_points, self.timetable_points, self.use_points):
            field.choices = [(points, words[points]) for points in reversed(POINTS)]
        self.would_return.choices = [("yes", _("愿意")), ("no", _("不愿意"))]

    @classmethod
    def of(cls, row: EventFeedback | None, **sent: Any) -> FeedbackForm:
        """Return the form filled with what was said before; `formdata=None` leaves out what was sent."""
        if row is None:
            return cls(data={"version": 0}, **sent)
        return cls(
            data={
                "organisation_points": row.organisation_points,
                "timetable_points": row.timetable_points,
                "use_points": row.use_points,
                "would_return": "yes" if row.would_return else "no",
                "comment": row.comment,
                "version": row.lock_version,
            },
            **sent,
        )

    def opinion(self) -> Opinion:
        """Return what was chosen in a valid form."""
        return Opinion(
            self.organisation_points.data,
            self.timetable_points.data,
            self.use_points.data,
            self.would_return.data == "yes",
            self.comment.data or "",
        )


class MinutesForm(VersionedForm):
    """The minutes of an event."""

    unsaid_version = 0
    proposes_first = True  # a draft made of the figures

    body = TextAreaField(_("会议纪要"), [InputRequired(_("请填写会议纪要。")), Length(max=LONGEST_BODY)])
