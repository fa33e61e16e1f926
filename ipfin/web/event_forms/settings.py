"""The form of an event's settings. Times are typed in Chinese time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    DateTimeLocalField,
    Field,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from ipfin.events.asking import MOST_REQUESTS, PARTY_LABELS, USUAL, cells
from ipfin.events.details import DETAIL_NAMES, MOST_MEETINGS_OF_ONE, MOST_OF_ONE, MOST_SLOTS, EventDetails
from ipfin.events.eligibility import GRADES
from ipfin.events.kinds import CLOSES_DAYS_BEFORE, OF_TALKS, TEMPLATES, has_talks
from ipfin.events.lifecycle import APPROVAL_LABELS, EVENT_KIND_LABELS, ApprovalMode, EventKind
from ipfin.events.models import Event
from ipfin.events.replying import MOST_HOURS
from ipfin.kernel.clock import CHINA, in_china, today_in_china
from ipfin.registry.industries import DIVISIONS, SECTION_LABELS
from ipfin.web.forms import SeveralField, choices_of, within_reach
from ipfin.web.i18n import in_reader_language
from ipfin.web.versioned import VersionedForm

_MOMENT = InputRequired(_("请填写时间，格式如 2026-04-16 09:00。"))
_WHOLE = InputRequired(_("请填写整数。"))
_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
_INSTANTS = ("starts_at", "ends_at", "talks_start_at")
_TEXTS: Final = ("title", "venue", "hall", "directions", "summary", "contact")
_FIRST_WEEKS = 3  # how far ahead a new event is put


def _moment(label: str) -> DateTimeLocalField:
    return DateTimeLocalField(label, [_MOMENT, within_reach], format=_FORMATS)


_BREAK = r"(?:[0-9]{1,3}|[0-2]?[0-9][:：][0-5][0-9])"


def _slot_numbers(form: EventForm, field: Field) -> None:
    """Refuse what is no list of slots: numbers, counted from 1, or the times at which they begin."""
    words = field.data or ""
    if not re.fullmatch(rf"(?:{_BREAK}(?:[,，、 ]+{_BREAK})*)?[,，、 ]*", words):
        raise ValidationError(
            _("请填时段的序号或开始时刻，用逗号分开，如“5”“4、9”或“10:30”；没有休息就不填。")
        )
    begins = form.slots_by_time()
    for time_of_day in _clock_times(words):
        if time_of_day not in begins:
            raise ValidationError(
                _("没有%(time)s开始的时段；请填时段的序号或开始时刻。", time=f"{time_of_day:%H:%M}")
            )


def _clock_times(words: str) -> list[time]:
    """Return the times of day in what was typed; one that no clock shows is midnight's, which begins none."""
    found = [(int(hour), int(minute)) for hour, minute in re.findall(r"([0-9]{1,2})[:：]([0-9]{2})", words)]
    return [time(hour % 24, minute) for hour, minute in found]


def _industries_named(words: str) -> list[str]:
    """Return the sections and divisions that somebody named by code or by name; the rest as it is typed."""
    names = {str(label): code for code, label in {**DIVISIONS, **SECTION_LABELS}.items()}
    for name in sorted(names, key=len, reverse=True):  # names hold commas themselves, and each other
        words = words.replace(name, f" {names[name]} ")
    return list(dict.fromkeys(word.upper() for word in re.split(r"[，；、,;\s]+", words) if word))


def _working(day: date) -> date:
    """Return the day itself, or the Monday after it when it falls on a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def _numbers(slots: Iterable[int]) -> str:
    """Return slots (from 0) as people write them (from 1)."""
    return "、".join(str(slot + 1) for slot in slots)


def _slots_named(words: str, begins: Mapping[time, int]) -> list[int]:
    """Return the slots (from 0) of numbers as people write them (from 1), and of the times they begin at."""
    at_times = {begins[moment] for moment in _clock_times(words) if moment in begins}
    numbers = re.findall(r"[0-9]+", re.sub(r"[0-9]{1,2}[:：][0-9]{2}", " ", words))
    return sorted({int(word) - 1 for word in numbers} | at_times)


def _size(label: str, most: int, default: int) -> IntegerField:
    return IntegerField(label, [_WHOLE, NumberRange(0, most)], default=default)


class EventForm(VersionedForm):
    """The settings of an event."""

    kind = SelectField(_("活动类型"))
    title = StringField(_("活动名称"), [InputRequired(_("请填写活动名称。")), Length(max=200)])
    venue = StringField(_("地点"), [InputRequired(_("请填写活动地点。")), Length(max=200)])
    hall = StringField(_("会场（楼层、房间）"), [Length(max=120)])
    directions = TextAreaField(_("交通与停车"), [Length(max=1000)])
    starts_at = _moment(_("开始时间"))
    ends_at = _moment(_("结束时间"))
    registration_closes_on = DateField(_("报名截止日（含当天）"), [_MOMENT, within_reach])
    enterprise_seats = _size(_("企业名额"), 5000, 60)
    institution_seats = _size(_("金融机构名额"), 5000, 15)
    persons_per_institution = _size(_("每家机构最多人数"), MOST_OF_ONE, MOST_OF_ONE)
    least_grade = SelectField(_("最低白名单等级"), default="")
    counties = SeveralField(
        _("限哪些县区"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    industries = StringField(_("限哪些行业"), [Length(max=400)])
    approval = SelectField(_("报名审核"), default=ApprovalMode.NONE.value)
    reply_hours = _size(_("候补答复期限（小时）"), MOST_HOURS, 0)
    talks_start_at = DateTimeLocalField(_("一对一洽谈开始"), [Optional(), within_reach], format=_FORMATS)
    slot_minutes = _size(_("每场分钟数"), 240, 15)
    slot_count = _size(_("时段数"), 60, 8)
    breaks = StringField(_("休息的时段"), [Length(max=200), _slot_numbers])
    asking = SeveralField(
        _("谁可以先向谁提出意愿"),
        default=list(USUAL),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    enterprise_requests = _size(_("每家企业可先提出的意愿"), MOST_REQUESTS, 0)
    institution_requests = _size(_("每家机构可先提出的意愿"), MOST_REQUESTS, 0)
    desk_count = _size(_("洽谈桌数"), 500, 15)
    meetings_per_enterprise = _size(_("每家企业最多场次"), 60, 4)
    desks_per_institution = _size(_("每家机构最多席位"), MOST_OF_ONE, MOST_OF_ONE)
    meetings_per_institution = _size(_("每家机构最多场次"), MOST_MEETINGS_OF_ONE, 0)
    least_per_enterprise = _size(_("每家企业最低场次"), MOST_SLOTS, 0)
    least_per_institution = _size(_("每家机构最低场次"), MOST_MEETINGS_OF_ONE, 0)
    summary = TextAreaField(_("活动说明"), [Length(max=4000)])
    contact = StringField(_("会务联系方式（公开）"), [Length(max=200)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.approval.choices = [
            (mode.value, in_reader_language(label)) for mode, label in APPROVAL_LABELS.items()
        ]
        self.asking.choices = [
            (
                word,
                gettext(
                    "%(asker)s → %(asked)s",
                    asker=in_reader_language(PARTY_LABELS[asker]),
                    asked=in_reader_language(PARTY_LABELS[asked]),
                ),
            )
            for word, asker, asked in cells()
        ]
        self.kind.choices = [(kind.value, in_reader_language(EVENT_KIND_LABELS[kind])) for kind in EventKind]
        grades = {grade: _("%(grade)s级及以上", grade=grade) for grade in GRADES}
        self.least_grade.choices = choices_of(grades.items(), nothing=gettext("不限"))
        self.counties.choices = []
        if not self.has_talks:
            for name in OF_TALKS:
                del self[name]

    def offer(self, counties: Iterable[tuple[str, str]]) -> EventForm:
        """Offer the counties (code, name) of the city to choose from."""
        self.counties.choices = list(counties)
        return self

    @property
    def has_talks(self) -> bool:
        """Whether the kind that is chosen has one-to-one talks, and so settings of them."""
        known = {kind.value: kind for kind in EventKind}
        return has_talks(known.get(str(self.kind.data), EventKind.MATCHMAKING))

    def wrote(self, stored: VersionedForm) -> set[str]:
        """Return the fields in which the person wrote.

        Who wrote in settings of talks wants a kind that has them: were the kind not his, they would be gone.
        """
        found = super().wrote(stored)
        return found | {"kind"} if any(name in found and name not in stored for name in OF_TALKS) else found

    def slots_by_time(self) -> dict[time, int]:
        """Return when each slot begins as the form has it; nothing while it does not say enough."""
        begins = self.talks_start_at.data or self.starts_at.data if self.has_talks else None
        minutes, count = (self.slot_minutes.data, self.slot_count.data) if self.has_talks else (None, None)
        if begins is None or not minutes or not count or not 0 < count <= MOST_SLOTS:
            return {}
        # By the clock: whether the day is in reach is asked elsewhere.
        first = begins.hour * 60 + begins.minute
        starts = [(first + minutes * slot) % (24 * 60) for slot in range(count)]
        return {time(*divmod(start, 60)): slot for slot, start in enumerate(starts)}

    @classmethod
    def new(cls, kind: EventKind) -> EventForm:
        """Return the form of a new event of a kind, filled with what such events usually have."""
        template = TEMPLATES[kind]
        day = _working(today_in_china() + timedelta(weeks=_FIRST_WEEKS))
        starts_at = datetime.combine(day, time(template.start_hour))  # local, as it is typed
        values = {name: getattr(template, name) for name in DETAIL_NAMES if hasattr(template, name)}
        return cls(
            data={
                **values,
                "kind": kind.value,
                "approval": template.approval.value,
                "summary": in_reader_language(template.summary),
                "breaks": _numbers(template.breaks),
                "starts_at": starts_at,
                "ends_at": starts_at + timedelta(minutes=template.minutes),
                "talks_start_at": starts_at + timedelta(minutes=template.talks_after),
                "registration_closes_on": day - timedelta(days=CLOSES_DAYS_BEFORE),
            }
        )

    @classmethod
    def of(cls, event: Event, **sent: Any) -> EventForm:
        """Return the form filled with an event's settings; `formdata=None` leaves out what was sent."""
        values = {name: getattr(event, name) for name in DETAIL_NAMES}
        values["breaks"] = _numbers(event.breaks)
        values["industries"] = "、".join(event.industries)
        for name in _INSTANTS:
            values[name] = in_china(values[name]).replace(tzinfo=None)
        return cls(
            data={
                **values,
                "kind": event.kind.value,
                "approval": event.approval.value,
                "version": event.lock_version,
            },
            **sent,
        )

    def details(self) -> EventDetails:
        """Return what was typed; talks begin with the event unless said otherwise."""
        values: dict[str, Any] = {
            name: field.data for name in DETAIL_NAMES if (field := self._fields.get(name)) is not None
        }
        values["talks_start_at"] = values.get("talks_start_at") or values["starts_at"]
        for name in _INSTANTS:
            values[name] = _instant(values[name])
        values["industries"] = _industries_named(values.get("industries") or "")
        values["counties"] = sorted(values.get("counties") or [])
        values["breaks"] = _slots_named(values.get("breaks") or "", self.slots_by_time())
        kind = EventKind(values["kind"])
        if "asking" in values:
            values["asking"] = [word for word, _asker, _asked in cells() if word in (values["asking"] or [])]
        for name in _TEXTS:
            values[name] = (values[name] or "").strip()
        return EventDetails(**{**values, "kind": kind, "approval": ApprovalMode(values["approval"])})


def _instant(local: datetime) -> datetime:
    return local.replace(tzinfo=CHINA)
