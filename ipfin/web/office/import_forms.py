"""Forms of the import wizard."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length

from ipfin.web.forms import BaseForm


class ColumnsForm(BaseForm):
    """Confirm the columns: their choices are read by position, the token is what counts here."""


class UploadForm(BaseForm):
    """Hand a list in: the file, the day it speaks of, who gave it."""

    file = FileField(_("名单文件"), [FileRequired(_("请选择要上传的文件。"))])
    as_of = DateField(_("数据截止日"), [InputRequired(_("请填写数据截止日，格式如 2026-03-05。"))])
    source = StringField(_("名单来源"), [Length(max=120)])
