"""What the auditor fills in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import InputRequired

from ipfin.web.forms import BaseForm, choices_of

PURPOSES = (
    ("supervision", _l("纪检监察")),
    ("internal", _l("内部审计")),
    ("inspection", _l("上级检查")),
    ("dispute", _l("异议核查")),
)


class ExportForm(BaseForm):
    """For what an extract of the log is wanted; stands in the log and on the sheet."""

    purpose = SelectField(
        _l("用途"), [InputRequired(_l("请选择用途。"))], choices=choices_of(PURPOSES, nothing="—")
    )

    @property
    def purpose_label(self) -> str:
        """The chosen purpose in words."""
        return str(dict(PURPOSES)[self.purpose.data])
