"""The forms in which somebody signs up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

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
from ipfin.kernel.money import Fen, fen_from_wan_yuan, wan_yuan
from ipfin.web.forms import BaseForm
from ipfin.web.i18n import in_reader_language

_WHOLE = InputRequired(_("请填写整数。"))


class RegistrationForm(BaseForm):
    """Who comes; an institution says its desks, a firm its need."""

    contact_name = StringField(_("参会联系人"), [InputRequired(_("请填写参会联系人。")), Length(max=60)])
    phone = StringField(_("联系电话"), [InputRequired(_("请填写联系电话。")), Length(max=30)])

    def application(self) -> Application:
        """Return what was typed."""
        return Application(self.contact_name.data or "", self.phone.data or "")


class EnterpriseRegistrationForm(RegistrationForm):
    """A firm signs up."""

    need = TextAreaField(_("融资或保险需求"), [Length(max=500)])
    amount = DecimalField(_("意向金额（万元）"), [Optional()], places=2)

    def application(self) -> Application:
        """Return what was typed."""
        amount: Decimal | None = self.amount.data
        return Application(
            self.contact_name.data or "",
            self.phone.data or "",
            self.need.data or "",
            None if amount is None else fen_from_wan_yuan(amount),
        )


class InstitutionRegistrationForm(RegistrationForm):
    """A bank, insurer or guarantor signs up."""

    desks = IntegerField(_("洽谈席位"), [_WHOLE], default=1)
    need = TextAreaField(_("产品或关注方向"), [Length(max=500)])

    def application(self) -> Application:
        """Return what was typed."""
        return Application(
            self.contact_name.data or "",
            self.phone.data or "",
            self.need.data or "",
            desks=self.desks.data or 0,
        )


class OfficeRegistrationForm(BaseForm):
    """The office signs somebody up who called."""

    side = RadioField(_("参会方"))
    name = StringField(_("单位"), [InputRequired(_("请填写单位全称或信用代码。")), Length(max=200)])
    contact_name = StringField(_("参会联系人"), [InputRequired(_("请填写参会联系人。")), Length(max=60)])
    phone = StringField(_("联系电话"), [InputRequired(_("请填写联系电话。")), Length(max=30)])
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
        return Application(
            self.contact_name.data or "",
            self.phone.data or "",
            self.need.data or "",
            None if amount is None else fen_from_wan_yuan(amount),
            self.desks.data or 0,
        )


def filled(
    kind: type[RegistrationForm], said: Registration | None, name: str, phone: str
) -> RegistrationForm:
    """Return a registration form filled with what was said before, or else with the person himself."""
    values: dict[str, Any] = {"contact_name": name, "phone": phone}
    if said is not None:
        amount = said.amount_fen
        values |= {
            "contact_name": said.contact_name,
            "need": said.need,
            "desks": said.desks or 1,
            "amount": None if amount is None else wan_yuan(Fen(amount)),
        }
    return kind(data=values)
