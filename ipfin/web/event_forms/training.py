"""The forms of training records: whether an event counts and for how long, why a record is revoked."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DecimalField, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from ipfin.web.forms import BaseForm, finite


class TrainingForm(BaseForm):
    """Whether an event gives training records, and its hours."""

    gives_records = BooleanField(_("签到的参会人计入培训记录，可领培训证书"))
    hours = DecimalField(
        _("学时"), [InputRequired(_("请填写学时，如3或2.5。")), finite, NumberRange(0, 1000)], places=None
    )
    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """The version that the person saw; -1 when the form does not say it well."""
        word = str(self.version.data or "")
        return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else -1


class RevokeForm(BaseForm):
    """Why a record is revoked."""

    reason = TextAreaField(_("撤销的理由"), [InputRequired(_("请写明理由。")), Length(max=300)])
