"""The form by which anybody objects to a public notice."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from ipfin.registry.models import Enterprise
from ipfin.web.forms import BaseForm, choices_of
from ipfin.whitelist.notice import LONGEST_OBJECTION


class ObjectionForm(BaseForm):
    """Who objects, how he is reached, to which firm, and why."""

    firm = SelectField(_("针对"))
    name = StringField(
        _("真实姓名或单位名称"), [InputRequired(_("请填写真实姓名或单位名称（2至60字）。")), Length(max=60)]
    )
    contact = StringField(
        _("电话或邮箱"), [InputRequired(_("请填写电话或邮箱，以便答复。")), Length(max=100)]
    )
    reason = TextAreaField(
        _("事实和理由"), [InputRequired(_("请写明事实和理由。")), Length(max=LONGEST_OBJECTION)]
    )
    evidence = FileField(_("证明材料（可选）"))

    def offer(self, firms: Iterable[Enterprise]) -> None:
        """Offer the firms that the notice names."""
        self.firm.choices = choices_of(
            ((firm.public_id, firm.name) for firm in firms), nothing=gettext("整个名单")
        )
