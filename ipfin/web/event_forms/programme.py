"""The forms of an item of the programme, and of a copy of an event. Times are typed in Chinese time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateTimeLocalField, StringField
from wtforms.validators import InputRequired, Length

from ipfin.events.copying import next_like
from ipfin.events.models import Event, ProgrammeLine
from ipfin.events.programme import LONGEST, Item
from ipfin.kernel.clock import CHINA, in_china, today_in_china
from ipfin.web.forms import BaseForm, within_reach
from ipfin.web.versioned import VersionedForm


def _moment(label: str) -> DateTimeLocalField:
    needed = InputRequired(_("请填写时间，格式如 2026-04-16 09:00。"))
    return DateTimeLocalField(label, [needed, within_reach], format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])


def _local(moment: datetime) -> datetime:
    return in_china(moment).replace(tzinfo=None)


class ItemForm(VersionedForm):
    """One item of the programme."""

    starts_at = _moment(_("开始时间"))
    ends_at = _moment(_("结束时间"))
    title = StringField(_("内容"), [InputRequired(_("请填写议程内容。")), Length(max=LONGEST["title"])])
    speaker = StringField(_("主讲或主持（选填）"), [Length(max=LONGEST["speaker"])])
    place = StringField(_("地点（选填）"), [Length(max=LONGEST["place"])])

    @classmethod
    def of(cls, line: ProgrammeLine, **sent: Any) -> ItemForm:
        """Return the form filled with an item that is there; `formdata=None` leaves out what was sent."""
        return cls(
            data={
                "starts_at": _local(line.starts_at),
                "ends_at": _local(line.ends_at),
                "title": line.title,
                "speaker": line.speaker,
                "place": line.place,
                "version": line.lock_version,
            },
            **sent,
        )

    @classmethod
    def after(cls, event: Event, last: ProgrammeLine | None) -> ItemForm:
        """Return the form of an item that follows the last one, else begins with the event."""
        begins = _local(last.ends_at if last else event.starts_at)
        return cls(data={"starts_at": begins})

    def item(self) -> Item:
        """Return what was typed in a valid form."""
        starts_at, ends_at = (field.data.replace(tzinfo=CHINA) for field in (self.starts_at, self.ends_at))
        return Item(starts_at, ends_at, self.title.data or "", self.speaker.data or "", self.place.data or "")


class CopyForm(BaseForm):
    """When the copy of an event begins, and what it is called."""

    title = StringField(_("活动名称"), [InputRequired(_("请填写活动名称。")), Length(max=200)])
    starts_at = _moment(_("新的开始时间"))

    @classmethod
    def of(cls, event: Event) -> CopyForm:
        """Return the form with the same weekday and hour, some weeks on."""
        begins = next_like(event.starts_at, today_in_china())
        return cls(data={"title": event.title, "starts_at": _local(begins)})

    def instant(self) -> datetime:
        """Return when the copy begins."""
        typed: datetime = self.starts_at.data
        return typed.replace(tzinfo=CHINA)
