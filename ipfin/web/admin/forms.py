"""What the administrator fills in: invitations and organisations. Checks form only, services decide."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from ipfin.accounts.models import OrganisationKind
from ipfin.accounts.policy import ROLE_LABELS
from ipfin.accounts.service import KIND_LABELS
from ipfin.kernel.actor import Role
from ipfin.web.forms import BaseForm, choices_of, choices_of_labels


class InviteForm(BaseForm):
    """Whom to invite, as what, into which organisation."""

    name = StringField(_l("姓名"), [InputRequired(_l("请填写姓名。")), Length(max=60)])
    email = StringField(_l("邮箱"), [InputRequired(_l("请填写邮箱。")), Length(max=254)])
    organisation_id = SelectField(_l("机构"), [InputRequired(_l("请选择机构。"))])
    role = SelectField(_l("角色"), [InputRequired(_l("请选择角色。"))])

    def offer(self, organisations: Iterable[tuple[int, str]]) -> None:
        """Fill in what can be chosen."""
        pairs = ((str(key), name) for key, name in organisations)
        self.organisation_id.choices = choices_of(pairs, nothing="—")
        self.role.choices = choices_of_labels(ROLE_LABELS, nothing="—")

    @property
    def wanted_role(self) -> Role:
        """The chosen role."""
        return Role(self.role.data)


class OrganisationForm(BaseForm):
    """A new organisation. Which parts are needed depends on its kind; the service says so."""

    kind = SelectField(_l("类别"), [InputRequired(_l("请选择类别。"))])
    name = StringField(_l("全称"), [InputRequired(_l("请填写机构全称。")), Length(max=200)])
    short_name = StringField(_l("简称"), [Optional(), Length(max=60)])
    parent_id = SelectField(_l("上级机构"), [Optional()])
    region_code = SelectField(_l("所辖行政区划"), [Optional()])
    enterprise_id = StringField(_l("企业统一社会信用代码"), [Optional(), Length(max=40)])

    def offer(self, parents: Iterable[tuple[int, str]], regions: Iterable[tuple[str, str]]) -> None:
        """Fill in what can be chosen."""
        self.kind.choices = choices_of_labels(KIND_LABELS, nothing="—")
        heads = ((str(key), name) for key, name in parents)
        self.parent_id.choices = choices_of(heads, nothing=_("无（总部或独立机构）"))
        named = ((code, f"{name}（{code}）") for code, name in regions)
        self.region_code.choices = choices_of(named, nothing="—")

    @property
    def wanted_kind(self) -> OrganisationKind:
        """The chosen kind."""
        return OrganisationKind(self.kind.data)
