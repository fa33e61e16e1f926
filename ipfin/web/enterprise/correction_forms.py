"""Forms by which a firm contests what stands about it."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import MultipleFileField
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from ipfin.corrections.items import ITEM_LABELS, Item
from ipfin.web.forms import BaseForm, choices_of, choices_of_labels
from ipfin.web.i18n import in_reader_language
from ipfin.whitelist.gates import PLEDGE_FLAG_LABELS
from ipfin.whitelist.patent_flags import CONTESTABLE


class CorrectionForm(BaseForm):
    """What is contested, what it should be, why, and the proof."""

    item = SelectField(_("更正事项"), [InputRequired(_("请选择更正事项。"))])
    patent = StringField(_("专利申请号（只在更正专利时填写）"), [Length(max=40)])
    ground = SelectField(_("质押登记情形（只在更正这一事项时选择）"), default="")
    wanted = StringField(_("应当是"), [Length(max=300)])
    reason = TextAreaField(_("理由"), [InputRequired(_("请写明理由。")), Length(max=1000)])
    proofs = MultipleFileField(_("证明材料"))

    def __init__(self) -> None:
        super().__init__()
        self.item.choices = choices_of_labels(ITEM_LABELS, nothing=gettext("请选择"))
        grounds = [
            (code.value, f"{code.value} {in_reader_language(PLEDGE_FLAG_LABELS[code])}")
            for code in sorted(CONTESTABLE)
        ]
        self.ground.choices = choices_of(grounds, nothing=gettext("不涉及"))

    @property
    def wanted_item(self) -> Item:
        """The item of a valid form."""
        return Item(self.item.data)


class SupplementForm(BaseForm):
    """What the office asked for."""

    note = TextAreaField(_("补充说明"), [InputRequired(_("请写明补充了什么。")), Length(max=1000)])
    proofs = MultipleFileField(_("补充材料"))
