"""Under which words the refused rows of a list are counted on its page. Pure.

Rows that are kept apart are not wrong: they are not for this registry, or not yet. They have a line each;
every other reason counts as a row to correct.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ipfin.kernel.text import Text, _

REASON_LABELS: Final[Mapping[str, Text]] = {
    "branch": _("分支机构，不是法人"),
    "person": _("个人，不是企业"),
    "unknown_firm": _("不在企业库中"),
    "unknown_patent": _("不在专利库中"),
    "no_exclusion": _("不是准入排除情形"),
    "foreign_document": _("其他国家或地区的专利"),
    "code_has_other_name": _("代码相同而名称不同"),
    "name_has_other_code": _("名称相同而代码不同"),
    "two_records": _("代码与名称属于两条记录"),
}
