"""What an industry code of GB/T 4754-2017 means, in the words of its division. Pure.

Knows the divisions (大类, two digits), which is as fine as a list of firms needs; the letter before them
is the section, and the digits behind them are kept and shown, not read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ipfin.kernel.text import Text, _

_CODE: Final = re.compile(r"^[A-T]?(\d{2})\d{0,2}$")

DIVISIONS: Final[Mapping[str, Text]] = {
    "01": _("农业"),
    "02": _("林业"),
    "03": _("畜牧业"),
    "04": _("渔业"),
    "05": _("农、林、牧、渔专业及辅助性活动"),
    "06": _("煤炭开采和洗选业"),
    "07": _("石油和天然气开采业"),
    "08": _("黑色金属矿采选业"),
    "09": _("有色金属矿采选业"),
    "10": _("非金属矿采选业"),
    "11": _("开采专业及辅助性活动"),
    "12": _("其他采矿业"),
    "13": _("农副食品加工业"),
    "14": _("食品制造业"),
    "15": _("酒、饮料和精制茶制造业"),
    "16": _("烟草制品业"),
    "17": _("纺织业"),
    "18": _("纺织服装、服饰业"),
    "19": _("皮革、毛皮、羽毛及其制品和制鞋业"),
    "20": _("木材加工和木、竹、藤、棕、草制品业"),
    "21": _("家具制造业"),
    "22": _("造纸和纸制品业"),
    "23": _("印刷和记录媒介复制业"),
    "24": _("文教、工美、体育和娱乐用品制造业"),
    "25": _("石油、煤炭及其他燃料加工业"),
    "26": _("化学原料和化学制品制造业"),
    "27": _("医药制造业"),
    "28": _("化学纤维制造业"),
    "29": _("橡胶和塑料制品业"),
    "30": _("非金属矿物制品业"),
    "31": _("黑色金属冶炼和压延加工业"),
    "32": _("有色金属冶炼和压延加工业"),
    "33": _("金属制品业"),
    "34": _("通用设备制造业"),
    "35": _("专用设备制造业"),
    "36": _("汽车制造业"),
    "37": _("铁路、船舶、航空航天和其他运输设备制造业"),
    "38": _("电气机械和器材制造业"),
    "39": _("计算机、通信和其他电子设备制造业"),
    "40": _("仪器仪表制造业"),
    "41": _("其他制造业"),
    "42": _("废弃资源综合利用业"),
    "43": _("金属制品、机械和设备修理业"),
    "44": _("电力、热力生产和供应业"),
    "45": _("燃气生产和供应业"),
    "46": _("水的生产和供应业"),
    "47": _("房屋建筑业"),
    "48": _("土木工程建筑业"),
    "49": _("建筑安装业"),
    "50": _("建筑装饰、装修和其他建筑业"),
    "51": _("批发业"),
    "52": _("零售业"),
    "53": _("铁路运输业"),
    "54": _("道路运输业"),
    "55": _("水上运输业"),
    "56": _("航空运输业"),
    "57": _("管道运输业"),
    "58": _("多式联运和运输代理业"),
    "59": _("装卸搬运和仓储业"),
    "60": _("邮政业"),
    "61": _("住宿业"),
    "62": _("餐饮业"),
    "63": _("电信、广播电视和卫星传输服务"),
    "64": _("互联网和相关服务"),
    "65": _("软件和信息技术服务业"),
    "66": _("货币金融服务"),
    "67": _("资本市场服务"),
    "68": _("保险业"),
    "69": _("其他金融业"),
    "70": _("房地产业"),
    "71": _("租赁业"),
    "72": _("商务服务业"),
    "73": _("研究和试验发展"),
    "74": _("专业技术服务业"),
    "75": _("科技推广和应用服务业"),
    "76": _("水利管理业"),
    "77": _("生态保护和环境治理业"),
    "78": _("公共设施管理业"),
    "79": _("土地管理业"),
    "80": _("居民服务业"),
    "81": _("机动车、电子产品和日用产品修理业"),
    "82": _("其他服务业"),
    "83": _("教育"),
    "84": _("卫生"),
    "85": _("社会工作"),
    "86": _("新闻和出版业"),
    "87": _("广播、电视、电影和录音制作业"),
    "88": _("文化艺术业"),
    "89": _("体育"),
    "90": _("娱乐业"),
}
"""Divisions of the sections A to R. S and T (public bodies) hold no firms."""


SECTIONS: Final[tuple[tuple[str, int, Text], ...]] = (
    ("A", 5, _("农、林、牧、渔业")),
    ("B", 12, _("采矿业")),
    ("C", 43, _("制造业")),
    ("D", 46, _("电力、热力、燃气及水生产和供应业")),
    ("E", 50, _("建筑业")),
    ("F", 52, _("批发和零售业")),
    ("G", 60, _("交通运输、仓储和邮政业")),
    ("H", 62, _("住宿和餐饮业")),
    ("I", 65, _("信息传输、软件和信息技术服务业")),
    ("J", 69, _("金融业")),
    ("K", 70, _("房地产业")),
    ("L", 72, _("租赁和商务服务业")),
    ("M", 75, _("科学研究和技术服务业")),
    ("N", 79, _("水利、环境和公共设施管理业")),
    ("O", 82, _("居民服务、修理和其他服务业")),
    ("P", 83, _("教育")),
    ("Q", 85, _("卫生和社会工作")),
    ("R", 90, _("文化、体育和娱乐业")),
)
"""The sections (门类) with the last division of each, in order."""

SECTION_LABELS: Final[Mapping[str, Text]] = {letter: words for letter, _last, words in SECTIONS}


def division_code(code: str) -> str | None:
    """Return the two digits of the division of `code`, None when it is no such code."""
    found = _CODE.fullmatch(code.strip().upper())
    return found[1] if found and found[1] in DIVISIONS else None


def section(code: str) -> str:
    """Return the letter of the section of `code` (C3489, 3489, C34), empty when it is no such code."""
    found = division_code(code)
    if found is None:
        return ""
    return next(letter for letter, last, _words in SECTIONS if int(found) <= last)


def division(code: str) -> Text | None:
    """Return the words for the division of `code` (C3489, 3489, C34), None when it is no such code."""
    digits = division_code(code)
    return DIVISIONS[digits] if digits is not None else None
