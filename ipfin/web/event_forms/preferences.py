"""The forms behind suggestions: what a participant looks for, and how the office weighs it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DecimalField,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from ipfin.events.eligibility import GRADES
from ipfin.events.models import MeetingPreference
from ipfin.events.preferences import IP_KIND_LABELS, IpKind, Preference, industries_from
from ipfin.events.suggestions import CRITERION_LABELS, Criterion
from ipfin.kernel.money import Fen, fen_from_wan_yuan, wan_yuan
from ipfin.registry.models import Region
from ipfin.web.forms import SeveralField, finite
from ipfin.web.i18n import in_reader_language
from ipfin.web.versioned import VersionedForm


def _ticks(label: str) -> SeveralField:
    return SeveralField(label, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False))


_AMOUNT = [Optional(), finite, NumberRange(0, 1_000_000)]


class PreferenceForm(VersionedForm):
    """What an institution looks for; what is left empty is not judged."""

    proposes_first = True  # from an earlier event

    amount_from = DecimalField(
        _("金额不低于（万元）"), [Optional(), finite, NumberRange(0, 1_000_000)], places=2
    )
    amount_to = DecimalField(
        _("金额不高于（万元）"), [Optional(), finite, NumberRange(0, 1_000_000)], places=2
    )
    months_from = IntegerField(_("期限不短于（月）"), [Optional()])
    months_to = IntegerField(_("期限不长于（月）"), [Optional()])
    industries = StringField(_("行业"), [Length(max=200)])
    counties = _ticks(_("区域"))
    kinds = _ticks(_("知识产权类型"))
    least_grade = SelectField(_("白名单最低等级"))
    only_listed = BooleanField(_("产品只面向白名单企业"))
    least_patents = IntegerField(_("产品要求的有效专利件数"), [Optional()])

    def offer(self, regions: Sequence[Region]) -> PreferenceForm:
        """Offer the divisions below the city, the kinds and the grades."""
        self.counties.choices = [(region.code, region.name) for region in regions if region.parent_code]
        self.kinds.choices = [(kind.value, in_reader_language(IP_KIND_LABELS[kind])) for kind in IpKind]
        self.least_grade.choices = [("", str(_("不限"))), *((grade, grade) for grade in GRADES)]
        return self

    @classmethod
    def of(cls, row: MeetingPreference | None, registration_id: int, **sent: Any) -> PreferenceForm:
        """Return the form filled with what was said of this registration, else of an earlier one.

        Args:
            sent: `formdata=None` leaves out what was sent.
        """
        if row is None:
            return cls(data={"version": 0}, **sent)
        return cls(
            data={
                "version": row.lock_version if row.registration_id == registration_id else 0,
                "amount_from": _shown(row.amount_from_fen),
                "amount_to": _shown(row.amount_to_fen),
                "industries": "、".join(row.industries),
                "least_patents": row.least_patents or None,
                **{
                    name: getattr(row, name)
                    for name in (
                        "months_from",
                        "months_to",
                        "counties",
                        "kinds",
                        "least_grade",
                        "only_listed",
                    )
                },
            },
            **sent,
        )

    def preference(self) -> Preference:
        """Return what was typed.

        Raises:
            BadInput: an industry that there is none of.
        """
        return Preference(
            _fen(self.amount_from.data),
            _fen(self.amount_to.data),
            self.months_from.data,
            self.months_to.data,
            industries_from(self.industries.data or ""),
            frozenset(self.counties.data or ()),
            frozenset(IpKind(kind) for kind in self.kinds.data or ()),
            self.least_grade.data or None,
            bool(self.only_listed.data),
            self.least_patents.data or 0,
        )


def _fen(amount: Decimal | None) -> Fen | None:
    return None if amount is None else fen_from_wan_yuan(amount)


def _shown(amount: Fen | None) -> Decimal | None:
    return None if amount is None else wan_yuan(amount)


class WeightsForm(VersionedForm):
    """How much each criterion weighs, together a hundred, and why it is changed."""

    reason = StringField(_("调整理由"), [InputRequired(_("请写明调整的理由。")), Length(max=300)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for criterion in Criterion:
            self[criterion.value].label.text = in_reader_language(CRITERION_LABELS[criterion])

    def weights(self) -> dict[Criterion, int]:
        """Return what was typed."""
        return {criterion: self[criterion.value].data for criterion in Criterion}


for _criterion in Criterion:
    setattr(
        WeightsForm,
        _criterion.value,
        IntegerField(_criterion.value, [InputRequired(_("请填写整数。")), NumberRange(0, 100)]),
    )
