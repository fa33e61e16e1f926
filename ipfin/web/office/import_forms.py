"""Forms of the import wizard."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from ipfin.kernel.clock import today_in_china
from ipfin.web.forms import BaseForm

FIRST_PATENT_LAW = date(1985, 4, 1)  # 专利法 in force: no patent of the country is older


class ColumnsForm(BaseForm):
    """Confirm the columns: their choices are read by position, the token is what counts here."""


class UploadForm(BaseForm):
    """Hand a list in: the file, the day it speaks of, who gave it."""

    file = FileField(_("名单文件"), [FileRequired(_("请选择要上传的文件。"))])
    as_of = DateField(
        _("数据截止日"), [InputRequired(_("请填写数据截止日，格式如 2026-03-05。"))], default=today_in_china
    )
    source = StringField(_("名单来源"), [Length(max=120, message=_("名单来源不超过120个字。"))])

    def validate_as_of(self, field: DateField) -> None:
        """Refuse a day that no list can speak of: a later one would outweigh every list that follows."""
        if field.data is not None and not FIRST_PATENT_LAW <= field.data <= today_in_china():
            raise ValidationError(
                _("数据截止日须在%(first)s至今天之间。", first=FIRST_PATENT_LAW.isoformat())
            )
