"""Forms of training records: whether an event counts, who came along, why one is revoked or made again."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DecimalField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from ipfin.events.models import Registration
from ipfin.web.forms import BaseForm, SeveralField, finite
from ipfin.web.versioned import VersionedForm


class TrainingForm(VersionedForm):
    """Whether an event gives training records, and its hours."""

    gives_records = BooleanField(_("签到的参会人计入培训记录，可领培训证书"))
    hours = DecimalField(
        _("学时"), [InputRequired(_("请填写学时，如3或2.5。")), finite, NumberRange(0, 1000)], places=None
    )


class CompanionsForm(BaseForm):
    """Who of those named as companions was there, by the ids of their registrations."""

    who = SeveralField(
        _("到场的同行人员"),
        [InputRequired(_("请勾选到场的同行人员。"))],
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def offer(self, rows: Iterable[Registration]) -> CompanionsForm:
        """Offer the companions of these registrations."""
        self.who.choices = [(row.id, f"{row.second_name} · {row.display_name}") for row in rows]
        return self


class RemakeForm(BaseForm):
    """Whose name stands on a record that is made again, and why it is."""

    person = StringField(_("姓名"), [InputRequired(_("请填写姓名。")), Length(max=60)])
    reason = TextAreaField(_("重新生成的理由"), [InputRequired(_("请写明理由。")), Length(max=300)])


class RevokeForm(BaseForm):
    """Why a record is revoked."""

    reason = TextAreaField(_("撤销的理由"), [InputRequired(_("请写明理由。")), Length(max=300)])
