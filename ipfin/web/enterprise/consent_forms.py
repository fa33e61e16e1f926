"""Forms by which a firm gives, narrows and withdraws consents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, HiddenField, SelectField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from ipfin.accounts.models import OrganisationKind
from ipfin.consent.purposes import FIELD_SET_LABELS, PURPOSE_LABELS, FieldSet, Purpose
from ipfin.consent.queries import RecipientLine
from ipfin.consent.rules import usual_last_day
from ipfin.kernel.text import _ as sentence
from ipfin.web.forms import BaseForm, SeveralField, choices_of, choices_of_labels, within_reach
from ipfin.web.i18n import in_reader_language

_A_DAY = _("请填写截止日，格式如 2026-03-05。")
ALL_OF_A_KIND = {
    OrganisationKind.BANK: sentence("全部银行（%(count)s家，名单见下一步）"),
    OrganisationKind.GUARANTOR: sentence("全部担保机构（%(count)s家，名单见下一步）"),
    OrganisationKind.INSURER: sentence("全部保险机构（%(count)s家，名单见下一步）"),
}


class Checkboxes(SeveralField):
    """Several of a few, each with a box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ConsentForm(BaseForm):
    """To whom, for what, which fields, until when. What is agreed to is read on the next page."""

    recipients = Checkboxes(_("接收方"))
    purpose = SelectField(_("用途"), [InputRequired(_("请选择用途。"))])
    field_sets = Checkboxes(_("内容"))
    last_day = DateField(_("截止日（含当天）"), [InputRequired(_A_DAY), within_reach])

    def __init__(self, lines: Sequence[RecipientLine], on: date) -> None:
        super().__init__()
        self._lines = [line for line in lines if line.contact]
        self.recipients.choices = choices_of([*self._kinds(), *self._each()])
        self.purpose.choices = choices_of_labels(PURPOSE_LABELS, nothing=gettext("请选择"))
        self.field_sets.choices = choices_of_labels(FIELD_SET_LABELS)
        if self.last_day.raw_data is None:
            self.last_day.data = usual_last_day(on)

    def _each(self) -> list[tuple[str, str]]:
        return [(str(line.organisation.id), line.organisation.name) for line in self._lines]

    def _kinds(self) -> list[tuple[str, str]]:
        found = []
        for kind, label in ALL_OF_A_KIND.items():
            count = sum(line.organisation.kind is kind for line in self._lines)
            if count > 1:
                words = sentence(label.template, count=count)
                found.append((kind.value, in_reader_language(words)))
        return found

    @property
    def recipient_ids(self) -> list[int]:
        """Who was chosen, kinds as the institutions that belong to them today."""
        chosen = set(self.recipients.data or ())
        return [
            line.organisation.id
            for line in self._lines
            if str(line.organisation.id) in chosen or line.organisation.kind.value in chosen
        ]

    @property
    def wanted_purpose(self) -> Purpose:
        """The purpose of a valid form."""
        return Purpose(self.purpose.data)

    @property
    def wanted_sets(self) -> list[FieldSet]:
        """What was chosen to be opened."""
        return [FieldSet(each) for each in self.field_sets.data or ()]


class AgreeForm(BaseForm):
    """The firm agrees to what it read; `read` is the mark of those words."""

    read = HiddenField(validators=[InputRequired()])
    agreed = BooleanField(
        _("我已阅读以上每一项，并代表本企业单独同意。"), [InputRequired(_("请勾选同意；不同意请返回。"))]
    )


class NarrowForm(BaseForm):
    """An earlier last day."""

    last_day = DateField(_("新的截止日（含当天）"), [InputRequired(_A_DAY), within_reach])
