"""Forms of the register of conduct: a record entered by hand, its end, the rule of a term."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from ipfin.conduct.rules import END_LABELS, LABELS, EndKind
from ipfin.conduct.service import LONGEST_REASON
from ipfin.conduct.terms import LONGEST_MONTHS
from ipfin.web.forms import BaseForm, choices_of, choices_of_labels, within_reach
from ipfin.web.i18n import in_reader_language

_DAY = _("请填写日期，格式如 2026-03-05。")


class RecordForm(BaseForm):
    """A reason that keeps a firm out and that no list brought."""

    firm = StringField(_("企业"), [InputRequired(_("请填写企业全称或统一社会信用代码。")), Length(max=200)])
    code = SelectField(_("情形"), [InputRequired(_("请选择情形。"))])
    source = StringField(_("认定机关"), [InputRequired(_("请填写认定机关。")), Length(max=200)])
    reference = StringField(_("文号或案号"), [Length(max=120)])
    effective_on = DateField(_("列入日期"), [InputRequired(_DAY), within_reach])
    last_day = DateField(_("期满日期"), [Optional(), within_reach])
    evidence = TextAreaField(_("事由"), [Length(max=300)])
    proof = FileField(_("凭据文件"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        pairs = [(code.value, f"{code.value} {in_reader_language(label)}") for code, label in LABELS.items()]
        self.code.choices = choices_of(pairs, nothing=gettext("请选择"))


class EndForm(BaseForm):
    """Why a record no longer counts, and from when."""

    kind = SelectField(_("解除方式"), [InputRequired(_("请选择解除方式。"))])
    on = DateField(_("自哪天起不再计入"), [InputRequired(_DAY), within_reach])
    reason = TextAreaField(_("理由"), [InputRequired(_("请写明理由。")), Length(max=LONGEST_REASON)])
    proof = FileField(_("证明文件"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices_of_labels(END_LABELS, nothing=gettext("请选择"))

    @property
    def as_kind(self) -> EndKind:
        """Return the kind of a valid form."""
        return EndKind(self.kind.data)


class RuleForm(BaseForm):
    """How long records count that tell no end."""

    code = SelectField(_("情形"), [InputRequired(_("请选择情形。"))])
    months = IntegerField(
        _("期限（月）"), [Optional(), NumberRange(1, LONGEST_MONTHS, _("请填写1至120之间的整数。"))]
    )
    basis = StringField(_("依据"), [InputRequired(_("请填写依据。")), Length(max=LONGEST_REASON)])
    valid_from = DateField(_("适用于自哪天起列入的记录"), [InputRequired(_DAY), within_reach])
    is_confirmed = BooleanField(_("已与正式文本核对"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        pairs = [(code.value, f"{code.value} {in_reader_language(label)}") for code, label in LABELS.items()]
        self.code.choices = choices_of(pairs, nothing=gettext("请选择"))
