"""Forms of the import wizard."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, StringField
from wtforms.validators import Length, Optional, ValidationError

from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import BadInput
from ipfin.registry.as_of import check_as_of
from ipfin.web.forms import BaseForm
from ipfin.web.i18n import in_reader_language


class _DayForm(BaseForm):
    """What asks of which day a list speaks."""

    as_of = DateField(_("数据截止日"), [Optional()])

    def validate_as_of(self, field: DateField) -> None:
        """Refuse a day that no list can speak of."""
        if field.data is not None:
            try:
                check_as_of(field.data, today=today_in_china())
            except BadInput as refusal:
                raise ValidationError(in_reader_language(refusal.message)) from refusal


class UploadForm(_DayForm):
    """Hand a list in: the file, who gave it, the day it speaks of, which may be told later."""

    file = FileField(_("名单文件"), [FileRequired(_("请选择要上传的文件。"))])
    source = StringField(_("名单来源"), [Length(max=120, message=_("名单来源不超过120个字。"))])


class ColumnsForm(_DayForm):
    """Confirm the columns, whose choices are read by position, and the day that the list speaks of."""

    def show_day(self, known: date | None) -> None:
        """Fill in the day that is known or that a name hints at, unless a person wrote one."""
        if not self.is_submitted():
            self.as_of.data = known
