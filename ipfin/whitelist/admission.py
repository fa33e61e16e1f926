"""How a whitelist round moves and who gets in. Pure.

Decides the states of a round, and for one candidate whether it is admitted, kept in reserve or
refused; the score comes from `scoring`, the exclusions from `gates`, what publication needs from
`publication`, the days of the public notice from `notice`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum

from ipfin.kernel.errors import NotAllowed
from ipfin.kernel.lifecycle import Lifecycle
from ipfin.kernel.text import Text, _
from ipfin.whitelist.scoring import GRADE_ORDER, Grade


class RoundState(StrEnum):
    """Where a whitelist round (白名单批次) stands."""

    DRAFT = "draft"  # 编制中
    SUBMITTED = "submitted"  # 待复核
    NOTICED = "noticed"  # 公示中
    PUBLISHED = "published"  # 已发布
    WITHDRAWN = "withdrawn"  # 已撤回


ROUND_LABELS: Mapping[RoundState, Text] = {
    RoundState.DRAFT: _("编制中"),
    RoundState.SUBMITTED: _("待复核"),
    RoundState.NOTICED: _("公示中"),
    RoundState.PUBLISHED: _("已发布"),
    RoundState.WITHDRAWN: _("已撤回"),
}

ROUND_LIFECYCLE = Lifecycle(
    {
        RoundState.DRAFT: frozenset({RoundState.SUBMITTED, RoundState.WITHDRAWN}),
        RoundState.SUBMITTED: frozenset({RoundState.DRAFT, RoundState.NOTICED, RoundState.WITHDRAWN}),
        RoundState.NOTICED: frozenset({RoundState.DRAFT, RoundState.PUBLISHED, RoundState.WITHDRAWN}),
        RoundState.PUBLISHED: frozenset(),
        RoundState.WITHDRAWN: frozenset(),
    },
    subject=_("白名单批次"),
    labels=ROUND_LABELS,
)


class EntryOutcome(StrEnum):
    """What a round says of one candidate (入选结论)."""

    ADMITTED = "admitted"  # 拟入选
    RESERVE = "reserve"  # 储备：通过准入但资料不足，不评级
    BELOW_LINE = "below_line"  # 未达等级线
    EXCLUDED = "excluded"  # 准入排除
    HELD = "held"  # 暂缓：拟入选，但复核之后情况有变


OUTCOME_LABELS: Mapping[EntryOutcome, Text] = {
    EntryOutcome.ADMITTED: _("入选"),
    EntryOutcome.RESERVE: _("储备（资料不足，不评级）"),
    EntryOutcome.BELOW_LINE: _("未达等级线"),
    EntryOutcome.EXCLUDED: _("准入排除"),
    EntryOutcome.HELD: _("暂缓（复核后情况有变）"),
}


def outcome_for(
    grade: Grade, blocks: Sequence[Text], minimum_grade: Grade
) -> tuple[EntryOutcome, list[Text]]:
    """Return what the round says of a candidate, and why.

    A firm without enough data is never admitted: it waits in reserve until it has declared more
    (algorithms.md §1.3: a bare export gives a directory, not a graded whitelist).
    """
    if blocks:
        return EntryOutcome.EXCLUDED, list(blocks)
    if grade is Grade.UNRATED:
        return EntryOutcome.RESERVE, [_("指标覆盖率不足，不评级；补充申报后可参加下一批次。")]
    if GRADE_ORDER[grade] > GRADE_ORDER[minimum_grade]:
        return EntryOutcome.BELOW_LINE, [
            _("等级%(grade)s低于入选线%(line)s。", grade=grade.value, line=minimum_grade.value)
        ]
    return EntryOutcome.ADMITTED, [_("通过准入，等级%(grade)s。", grade=grade.value)]


OVERRIDES: Mapping[EntryOutcome, EntryOutcome] = {
    EntryOutcome.ADMITTED: EntryOutcome.HELD,
    EntryOutcome.BELOW_LINE: EntryOutcome.ADMITTED,
}
"""What two persons may make of an outcome that the rules gave: no exclusion and no lack of data."""


def require_override(ruled: EntryOutcome) -> EntryOutcome:
    """Return the outcome that an override of `ruled` leads to.

    Raises:
        NotAllowed: the rules leave no choice.
    """
    if ruled not in OVERRIDES:
        raise NotAllowed(_("准入排除、资料不足和暂缓的结论不能人工调整。"))
    return OVERRIDES[ruled]


def obstacles_to_override(
    ruled: EntryOutcome, *, is_approved: bool, blocks: Sequence[Text] = ()
) -> tuple[list[Text], list[Text]]:
    """Return what forbids to override an outcome, and what will stand against it at publication.

    Args:
        is_approved: whether two persons have overridden it already.
        blocks: what the gates of the day hold against the firm.
    """
    forbidden: list[Text] = []
    if is_approved:
        forbidden.append(_("已确认的调整不能更改；如有错误，请撤回本批次重新编制。"))
    elif ruled not in OVERRIDES:
        forbidden.append(_("准入排除、资料不足和暂缓的结论不能人工调整。"))
    admits = OVERRIDES.get(ruled) is EntryOutcome.ADMITTED
    return forbidden, list(blocks) if admits and not forbidden else []


def require_second_person(submitted_by_user_id: int | None, approver_user_id: int | None) -> None:
    """Refuse an approval by the person who submitted.

    Raises:
        NotAllowed: maker and checker are the same, or one of them is nobody.
    """
    if submitted_by_user_id is None or approver_user_id is None:
        raise NotAllowed(_("发布须由两名在册人员先后办理。"))
    if submitted_by_user_id == approver_user_id:
        raise NotAllowed(_("提交人不能复核自己提交的批次，请由另一名工作人员复核。"))


def last_day(valid_until: date) -> date:
    """Return the last day on which something holds that ends with `valid_until`: what people are told."""
    return valid_until - timedelta(days=1)


def is_in_force(valid_from: date, valid_until: date, ended_on: date | None, on: date) -> bool:
    """Whether an admission holds on day `on`; the day `valid_until` itself no longer counts."""
    if ended_on is not None and on >= ended_on:
        return False
    return valid_from <= on < valid_until
