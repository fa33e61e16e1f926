"""What two records of firms have in common, feature by feature, each told in a sentence.

Decides the level of agreement of every feature; what a level weighs stands in `weights`, what follows
from the sum in `assessment`. Every comparison is symmetric: it never matters which record comes first.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ipfin.kernel.text import Text, _
from ipfin.registry.resolution.firm_names import FirmName
from ipfin.registry.resolution.similarity import differs_by_one, jaro_winkler
from ipfin.registry.resolution.weights import UNKNOWN, Feature

NEAR_FROM: Final = 0.92
"""Jaro-Winkler from which two 字号 of one length count as near; 华强机械 and 华强机电 reach 0.883."""

_SHORTEST_CONTAINED: Final = 2
_SHORTEST_ADDRESS: Final = 6  # "林州市" alone is a place, not an address
_LIMITED: Final = ("有限公司", "有限责任公司", "股份有限公司", "股份公司", "股份有限责任公司")
_FIRM: Final = "公司"


@dataclass(frozen=True, slots=True)
class FirmRecord:
    """One enterprise as it is compared. `former` are full keys of names it had or has besides."""

    id: int
    shown: str
    name: FirmName
    credit_code: str = ""
    code_checks: bool = False
    former: frozenset[str] = frozenset()
    region_code: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Together:
    """What the patents say of two firms: how many list both, how many partners both have had."""

    patents: int = 0
    partners: int = 0
    known: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """The level of one feature and the sentence that explains it."""

    feature: Feature
    level: str
    sentence: Text


def findings(left: FirmRecord, right: FirmRecord, together: Together) -> tuple[Finding, ...]:
    """Return the finding of every feature, in their fixed order."""
    a, b = sorted((left, right), key=lambda record: (record.name.full, record.shown, record.id))
    return (
        _trade_name(a.name, b.name),
        _trades(a.name, b.name),
        _divisions(a.name, b.name),
        _form(a.name, b.name),
        _place(a, b),
        _address(a, b),
        _partners(together),
        _side_by_side(together),
    )


def _trade_name(a: FirmName, b: FirmName) -> Finding:
    level = trade_name_level(a.trade_name, b.trade_name)
    sentences = {
        "same": _("字号相同：%(a)s", a=a.trade_name),
        "contained": _("字号一长一短：%(a)s，%(b)s", a=a.trade_name, b=b.trade_name),
        "near": _("字号相近但不同：%(a)s，%(b)s", a=a.trade_name, b=b.trade_name),
        "different": _("字号不同：%(a)s，%(b)s；一字之差通常是两家企业", a=a.trade_name, b=b.trade_name)
        if differs_by_one(a.trade_name, b.trade_name)
        else _("字号不同：%(a)s，%(b)s", a=a.trade_name, b=b.trade_name),
    }
    return Finding(Feature.TRADE_NAME, level, sentences[level])


def trade_name_level(a: str, b: str) -> str:
    """Return how two 字号 agree. Near needs one length and Jaro-Winkler from `NEAR_FROM` on."""
    if a == b:
        return "same"
    short, long = sorted((a, b), key=len)
    if len(short) >= _SHORTEST_CONTAINED and (long.startswith(short) or long.endswith(short)):
        return "contained"
    near = len(a) == len(b) and jaro_winkler(*sorted((a, b))) >= NEAR_FROM
    return "near" if near else "different"


def _trades(a: FirmName, b: FirmName) -> Finding:
    one, other = "".join(a.trades), "".join(b.trades)
    level = _sets_level(set(a.trades), set(b.trades), equal=one == other, partly="overlapping")
    if level == "different" and (one in other or other in one):
        level = "overlapping"  # 机械, 机械制造
    return Finding(
        Feature.TRADES,
        level,
        {
            "same": _("行业相同：%(a)s", a=one),
            "overlapping": _("行业部分相同：%(a)s，%(b)s", a=one, b=other),
            "one_missing": _("只有一方写明行业：%(a)s", a=one or other),
            "different": _("行业不同：%(a)s，%(b)s", a=one, b=other),
            UNKNOWN: _("双方都未写明行业"),
        }[level],
    )


def _divisions(a: FirmName, b: FirmName) -> Finding:
    one, other = "".join(a.divisions), "".join(b.divisions)
    level = _sets_level(
        set(a.divisions), set(b.divisions), equal=set(a.divisions) == set(b.divisions), partly="nested"
    )
    return Finding(
        Feature.DIVISIONS,
        level,
        {
            "same": _("名称中的行政区划相同：%(a)s", a=one),
            "nested": _("名称中的行政区划部分相同：%(a)s，%(b)s", a=one, b=other),
            "one_missing": _("只有一方写明行政区划：%(a)s", a=one or other),
            "different": _("名称中的行政区划不同：%(a)s，%(b)s", a=one, b=other),
            UNKNOWN: _("双方名称都没有行政区划"),
        }[level],
    )


def _sets_level(a: set[str], b: set[str], *, equal: bool, partly: str) -> str:
    if not a and not b:
        return UNKNOWN
    if not a or not b:
        return "one_missing"
    if equal:
        return "same"
    return partly if a & b else "different"


def _form(a: FirmName, b: FirmName) -> Finding:
    level = _form_level(a.form, b.form)
    return Finding(
        Feature.FORM,
        level,
        {
            "same": _("组织形式相同：%(a)s", a=a.form),
            "compatible": _("组织形式可由改制而来：%(a)s，%(b)s", a=a.form, b=b.form),
            "one_missing": _("只有一方写明组织形式：%(a)s", a=a.form or b.form),
            "different": _("组织形式不同：%(a)s，%(b)s", a=a.form, b=b.form),
            UNKNOWN: _("双方都未写明组织形式"),
        }[level],
    )


def _form_level(a: str, b: str) -> str:
    if not a and not b:
        return UNKNOWN
    if not a or not b:
        return "one_missing"
    if a == b:
        return "same"
    company = {form.removeprefix("集团") for form in (a, b)}
    return "compatible" if company <= {*_LIMITED, _FIRM} else "different"


def _place(a: FirmRecord, b: FirmRecord) -> Finding:
    if not a.region_code or not b.region_code:
        return Finding(Feature.PLACE, UNKNOWN, _("至少一方的所在区县不详"))
    if a.region_code == b.region_code:
        return Finding(Feature.PLACE, "same", _("所在区县相同"))
    return Finding(Feature.PLACE, "different", _("所在区县不同"))


def _address(a: FirmRecord, b: FirmRecord) -> Finding:
    one, other = address_key(a.address), address_key(b.address)
    if min(len(one), len(other)) < _SHORTEST_ADDRESS:
        return Finding(Feature.ADDRESS, UNKNOWN, _("至少一方的地址不详"))
    if one == other or one.endswith(other) or other.endswith(one):
        return Finding(Feature.ADDRESS, "same", _("地址相同"))
    return Finding(Feature.ADDRESS, "different", _("地址不同"))


def address_key(address: str) -> str:
    """Return what spellings of one address share: letters, digits and Han, without postal code in front."""
    text = "".join(c for c in unicodedata.normalize("NFKC", address).casefold() if c.isalnum())
    return text[6:] if text[:6].isdigit() and text[:6].isascii() else text


def _partners(together: Together) -> Finding:
    if not together.known:
        return Finding(Feature.PARTNERS, UNKNOWN, _("没有可比的专利"))
    if together.partners:
        sentence = _("有%(count)s个相同的共同申请人", count=together.partners)
        return Finding(Feature.PARTNERS, "shared", sentence)
    return Finding(Feature.PARTNERS, "none", _("没有相同的共同申请人"))


def _side_by_side(together: Together) -> Finding:
    if not together.known:
        return Finding(Feature.SIDE_BY_SIDE, UNKNOWN, _("没有可比的专利"))
    if together.patents:
        sentence = _("双方同列为%(count)s件专利的申请人，应是两家企业", count=together.patents)
        return Finding(Feature.SIDE_BY_SIDE, "yes", sentence)
    return Finding(Feature.SIDE_BY_SIDE, "no", _("没有同列于一件专利"))


FEATURE_LABELS: Mapping[Feature, Text] = {
    Feature.TRADE_NAME: _("字号"),
    Feature.TRADES: _("行业"),
    Feature.DIVISIONS: _("行政区划"),
    Feature.FORM: _("组织形式"),
    Feature.PLACE: _("所在区县"),
    Feature.ADDRESS: _("地址"),
    Feature.PARTNERS: _("共同申请人"),
    Feature.SIDE_BY_SIDE: _("同列一件专利"),
}
