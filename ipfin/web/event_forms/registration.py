"""The forms in which somebody signs up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from flask_babel import lazy_gettext as _
from wtforms import (
    DecimalField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from ipfin.events.lifecycle import SIDE_LABELS, Side
from ipfin.events.models import Registration
from ipfin.events.registration import Application
from ipfin.events.service import Person
from ipfin.kernel.money import Fen, fen_from_wan_yuan, wan_yuan
from ipfin.web.event_forms.questions import answered, answers_in
from ipfin.web.forms import BaseForm
from ipfin.web.i18n import in_reader_language
from ipfin.web.versioned import VersionedForm

NO_ANSWERS: Final[Mapping[int, str]] = {}


class PersonsForm(BaseForm):
    """Who comes: the contact with post and phone, and who comes along."""

    contact_name = StringField(_("参会联系人"), [InputRequired(_("请填写参会联系人。")), Length(max=60)])
    contact_post = StringField(_("职务"), [Length(max=60)])
    phone = StringField(_("联系电话"), [InputRequired(_("请填写联系电话。")), Length(max=30)])
    second_name = StringField(_("同行人员（选填）"), [Length(max=60)])
    second_post = StringField(_("同行人员职务"), [Length(max=60)])

    def persons(self, said: Application) -> Application:
        """Return what was typed, with the persons filled in."""
        return replace(
            said,
            contact_name=self.contact_name.data or "",
            phone=self.phone.data or "",
            contact_post=self.contact_post.data or "",
            second_name=self.second_name.data or "",
            second_post=self.second_post.data or "",
            answers=answers_in(self),
        )


class RegistrationForm(VersionedForm, PersonsForm):
    """A house signs up; an institution says its desks, a firm its need."""

    proposes_first = True  # from what the house said before
    together = (("contact_name", "contact_post", "phone"), ("second_name", "second_post"))

    def application(self) -> Application:
        """Return what was typed."""
        return self.persons(Application("", ""))


class EnterpriseRegistrationForm(RegistrationForm):
    """A firm signs up."""

    need = TextAreaField(_("融资或保险需求"), [Length(max=500)])
    amount = DecimalField(_("意向金额（万元）"), [Optional()], places=2)
    months = IntegerField(_("需求期限（月）"), [Optional()])

    def application(self) -> Application:
        """Return what was typed."""
        amount: Decimal | None = self.amount.data
        wished = None if amount is None else fen_from_wan_yuan(amount)
        return self.persons(Application("", "", self.need.data or "", wished, months=self.months.data))


class InstitutionRegistrationForm(RegistrationForm):
    """A bank, insurer or guarantor signs up."""

    desks = IntegerField(_("洽谈席位"), [Optional()], default=1)
    need = TextAreaField(_("产品或关注方向"), [Length(max=500)])

    def application(self) -> Application:
        """Return what was typed."""
        return self.persons(Application("", "", self.need.data or "", desks=self.desks.data or 0))


class OfficeRegistrationForm(PersonsForm):
    """The office signs somebody up who called."""

    side = RadioField(_("参会方"))
    name = StringField(_("单位"), [InputRequired(_("请填写单位全称或信用代码。")), Length(max=200)])
    shared_phone_reason = StringField(_("与他人共用电话的理由"), [Length(max=200)])
    need = TextAreaField(_("需求说明"), [Length(max=500)])
    amount = DecimalField(_("意向金额（万元，企业）"), [Optional()], places=2)
    desks = IntegerField(_("洽谈席位（机构）"), [Optional()], default=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.side.choices = [(side.value, in_reader_language(SIDE_LABELS[side])) for side in Side]
        self.side.data = self.side.data or Side.ENTERPRISE.value

    def application(self) -> Application:
        """Return what was typed."""
        amount: Decimal | None = self.amount.data
        wished = None if amount is None else fen_from_wan_yuan(amount)
        return self.persons(
            Application(
                "",
                "",
                self.need.data or "",
                wished,
                self.desks.data or 0,
                shared_phone_reason=self.shared_phone_reason.data or "",
            )
        )


class SubstituteForm(VersionedForm):
    """Another person comes instead, of the one whom the version names."""

    together = (("contact_name", "contact_post", "phone", "reason"),)  # of one person, opened empty

    contact_name = StringField(_("改由谁参会"), [InputRequired(_("请填写参会联系人。")), Length(max=60)])
    contact_post = StringField(_("职务"), [Length(max=60)])
    phone = StringField(_("联系电话"), [InputRequired(_("请填写联系电话。")), Length(max=30)])
    reason = StringField(_("原因（选填）"), [Length(max=300)])

    def person(self) -> Person:
        """Return who comes."""
        return Person(self.contact_name.data or "", self.phone.data or "", self.contact_post.data or "")

    @classmethod
    def over(cls, row: Registration) -> SubstituteForm:
        """Return an empty form that speaks of whom a registration names now."""
        return cls(formdata=None, data={"version": row.said_version})

    @classmethod
    def of(cls, row: Registration, phone: str, reason: str = "") -> SubstituteForm:
        """Return the form as if whom a registration names now had been typed; `phone` as it may be read."""
        said = {"contact_name": row.contact_name, "contact_post": row.contact_post, "phone": phone}
        return cls(formdata=None, data={**said, "reason": reason, "version": row.said_version})


def filled(
    kind: type[RegistrationForm],
    said: Registration | None,
    name: str,
    phone: str,
    post: str = "",
    answers: Mapping[int, str] = NO_ANSWERS,
    version: int = 0,
    **sent: Any,
) -> RegistrationForm:
    """Return a registration form for this person, else as the house said before.

    Args:
        version: of the registration that is changed; 0 when there is none yet.
        sent: `formdata=None` leaves out what was sent.
    """
    values: dict[str, Any] = {"contact_name": name, "phone": phone, "contact_post": post, "version": version}
    values |= answered(answers)
    if said is not None:
        amount = said.amount_fen
        values |= {
            "second_name": said.second_name,
            "second_post": said.second_post,
            "need": said.need,
            "desks": said.desks or 1,
            "months": said.months,
            "amount": None if amount is None else wan_yuan(Fen(amount)),
        }
    return kind(data=values, **sent)
