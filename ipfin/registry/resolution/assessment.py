"""What follows for two records: one legal person by identity, a question for a person, or two firms.

First the rules that need no weighing, then the sum of log2(m/u) over the features (I. P. Fellegi and
A. B. Sunter, A Theory for Record Linkage, JASA 64, 1969). However high the sum, it never makes an
identity: only a credit code or a whole name does, and even then nothing is merged here. Another 字号, be it
by one character, is another firm unless the address is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ipfin.kernel.text import Text, _
from ipfin.registry.resolution.evidence import FirmRecord, Together, findings
from ipfin.registry.resolution.weights import Feature, Weights


class Outcome(StrEnum):
    """What two records are to each other (结论)."""

    IDENTITY = "identity"  # 身份一致
    REVIEW = "review"  # 待人工确认
    SEPARATE = "separate"  # 不同企业


class Tier(StrEnum):
    """Which rule spoke (依据)."""

    GROUP_LABEL = "group_label"  # 集团名
    TWO_CODES = "two_codes"  # 信用代码不同
    CREDIT_CODE = "credit_code"  # 信用代码相同
    FULL_NAME = "full_name"  # 全称相同
    FORMER_NAME = "former_name"  # 曾用名
    OTHER_FORM = "other_form"  # 仅组织形式不同
    SCORED = "scored"  # 逐项计分


OUTCOME_LABELS: Mapping[Outcome, Text] = {
    Outcome.IDENTITY: _("身份一致"),
    Outcome.REVIEW: _("待人工确认"),
    Outcome.SEPARATE: _("不同企业"),
}
TIER_LABELS: Mapping[Tier, Text] = {
    Tier.GROUP_LABEL: _("含数据商的集团名，只展示，不据以归并"),
    Tier.TWO_CODES: _("两个有效的统一社会信用代码不同"),
    Tier.CREDIT_CODE: _("统一社会信用代码相同"),
    Tier.FULL_NAME: _("规范后的全称相同"),
    Tier.FORMER_NAME: _("一方的名称是另一方用过的名称"),
    Tier.OTHER_FORM: _("除组织形式外名称相同"),
    Tier.SCORED: _("逐项比对计分"),
}


@dataclass(frozen=True, slots=True)
class Weighed:
    """One feature with its level, weight in bits and sentence."""

    feature: Feature
    level: str
    bits: float
    sentence: Text

    def as_json(self) -> dict[str, Any]:
        """Return a form that the database keeps; the weight in hundredths of a bit."""
        return {
            "feature": self.feature.value,
            "level": self.level,
            "bits_e2": round(self.bits * 100),
            "sentence": self.sentence.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Assessment:
    """The outcome for two records, the rule that spoke, the sum in bits and every feature."""

    outcome: Outcome
    tier: Tier
    bits: float
    features: tuple[Weighed, ...]


def assess(left: FirmRecord, right: FirmRecord, weights: Weights, together: Together) -> Assessment:
    """Return what two records are to each other. The order of the two never matters."""
    features = tuple(
        Weighed(found.feature, found.level, weights.of(found.feature, found.level), found.sentence)
        for found in findings(left, right, together)
    )
    bits = sum(weighed.bits for weighed in features)
    tier = _tier(left, right)
    if tier is Tier.SCORED:
        asks = bits >= weights.review_from and not _is_another_trade_name(features)
        outcome = Outcome.REVIEW if asks else Outcome.SEPARATE
    else:
        outcome = _BY_RULE[tier]
    return Assessment(outcome, tier, bits, features)


def _is_another_trade_name(features: tuple[Weighed, ...]) -> bool:
    """Whether the 字号 differ, by however little, and no common address speaks for a slip of the pen."""
    levels = {weighed.feature: weighed.level for weighed in features}
    return levels[Feature.TRADE_NAME] in ("near", "different") and levels[Feature.ADDRESS] != "same"


_BY_RULE: Mapping[Tier, Outcome] = {
    Tier.GROUP_LABEL: Outcome.SEPARATE,
    Tier.TWO_CODES: Outcome.SEPARATE,
    Tier.CREDIT_CODE: Outcome.IDENTITY,
    Tier.FULL_NAME: Outcome.IDENTITY,
    Tier.FORMER_NAME: Outcome.IDENTITY,
    Tier.OTHER_FORM: Outcome.REVIEW,
}


def _tier(left: FirmRecord, right: FirmRecord) -> Tier:
    if left.name.is_group_label or right.name.is_group_label:
        return Tier.GROUP_LABEL
    if left.credit_code and left.credit_code == right.credit_code:
        return Tier.CREDIT_CODE
    if left.credit_code and right.credit_code and left.code_checks and right.code_checks:
        return Tier.TWO_CODES
    if left.name.full == right.name.full:
        return Tier.FULL_NAME
    if left.name.full in right.former or right.name.full in left.former:
        return Tier.FORMER_NAME
    if left.name.key == right.name.key:
        return Tier.OTHER_FORM
    return Tier.SCORED
