"""Forms about events, for the office and for those who take part. Times are typed in Chinese time."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    DecimalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from ipfin.events.details import DETAIL_NAMES, EventDetails
from ipfin.events.lifecycle import EVENT_KIND_LABELS, SIDE_LABELS, EventKind, Side
from ipfin.events.models import Event, Registration
from ipfin.events.registration import Application
from ipfin.kernel.clock import CHINA, in_china
from ipfin.kernel.money import Fen, fen_from_wan_yuan, wan_yuan
from ipfin.kernel.text import _ as sentence
from ipfin.web.forms import BaseForm, within_reach
from ipfin.web.i18n import in_reader_language

_MOMENT = InputRequired(_("请填写时间，格式如 2026-04-16 09:00。"))
_WHOLE = InputRequired(_("请填写整数。"))
_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
_INSTANTS = ("starts_at", "ends_at", "talks_start_at")


def _moment(label: str) -> DateTimeLocalField:
    return DateTimeLocalField(label, [_MOMENT, within_reach], format=_FORMATS)


def _size(label: str, most: int, default: int) -> IntegerField:
    return IntegerField(label, [_WHOLE, NumberRange(0, most)], default=default)


class EventForm(BaseForm):
    """The settings of an event."""

    kind = SelectField(_("活动类型"))
    title = StringField(_("活动名称"), [InputRequired(_("请填写活动名称。")), Length(max=200)])
    venue = StringField(_("地点"), [InputRequired(_("请填写活动地点。")), Length(max=200)])
    starts_at = _moment(_("开始时间"))
    ends_at = _moment(_("结束时间"))
    registration_closes_on = DateField(_("报名截止日（含当天）"), [_MOMENT, within_reach])
    enterprise_seats = _size(_("企业名额"), 5000, 60)
    institution_seats = _size(_("金融机构名额"), 5000, 15)
    talks_start_at = DateTimeLocalField(_("一对一洽谈开始"), [Optional(), within_reach], format=_FORMATS)
    slot_minutes = _size(_("每场分钟数"), 240, 15)
    slot_count = _size(_("时段数"), 60, 8)
    desk_count = _size(_("洽谈桌数"), 500, 15)
    meetings_per_enterprise = _size(_("每家企业最多场次"), 60, 4)
    summary = TextAreaField(_("活动说明"), [Length(max=4000)])
    contact = StringField(_("会务联系方式（公开）"), [Length(max=200)])
    version = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind.value, in_reader_language(EVENT_KIND_LABELS[kind])) for kind in EventKind]

    @classmethod
    def of(cls, event: Event) -> EventForm:
        """Return the form filled with an event's settings."""
        values = {name: getattr(event, name) for name in DETAIL_NAMES}
        for name in _INSTANTS:
            values[name] = in_china(values[name]).replace(tzinfo=None)
        return cls(data={**values, "kind": event.kind.value, "version": event.lock_version})

    def details(self) -> EventDetails:
        """Return what was typed; talks begin with the event unless said otherwise."""
        values: dict[str, Any] = {
            name: field.data for name in DETAIL_NAMES if (field := self._fields.get(name)) is not None
        }
        values["talks_start_at"] = values["talks_start_at"] or values["starts_at"]
        for name in _INSTANTS:
            values[name] = _instant(values[name])
        kind = EventKind(values["kind"])
        if kind is not EventKind.MATCHMAKING:
            values |= {"slot_count": 0, "desk_count": 0}
        for name in ("title", "venue", "summary", "contact"):
            values[name] = (values[name] or "").strip()
        return EventDetails(**{**values, "kind": kind})

    @property
    def seen_version(self) -> int | None:
        """The version of the event that the person saw: None when the form does not say, -1 when forged."""
        word = str(self.version.data or "")
        if not word:
            return None
        return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else -1


def _instant(local: datetime) -> datetime:
    return local.replace(tzinfo=CHINA)


class RegistrationForm(BaseForm):
    """Who comes; an institution says its desks, a firm its need."""

    contact_name = StringField(_("参会联系人"), [InputRequired(_("请填写参会联系人。")), Length(max=60)])
    phone = StringField(_("联系电话"), [InputRequired(_("请填写联系电话。")), Length(max=30)])

    def application(self) -> Application:
        """Return what was typed."""
        return Application(self.contact_name.data or "", self.phone.data or "")


class EnterpriseRegistrationForm(RegistrationForm):
    """A firm signs up."""

    need = TextAreaField(_("融资或保险需求"), [Length(max=500)])
    amount = DecimalField(_("意向金额（万元）"), [Optional()], places=2)

    def application(self) -> Application:
        """Return what was typed."""
        amount: Decimal | None = self.amount.data
        return Application(
            self.contact_name.data or "",
            self.phone.data or "",
            self.need.data or "",
            None if amount is None else fen_from_wan_yuan(amount),
        )


class InstitutionRegistrationForm(RegistrationForm):
    """A bank, insurer or guarantor signs up."""

    desks = IntegerField(_("洽谈席位"), [_WHOLE], default=1)
    need = TextAreaField(_("产品或关注方向"), [Length(max=500)])

    def application(self) -> Application:
        """Return what was typed."""
        return Application(
            self.contact_name.data or "",
            self.phone.data or "",
            self.need.data or "",
            desks=self.desks.data or 0,
        )


class OfficeRegistrationForm(BaseForm):
    """The office signs somebody up who called."""

    side = RadioField(_("参会方"))
    name = StringField(_("单位"), [InputRequired(_("请填写单位全称或信用代码。")), Length(max=200)])
    contact_name = StringField(_("参会联系人"), [InputRequired(_("请填写参会联系人。")), Length(max=60)])
    phone = StringField(_("联系电话"), [InputRequired(_("请填写联系电话。")), Length(max=30)])
    need = TextAreaField(_("需求说明"), [Length(max=500)])
    amount = DecimalField(_("意向金额（万元，企业）"), [Optional()], places=2)
    desks = IntegerField(_("洽谈席位（机构）"), [Optional()], default=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.side.choices = [(side.value, in_reader_language(SIDE_LABELS[side])) for side in Side]
        self.side.data = self.side.data or Side.ENTERPRISE.value

    def application(self) -> Application:
        """Return what was typed."""
        amount: Decimal | None = self.amount.data
        return Application(
            self.contact_name.data or "",
            self.phone.data or "",
            self.need.data or "",
            None if amount is None else fen_from_wan_yuan(amount),
            self.desks.data or 0,
        )


def filled(
    kind: type[RegistrationForm], said: Registration | None, name: str, phone: str
) -> RegistrationForm:
    """Return a registration form filled with what was said before, or else with the person himself."""
    values: dict[str, Any] = {"contact_name": name, "phone": phone}
    if said is not None:
        amount = said.amount_fen
        values |= {
            "contact_name": said.contact_name,
            "need": said.need,
            "desks": said.desks or 1,
            "amount": None if amount is None else wan_yuan(Fen(amount)),
        }
    return kind(data=values)


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

    only_mutual = BooleanField(_("只排双方都提出意愿的洽谈"))
    thorough = BooleanField(_("精细优化：在后台用约半分钟减少空等"))


class PressForm(BaseForm):
    """A button and its token, nothing to fill in."""
