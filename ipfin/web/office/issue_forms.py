"""Forms of the directory: which firms an issue holds, to whom it goes, when it is prepared by itself."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from ipfin.accounts.models import Organisation
from ipfin.registry.industries import DIVISIONS
from ipfin.reports.schedule import FREQUENCY_LABELS, LAST_DAY, MOST_REMIND_DAYS, Frequency
from ipfin.reports.selection import (
    HOLDING_LABELS,
    KIND_LABELS,
    MOST_DAYS,
    MOST_PATENTS,
    Holding,
    IssueScope,
    RecipientChoice,
)
from ipfin.reports.service.scheduling import USUAL_REMIND_DAYS
from ipfin.reports.tiers import TIER_LABELS, FieldTier
from ipfin.web.forms import BaseForm, SeveralField, choices_of_labels
from ipfin.web.i18n import in_reader_language


class Checkboxes(SeveralField):
    """Several of a few choices, each with its box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: BaseForm) -> None:
        """Refuse what was not offered, in the reader's language.

        Raises:
            ValidationError: something else was sent.
        """
        offered = {self.coerce(value) for value, *_label in self.choices or ()}
        if set(self.data or ()) - offered:
            raise ValidationError(str(_("所选内容不在可选范围内，请刷新页面重选。")))


class RecipientForm(BaseForm):
    """To whom an issue goes, and how much of each firm it shows to whom."""

    kinds = Checkboxes(_("送达哪几类机构"))
    organisations = Checkboxes(_("只送达指定的机构"), coerce=int)
    tier_bank = SelectField(_("银行可见字段"), default=FieldTier.CONSENTED)
    tier_insurer = SelectField(_("保险可见字段"), default=FieldTier.CONSENTED)
    tier_guarantor = SelectField(_("担保可见字段"), default=FieldTier.CONSENTED)

    def offer_recipients(self, organisations: Iterable[Organisation]) -> None:
        """Offer these institutions, and the tiers."""
        self.kinds.choices = [(kind, in_reader_language(label)) for kind, label in KIND_LABELS.items()]
        self.organisations.choices = [(each.id, each.name) for each in organisations]
        for field in self._tiers().values():
            field.choices = choices_of_labels(TIER_LABELS)

    def show_recipients(self, choice: RecipientChoice) -> None:
        """Begin with what was chosen."""
        self.kinds.data = list(choice.kinds)
        self.organisations.data = list(choice.organisation_ids)
        for kind, field in self._tiers().items():
            field.data = choice.tier_of(kind).value

    def chosen_recipients(self) -> RecipientChoice:
        """Return what was chosen.

        Raises:
            BadInput: nobody was.
        """
        single = tuple(self.organisations.data or ())
        return RecipientChoice(
            kinds=tuple(self.kinds.data or (KIND_LABELS if single else ())),
            organisation_ids=single,
            tiers={kind: FieldTier(field.data) for kind, field in self._tiers().items()},
        )

    def _tiers(self) -> dict[str, SelectField]:
        return {"bank": self.tier_bank, "insurer": self.tier_insurer, "guarantor": self.tier_guarantor}


class IssueForm(RecipientForm):
    """Prepare an issue of the directory."""

    title = StringField(_("标题"), [InputRequired(_("请填写标题。")), Length(max=200)])
    holding = SelectField(_("计数的专利"), default=Holding.VALID)
    least = IntegerField(
        _("每家至少几件"), [InputRequired(_("请填写整数。")), NumberRange(1, MOST_PATENTS)], default=1
    )
    fresh_days = IntegerField(
        _("数据不早于编制日前几天（留空不限）"), [Optional(), NumberRange(1, MOST_DAYS)]
    )
    admitted_only = BooleanField(_("只收录在白名单有效期内的企业"))
    regions = Checkboxes(_("区县（不选为全市）"))
    industries = Checkboxes(_("行业大类（不选为全部）"))

    def offer_scope(self, regions: Iterable[tuple[str, str, int]], divisions: Iterable[str]) -> None:
        """Offer these divisions of the city and of the industries."""
        self.holding.choices = choices_of_labels(HOLDING_LABELS)
        self.regions.choices = [(code, f"{name}（{count}）") for code, name, count in regions]
        self.industries.choices = [
            (code, f"{code} {in_reader_language(DIVISIONS[code])}") for code in divisions if code in DIVISIONS
        ]

    def show_scope(self, scope: IssueScope) -> None:
        """Begin with what was chosen."""
        self.holding.data, self.least.data = scope.holding.value, scope.least
        self.fresh_days.data, self.admitted_only.data = scope.fresh_days, scope.admitted_only
        self.regions.data, self.industries.data = list(scope.regions), list(scope.industries)

    def chosen_scope(self) -> IssueScope:
        """Return what was chosen.

        Raises:
            BadInput: a figure is out of range.
        """
        return IssueScope(
            regions=tuple(self.regions.data or ()),
            industries=tuple(self.industries.data or ()),
            holding=Holding(self.holding.data),
            least=self.least.data or 1,
            admitted_only=bool(self.admitted_only.data),
            fresh_days=self.fresh_days.data,
        )


class ScheduleForm(IssueForm):
    """Say when the directory is prepared by itself, and how."""

    frequency = SelectField(_("编制周期"), default=Frequency.OFF)
    day = IntegerField(
        _("编制日（每月1日至28日）"), [InputRequired(_("请填写整数。")), NumberRange(1, LAST_DAY)], default=5
    )
    remind_after_days = IntegerField(
        _("送达几个工作日后催签（0为不催）"),
        [InputRequired(_("请填写整数。")), NumberRange(0, MOST_REMIND_DAYS)],
        default=USUAL_REMIND_DAYS,
    )

    def offer_frequencies(self) -> None:
        """Offer how often."""
        self.frequency.choices = choices_of_labels(FREQUENCY_LABELS)
