"""The refusal grounds of pledge registration of one patent, and what is recorded of them: words. Pure.

Decides only the words; which ground a list shows is decided in `whitelist.gates`, how one stands with what a
person recorded in `whitelist.patent_flags`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from ipfin.kernel.text import Text, _


class PledgeFlag(StrEnum):
    """The refusal grounds of pledge registration (不予登记情形)."""

    P01 = "P01"  # 出质人不是登记的专利权人
    P02 = "P02"  # 已终止或被宣告无效
    P03 = "P03"  # 尚未授权
    P04 = "P04"  # 未按规定缴纳年费
    P05 = "P05"  # 权属纠纷中止或财产保全
    P06 = "P06"  # 债务期限超过专利权有效期
    P07 = "P07"  # 合同不符合规定
    P08 = "P08"  # 共有人未全部同意
    P09 = "P09"  # 已经质押
    P10 = "P10"  # 有同日发明申请的实用新型
    P11 = "P11"  # 无效宣告程序已启动
    P12 = "P12"  # 其他


class FlagWord(StrEnum):
    """What a record says of a ground (核查结论)."""

    THERE = "there"  # 有此情形
    NOT_THERE = "not_there"  # 已核查，没有此情形


WORD_LABELS: Final[Mapping[FlagWord, Text]] = {
    FlagWord.THERE: _("有此情形"),
    FlagWord.NOT_THERE: _("已核查，没有此情形"),
}


class FlagEnd(StrEnum):
    """Why a record stopped counting before its term (解除方式)."""

    REMOVED = "removed"  # 情形已消除
    REPAIRED = "repaired"  # 权利人已补救
    MISTAKEN = "mistaken"  # 登记有误


FLAG_END_LABELS: Final[Mapping[FlagEnd, Text]] = {
    FlagEnd.REMOVED: _("情形已消除"),
    FlagEnd.REPAIRED: _("权利人已补救"),
    FlagEnd.MISTAKEN: _("登记有误"),
}
