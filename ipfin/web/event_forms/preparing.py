"""The forms that prepare an event: when whom to remind, whom to invite."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, Field, StringField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from ipfin.events.reminding import ReminderPlan
from ipfin.web.forms import BaseForm, within_reach
from ipfin.web.versioned import VersionedForm


def _days(_form: object, field: Field) -> None:
    """Refuse what is no list of whole numbers."""
    if not re.fullmatch(r"[0-9]{0,3}(?:[,，、 ]+[0-9]{1,3})*[,，、 ]*", field.data or ""):
        raise ValidationError(_("请填天数，用逗号分开，如“3、1”；不提醒就不填。"))


def _said(word: str | None) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"[0-9]+", word or ""))


class ReminderForm(VersionedForm):
    """On how many days before each thing is reminded of."""

    coming = StringField(_("活动前几天，提醒已确认参会的单位"), [Length(max=40), _days])
    closing = StringField(_("报名截止前几天，提醒已邀请未答复的企业"), [Length(max=40), _days])
    wishes = StringField(_("意愿截止前几天，提醒还没有提意愿的单位"), [Length(max=40), _days])
    wishes_until = DateField(_("意愿截止日（含当天）"), [Optional(), within_reach])

    @classmethod
    def of(cls, plan: ReminderPlan, version: int, **sent: Any) -> ReminderForm:
        """Return the form filled with a plan; `formdata=None` leaves out what was sent."""
        lists: dict[str, Any] = {
            name: "、".join(str(day) for day in getattr(plan, name))
            for name in ("coming", "closing", "wishes")
        }
        return cls(data={**lists, "wishes_until": plan.wishes_until, "version": version}, **sent)

    def plan(self) -> ReminderPlan:
        """Return what was typed."""
        return ReminderPlan(
            _said(self.closing.data), _said(self.wishes.data), _said(self.coming.data), self.wishes_until.data
        )


class InviteForm(BaseForm):
    """Whom to invite: pasted names and codes, or the address of a list of firms."""

    firms = TextAreaField(_("粘贴企业名单"), [Length(max=60_000)])
    address = StringField(_("或：企业列表的网址"), [Length(max=1000)])
