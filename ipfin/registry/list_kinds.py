"""The kinds of list that the office takes in; each has its room in `ipfin.lists`. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ipfin.kernel.text import Text, _


class ListKind(StrEnum):
    """What a list tells of (名单种类)."""

    PATENTS = "patents"  # 专利名单
    REGISTER = "register"  # 工商登记名单
    QUALIFICATIONS = "qualifications"  # 资质名单
    CONDUCT = "conduct"  # 失信与处罚名单
    PLEDGES = "pledges"  # 质押登记名单
    OUTCOMES = "outcomes"  # 融资结果名单


LIST_KIND_LABELS: Mapping[ListKind, Text] = {
    ListKind.PATENTS: _("专利名单"),
    ListKind.REGISTER: _("工商登记名单"),
    ListKind.QUALIFICATIONS: _("企业资质名单"),
    ListKind.CONDUCT: _("失信与处罚名单"),
    ListKind.PLEDGES: _("专利质押登记名单"),
    ListKind.OUTCOMES: _("融资结果名单"),
}
