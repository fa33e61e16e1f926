"""Forms of the import wizard."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, StringField
from wtforms.validators import Length, Optional, ValidationError

from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import BadInput
from ipfin.registry.as_of import check_as_of, day_in_name
from ipfin.web.forms import BaseForm
from ipfin.web.i18n import in_reader_language


class ColumnsForm(BaseForm):
    """Confirm the columns: their choices are read by position, the token is what counts here."""


class UploadForm(BaseForm):
    """Hand a list in: the file, the day it speaks of, who gave it."""

    file = FileField(_("名单文件"), [FileRequired(_("请选择要上传的文件。"))])
    as_of = DateField(_("数据截止日"), [Optional()])
    source = StringField(_("名单来源"), [Length(max=120, message=_("名单来源不超过120个字。"))])

    def validate_as_of(self, field: DateField) -> None:
        """Refuse a day that no list can speak of."""
        if field.data is not None:
            try:
                check_as_of(field.data, today=today_in_china())
            except BadInput as refusal:
                raise ValidationError(in_reader_language(refusal.message)) from refusal

    def propose_day(self) -> None:
        """Fill in the day that the name of the file hints at, when none was given; a person confirms it."""
        name = getattr(self.file.data, "filename", "") or ""
        hint = None if any(self.as_of.raw_data or ()) else day_in_name(name, today=today_in_china())
        if hint is not None:
            self.as_of.raw_data, self.as_of.data = None, hint
            self.as_of.errors = [
                _(
                    "请填写数据截止日。文件名提示可能是%(day)s，已代为填入，请核对并重新选择文件。",
                    day=hint.isoformat(),
                )
            ]
