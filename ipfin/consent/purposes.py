"""What a firm may agree to: for which purpose, and which set of its fields. Pure.

Decides the purposes, which kind of institution may be given which, and what each set of fields holds; at
which level a single field stands is decided in `levels`, what becomes of a consent in `rules`.

A consent is separate for each recipient, purpose and set (个人信息保护法 arts. 14 and 23), so nothing here
stands for "everything".
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from ipfin.kernel.actor import Role
from ipfin.kernel.text import Text, _


class Purpose(StrEnum):
    """What a recipient may use the data for (用途)."""

    FINANCING = "financing"  # 融资对接
    INSURANCE = "insurance"  # 保险对接
    POST_LOAN = "post_loan"  # 贷后管理
    MEETING = "meeting"  # 对接会准备


PURPOSE_LABELS: Final[Mapping[Purpose, Text]] = {
    Purpose.FINANCING: _("融资对接"),
    Purpose.INSURANCE: _("保险对接"),
    Purpose.POST_LOAN: _("贷后管理"),
    Purpose.MEETING: _("对接会准备"),
}
PURPOSE_DETAILS: Final[Mapping[Purpose, Text]] = {
    Purpose.FINANCING: _("了解企业情况，决定是否与企业联系、是否受理知识产权质押融资"),
    Purpose.INSURANCE: _("了解企业情况，决定是否与企业联系、是否承保知识产权保险"),
    Purpose.POST_LOAN: _("贷款存续期间的风险管理"),
    Purpose.MEETING: _("准备与企业在对接会上的会谈"),
}


class FieldSet(StrEnum):
    """What a firm may open together (字段组): never less than a person can understand, never all at once."""

    DECLARED = "declared"  # 申报的经营指标
    CONTACTS = "contacts"  # 联系人与联系方式


FIELD_SET_LABELS: Final[Mapping[FieldSet, Text]] = {
    FieldSet.DECLARED: _("申报的经营指标"),
    FieldSet.CONTACTS: _("联系人与联系方式"),
}
FIELD_SET_KINDS: Final[Mapping[FieldSet, Text]] = {
    FieldSet.DECLARED: _(
        "研发投入占比、纳税信用级别、营业收入增长、质押融资记录的具体数值，以及由其计算的指标得分"
    ),
    FieldSet.CONTACTS: _("联系人姓名、职务、电话、电子邮箱"),
}

PURPOSES_OF: Final[Mapping[Role, tuple[Purpose, ...]]] = {
    Role.BANK: (Purpose.FINANCING, Purpose.POST_LOAN, Purpose.MEETING),
    Role.GUARANTOR: (Purpose.FINANCING, Purpose.POST_LOAN, Purpose.MEETING),
    Role.INSURER: (Purpose.INSURANCE, Purpose.MEETING),
}
"""Which purposes each kind of recipient may be given; a role that stands here not can be given none."""

METHOD: Final = _("在本平台页面上查看；导出的文件带水印、核验码并逐次登记；不得转给第三方，不得用于其他用途")
"""How every recipient handles the data: the same for all, because the platform does it."""


def page_purpose(role: Role | None) -> Purpose | None:
    """Return the purpose for which an institution reads a firm's page, None for who needs no consent."""
    return None if role is None or role not in PURPOSES_OF else PURPOSES_OF[role][0]
