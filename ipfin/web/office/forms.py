"""Forms of the office's whitelist, directory and match pages."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from ipfin.conduct.consultation import REGISTERS
from ipfin.registry.models import Enterprise
from ipfin.reports.firm_export import OFFICE_PURPOSES, PURPOSE_LABELS
from ipfin.web.forms import BaseForm, choices_of, choices_of_labels, within_reach
from ipfin.web.i18n import in_reader_language


class RunForm(BaseForm):
    """Ask for a score run: nothing to fill in, the token is what counts."""


class RoundForm(BaseForm):
    """Draft a whitelist round from the last score run."""

    title = StringField(_("批次名称"), [InputRequired(_("请填写批次名称。")), Length(max=200)])
    minimum_grade = SelectField(
        _("入选线（最低等级）"), choices=choices_of((each, each) for each in "ABCD"), default="C"
    )
    valid_from = DateField(_("生效日"), [InputRequired(_("请填写生效日，格式如 2026-03-05。")), within_reach])
    valid_months = IntegerField(
        _("有效期（月）"), [InputRequired(_("请填写1至36之间的整数。")), NumberRange(1, 36)], default=12
    )


class DecisionForm(BaseForm):
    """Decide on something that another person submitted."""

    note = TextAreaField(_("意见"), [Length(max=500)])


class ReasonForm(BaseForm):
    """Give the reason for taking something back."""

    reason = TextAreaField(_("理由"), [InputRequired(_("请写明理由。")), Length(max=300)])


class PurposeForm(BaseForm):
    """What a copy of a list of the office is for."""

    purpose = SelectField(_("用途"), [InputRequired(_("请选择用途：用途会写进文件并记入日志。"))])

    def __init__(self) -> None:
        super().__init__()
        pairs = [(each.value, in_reader_language(PURPOSE_LABELS[each])) for each in OFFICE_PURPOSES]
        self.purpose.choices = choices_of(pairs, nothing=gettext("请选择"))


class ConflictForm(BaseForm):
    """Say which of two sources holds, and why."""

    reason = TextAreaField(
        _("理由"), [InputRequired(_("请写明理由。")), Length(max=300)], render_kw={"accesskey": "r"}
    )
    held = SubmitField(_("保留原值"))
    told = SubmitField(_("采用名单"))


class WaiverForm(BaseForm):
    """Say why a round does without a look into a register."""

    code = SelectField(_("名册"), [InputRequired(_("请选择名册。"))])
    waived_because = TextAreaField(
        _("不查询的理由"), [InputRequired(_("请写明不查询的理由。")), Length(max=300)]
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.code.choices = choices_of_labels(REGISTERS)


class VersionForm(BaseForm):
    """Decide on a row as its reader saw it."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """The version that the reader saw, -1 when the form does not say or was forged."""
        word = str(self.version.data or "")
        return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else -1


class OverrideForm(VersionForm):
    """Propose another outcome for a candidate."""

    override_reason = TextAreaField(
        _("调整的理由"), [InputRequired(_("请写明调整的理由。")), Length(max=300)]
    )


class OverrideListForm(BaseForm):
    """Propose another outcome for several candidates with one reason."""

    override_reason = TextAreaField(
        _("调整的理由（各家相同）"), [InputRequired(_("请写明调整的理由。")), Length(max=300)]
    )


class ConsultationForm(BaseForm):
    """Log a look into a register of misconduct."""

    code = SelectField(_("名册"), [InputRequired(_("请选择名册。"))])
    register = StringField(
        _("查询的名册或网站"), [InputRequired(_("请填写查询了哪个名册或网站。")), Length(max=200)]
    )
    covers = StringField(_("覆盖的企业"), [InputRequired(_("请填写查询覆盖了哪些企业。")), Length(max=300)])
    consulted_on = DateField(_("查询日期"), [InputRequired(_("请填写查询日期。")), within_reach])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.code.choices = choices_of_labels(REGISTERS)


class MatchForm(BaseForm):
    """Say whether two enterprises are one, and why."""

    survivor = RadioField(_("如为同一家，保留"), [Optional()], coerce=int, validate_choice=False)
    reason = TextAreaField(
        _("理由"), [InputRequired(_("请写明理由。")), Length(max=300)], render_kw={"accesskey": "r"}
    )
    same = SubmitField(_("同一家，归并"))
    different = SubmitField(_("不同的两家"))
    unsure = SubmitField(_("暂不能确定"))

    def offer(self, *firms: Enterprise, only: Collection[int] | None = None) -> None:
        """Offer these enterprises as the one that stays, or `only` those among them."""
        self.survivor.choices = [(firm.id, firm.name) for firm in firms if only is None or firm.id in only]
