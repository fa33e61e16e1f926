"""Forms of banks, guarantors and insurers."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import SelectField
from wtforms.validators import InputRequired

from ipfin.reports.firm_export import FORMAT_LABELS, PURPOSE_LABELS, ExportFormat, ExportPurpose
from ipfin.web.forms import BaseForm
from ipfin.web.i18n import in_reader_language


class ExportForm(BaseForm):
    """What a copy of the list is for, and as what it is wanted. The filter stands in the address."""

    purpose = SelectField(
        lazy_gettext("用途"), [InputRequired(lazy_gettext("请选择用途：用途会写进文件并记入日志。"))]
    )
    format = SelectField(lazy_gettext("格式"), [InputRequired()])

    def __init__(self) -> None:
        super().__init__()
        self.purpose.choices = [
            ("", _("请选择")),
            *((purpose.value, in_reader_language(label)) for purpose, label in PURPOSE_LABELS.items()),
        ]
        self.format.choices = [
            (kind.value, in_reader_language(label)) for kind, label in FORMAT_LABELS.items()
        ]

    @property
    def wanted_purpose(self) -> ExportPurpose:
        """The purpose of a valid form."""
        return ExportPurpose(self.purpose.data)

    @property
    def wanted_format(self) -> ExportFormat:
        """The kind of file of a valid form."""
        return ExportFormat(self.format.data)
