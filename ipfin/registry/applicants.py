"""Who applied: splitting a list's cell into names, writing a name in one way, telling its kind.

Decides how co-applicants are separated, the canonical spelling of a name, the key under which
spellings of one name meet, and whether a name is a firm, a person, a university … and why. Does not
decide whether two names are one legal person: that is resolution, and needs more than a name
(algorithms.md §2).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final, NamedTuple

from ipfin.kernel.text import Text, _


class ApplicantKind(StrEnum):
    """What an applicant is, as far as its name tells (申请人类型)."""

    COMPANY = "company"  # 企业
    BRANCH = "branch"  # 企业分支机构: no legal person of its own
    UNIVERSITY = "university"  # 高校
    INSTITUTE = "institute"  # 科研院所, 医院
    PERSON = "person"  # 个人
    GOVERNMENT = "government"  # 机关团体
    FOREIGN = "foreign"  # 境外
    OTHER = "other"  # 其他


KIND_LABELS: Mapping[ApplicantKind, Text] = {
    ApplicantKind.COMPANY: _("企业"),
    ApplicantKind.BRANCH: _("企业分支机构"),
    ApplicantKind.UNIVERSITY: _("高校"),
    ApplicantKind.INSTITUTE: _("科研院所与医院"),
    ApplicantKind.PERSON: _("个人"),
    ApplicantKind.GOVERNMENT: _("机关团体"),
    ApplicantKind.FOREIGN: _("境外申请人"),
    ApplicantKind.OTHER: _("其他"),
}


class Applicant(NamedTuple):
    """One applicant of a patent: `name` canonical, `key` what spellings of the name share."""

    name: str
    key: str
    kind: ApplicantKind


@dataclass(frozen=True, slots=True)
class NameParts:
    """A firm's name and its legal form (组织形式); `form` is "" when the name ends in none."""

    stem: str
    form: str


# Longest first, so that 股份有限公司 is never read as 有限公司.
LEGAL_FORMS: Final = (
    "集团股份有限公司", "股份有限责任公司", "集团有限责任公司",
    "有限责任公司", "集团股份公司", "股份有限公司",
    "农民专业合作联社", "农民专业合作社", "集团有限公司", "专业合作社", "股份合作公司", "个人独资企业",
    "特殊普通合伙", "个体工商户", "有限合伙", "普通合伙", "股份公司", "有限公司", "集团公司", "总公司",
    "合作联社", "合作社", "经营部", "工作室", "事务所", "公司", "集团", "总厂", "商行", "工厂", "商店",
    "厂", "店", "场", "社", "行",
)  # fmt: skip

_DEPARTMENT: Final = "公司|厂|局|院|所|中心|部|站|处|段|矿|队|店|行|办事处|项目部"
_BRANCH: Final = re.compile(
    r".{2,}(?:分公司|分行|支行|分厂|分店|分部|分社|办事处|代表处|营业部)(?:（[^）]*）)?"
    rf"|.{{2,}}(?:公司|银行|集团)[\u4e00-\u9fff0-9（）]{{1,24}}(?:{_DEPARTMENT})"
)
_OWN_FORM: Final = (
    "有限公司",
    "有限责任公司",
    "股份公司",
)  # a subsidiary, even with a parent's name in front
_UNIVERSITY: Final = re.compile(
    r".{2,}(?:大学|学院|学校|中学|小学|党校|幼儿园)(?:（[^）]*）|[\u4e00-\u9fff]{2,6}(?:分校|校区|学院|学部))?"
)
_INSTITUTE: Final = re.compile(
    r".{2,}(?:研究总?院|研究所|研究中心|研究室|科学院|设计总?院|勘察院|规划院|工程院|农科院|科研所|检[测验]院"
    r"|检[测验]所|推广站|试验站|实验室|(?:技术|创新|检测|检验|监测|控制|推广|工程|研发)中心|医院|卫生院|保健院"
    r"|植物园|博物馆)(?:（[^）]*）|[\u4e00-\u9fff]{0,6}分[院所])?"
)
_GOVERNMENT: Final = re.compile(
    r".{2,}(?:人民政府|委员会|管理局|监督局|公安局|税务局|气象局|水利局|农业局|林业局|交通局|消防局|检察院|法院"
    r"|办公室|协会|学会|基金会|商会|联合会|总队|支队|大队|部队|监督站|管理处|管理站|[市县区省镇乡]局|村委会)"
    r"(?:（[^）]*）)?"
)
_BUSINESS: Final = re.compile(
    r".{1,}(?:公司|集团|合作社|联社|企业|合伙|商户|厂|店|行|铺|坊|庄|社|矿|场|园|苑|馆|部|室|站|局|中心|事务所"
    r"|基地|俱乐部|酒店|会所|工会|苗圃|电站|段|队|处|院|所)(?:（[^）]*）)?"
)
_FOREIGN_FIRM: Final = re.compile(r"会社|独立行政法人|国立大学法人|两合公司|欧洲公司|无限责任公司")
_LEGAL_FORM_IN_BRACKETS: Final = re.compile(r".+（(?:有限|普通|特殊普通|特殊的普通)合伙）")
_HAN_NAME: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff〇]{2,4}")
_DOTTED_NAME: Final = re.compile(r"[\u3400-\u9fffA-Z]{1,12}(?:·[\u3400-\u9fffA-Z]{1,12}){1,5}")
_HAN: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff〇]")
# The surnames of about nine in ten Chinese, used only to decide whether 、 and spaces part two names.
_SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟"
    "姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤温康施文牛"
    "樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷申耿关焦左柳甘祝包宁柴尚舒阮纪梅童毕凌单裴霍成苗谷曲盛冉翁蓝路游靳欧"
    "管柯卜蒲景詹房苟屈褚费瞿卓兰娄冀隋米宗鲍涂迟解车滕宫闵权阎原晏尤党鄢司诸上东皇尉公慕令"
)

_SPLIT: Final = re.compile(r"[;；|｜\n\r]")
_COMMAS: Final = re.compile(r"[、，,]")
_NOBODY: Final = frozenset({"", "-", "--", "—", "/", "无", "空", "N/A", "n/a", "null", "None", "nan", "NaN"})
_LONGEST_PERSON: Final = 4  # Han characters
_LONGEST_NAME: Final = 120  # characters; also keeps hostile cells away from the patterns
_MOST_KEPT: Final = 200  # characters of a name
_MOST_SHOWN: Final = 400  # characters of a vendor's names
_SHORTEST_FIRM: Final = 4  # 苹果公司; three characters ending in 厂 are a person's name
_SURNAMES_OF_TWO: Final = frozenset(
    ["欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐",
     "长孙", "宇文", "司徒", "夏侯", "轩辕", "端木", "百里", "呼延", "南宫", "西门",
     "独孤", "淳于", "申屠", "太史", "闻人", "澹台", "赫连", "钟离"]
)  # fmt: skip
_FORMS: Final = frozenset(LEGAL_FORMS)
_FORM_LENGTHS: Final = tuple(sorted({len(form) for form in LEGAL_FORMS}, reverse=True))
_UNMISTAKABLE: Final = frozenset(form for form in LEGAL_FORMS if len(form) > 1) - {"商店", "总厂"} | {"厂"}
_BRACKETS: Final = str.maketrans({"(": "（", ")": "）", "[": "（", "]": "）", "【": "（", "】": "）"})
_DOTS: Final = str.maketrans({"•": "·", "・": "·", "‧": "·", "∙": "·", "･": "·"})
_INVISIBLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2060\ufeff]")
_SPACES: Final = re.compile(r"\s+")
_BETWEEN_HAN: Final = re.compile(r"(?<=[\u3400-\u9fff（）·]) +| +(?=[\u3400-\u9fff（）·])")
_KEY_DROPPED: Final = re.compile(r"[\s·•.,，。'’\"“”\-—_]+")
_PLAIN: Final = re.compile(r"[\u4e00-\u9fff（）]+")
_VENDOR_LIST: Final = re.compile(r"\[([^\[\]]+)\]")
_VENDOR_SUFFIX: Final = re.compile(r"-[A-Z]$")


def canonical_name(text: str) -> str:
    """Return a name in its one spelling: NFKC, no invisible marks, brackets （）, few spaces."""
    if _PLAIN.fullmatch(text):
        return text
    name = _INVISIBLE.sub("", text.translate(_DOTS))
    name = unicodedata.normalize("NFKC", name).translate(_DOTS).translate(_BRACKETS)
    name = _SPACES.sub(" ", name).strip(" ,，;；。")
    return _BETWEEN_HAN.sub("", name)


def name_key(name: str) -> str:
    """Return what spellings of one canonical name share: no spaces, dots and quotes, one case.

    Brackets and legal form stay: 某某有限公司 and 某某有限责任公司 can be two legal persons.
    """
    return name if _PLAIN.fullmatch(name) else _KEY_DROPPED.sub("", name).casefold()


def split_applicants(text: str) -> tuple[str, ...]:
    """Return the canonical names in a cell, in order, each once.

    `;`, `|` and line breaks always part names and `·` never does. `、`, commas and spaces part them only
    where every piece is a whole name by itself, because firms' names hold them too.
    """
    if _PLAIN.fullmatch(text):  # nothing in it that parts names: most cells
        return () if text in _NOBODY else (text,)
    names: dict[str, None] = {}
    for piece in _SPLIT.split(text):
        for name in _enumerated(piece):
            if name and name not in _NOBODY:
                names[name] = None
    return tuple(names)


def _enumerated(piece: str) -> tuple[str, ...]:
    """Return the names of a piece that may be an enumeration by 、 or comma or space."""
    for separator in (_COMMAS, _SPACES):
        parts = [part for part in separator.split(piece.strip()) if part]
        if len(parts) > 1:
            names = tuple(canonical_name(part) for part in parts)
            if all(map(_is_whole_name, names)):
                return names
    return (canonical_name(piece),)


def _is_whole_name(name: str) -> bool:
    if _HAN_NAME.fullmatch(name) and name[0] in _SURNAMES and len(name) < _LONGEST_PERSON:
        return True
    return len(name) > _LONGEST_PERSON and parse_form(name).form in _UNMISTAKABLE


def parse_form(name: str) -> NameParts:
    """Return a canonical name parted into stem and legal form, the longest form that fits."""
    for length in _FORM_LENGTHS:
        form = name[-length:]
        if form in _FORMS and len(name) >= max(length + 2, _SHORTEST_FIRM):
            return NameParts(name[:-length], form)
    return NameParts(name, "")


def classify(name: str) -> tuple[ApplicantKind, Text]:
    """Return the kind of a canonical name and the reason in a sentence."""
    body = name.partition("（")[0]  # 某某学院（某某大学）（某某学校）
    if len(name) > _LONGEST_NAME:
        return ApplicantKind.OTHER, _("名称过长，请核对")
    for rule, told in ((_as_firm, name), (_as_public_body, name), (_as_public_body, body), (_as_person, name),
                       (_as_business, name)):  # fmt: skip
        found = rule(told)
        if found is not None:
            return found
    if not _HAN.search(name):
        return ApplicantKind.FOREIGN, _("名称不含汉字")
    return ApplicantKind.OTHER, _("名称没有可识别的组织形式")


def _as_firm(name: str) -> tuple[ApplicantKind, Text] | None:
    if _FOREIGN_FIRM.search(name):
        return ApplicantKind.FOREIGN, _("名称为境外公司的组织形式")
    if name.endswith("合伙）") and _LEGAL_FORM_IN_BRACKETS.fullmatch(name):
        return ApplicantKind.COMPANY, _("名称以合伙形式结尾")
    form = parse_form(name).form
    if form.endswith(_OWN_FORM):
        return ApplicantKind.COMPANY, _ends_in(form)
    if _BRANCH.fullmatch(name):
        return ApplicantKind.BRANCH, _("名称为上级单位之后再加下属机构")
    if form in _UNMISTAKABLE:
        return ApplicantKind.COMPANY, _ends_in(form)
    return None


@cache
def _ends_in(form: str) -> Text:
    """Return the sentence for a legal form: there are few forms, and a list has many names."""
    return _("名称以“%(form)s”结尾", form=form)


def _as_public_body(name: str) -> tuple[ApplicantKind, Text] | None:
    if _INSTITUTE.fullmatch(name):
        return ApplicantKind.INSTITUTE, _("名称以科研院所或医院的称谓结尾")
    if _UNIVERSITY.fullmatch(name):
        return ApplicantKind.UNIVERSITY, _("名称以学校的称谓结尾")
    if _GOVERNMENT.fullmatch(name):
        return ApplicantKind.GOVERNMENT, _("名称以机关或团体的称谓结尾")
    return None


def _as_person(name: str) -> tuple[ApplicantKind, Text] | None:
    if _DOTTED_NAME.fullmatch(name):
        return ApplicantKind.PERSON, _("名称为间隔号连接的人名")
    if not _HAN_NAME.fullmatch(name):
        return None
    is_business = len(name) == _LONGEST_PERSON and _BUSINESS.fullmatch(name)
    if is_business and name[:2] not in _SURNAMES_OF_TWO:
        return None
    return ApplicantKind.PERSON, _("名称为2至4个汉字，没有组织形式")


def _as_business(name: str) -> tuple[ApplicantKind, Text] | None:
    if _BUSINESS.fullmatch(name):
        return ApplicantKind.COMPANY, _("名称以经营单位的称谓结尾，性质请核对")
    return None


def applicants_of(text: str) -> tuple[Applicant, ...]:
    """Return the applicants in a cell, in order, each key once."""
    found: dict[str, Applicant] = {}
    for name in split_applicants(text):
        name = name[:_MOST_KEPT]
        key = name_key(name)
        if key and key not in found:
            found[key] = Applicant(name, key, classify(name)[0])
    return tuple(found.values())


def vendor_names(text: str) -> str:
    """Return a vendor's standardised applicants for showing: incoPat's `[名称-C]` without the marks."""
    bracketed = _VENDOR_LIST.findall(text)
    names = [_VENDOR_SUFFIX.sub("", name.strip()) for name in bracketed] or _SPLIT.split(text)
    told = (canonical_name(name) for name in names)
    return "；".join(name for name in dict.fromkeys(told) if name not in _NOBODY)[:_MOST_SHOWN]
