"""What the printed certificate of a timetable says (排期证明), line by line, from the stored one. Pure.

Decides the words only; the figures are those of the certificate, and nothing is proved here. A figure that an
older certificate does not have is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ipfin.events.planning import left_out_of, unserved_of, words_of
from ipfin.events.timetable.certificate import (
    BOUND_LABELS,
    CONDITION_LABELS,
    ENDING_LABELS,
    IDLE_BOUND_LABELS,
    STATUS_LABELS,
    share_in_words,
)
from ipfin.kernel.text import Text, _

Line = tuple[Text, Text]


@dataclass(frozen=True, slots=True)
class Proof:
    """The printed certificate: what was reached, how it was found, what was not met, what was left out."""

    verdict: Text
    reached: list[Line]
    found: list[Line]
    unserved: list[Text]
    left_out: list[tuple[Text, int]]


def proof_of(stored: Mapping[str, Any], inputs_hash: str) -> Proof:
    """Return the lines of a stored certificate."""
    status, ending = words_of(stored)
    unserved, witnesses = unserved_of(stored)
    conditions = Counter(line.condition for line in left_out_of(stored))
    found = [
        (
            _("求解程序"),
            _("%(solver)s，种子%(seed)s，用时%(seconds)s秒", **_some(stored, "solver", "seed", "seconds")),
        ),
        (_("结束"), ENDING_LABELS[ending]),
        (_("上限的由来"), BOUND_LABELS.get(str(stored.get("bound_by")), _("未记录"))),
        (_("空等下限的由来"), IDLE_BOUND_LABELS[str(stored.get("idle_by", "alone"))]),
        (
            _("复核"),
            _(
                "保存前由不共用代码的独立程序逐条核对：无一人同时两场，无一桌同时两场，无缺席时段，无一方未同意的对象。"
            ),
        ),
        (_("输入校验值"), Text("%(hash)s", {"hash": inputs_hash})),
    ]
    return Proof(
        verdict=STATUS_LABELS[status],
        reached=[*_reached(stored), *_demanded(stored), *_waited(stored)],
        found=found,
        unserved=[*witnesses, *unserved],
        left_out=[(CONDITION_LABELS[condition], pairs) for condition, pairs in conditions.most_common()],
    )


def fairness(stored: Mapping[str, Any]) -> Text:
    """Return what is known about the firms with the fewest meetings; nothing after re-planning on the day."""
    if stored.get("replanning"):
        return Text("", {})
    if not stored.get("is_fairest"):
        return _("优先照顾了场次最少的企业，未证明不能更多。")
    if stored.get("demands"):
        return _("已证明：保证必排后总意愿最大的日程中，没有一版让场次最少的企业更多。")
    return _("已证明：总意愿最大的日程中，没有一版让场次最少的企业更多。")


def _some(stored: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: stored.get(name, "—") for name in names}


def _reached(stored: Mapping[str, Any]) -> list[Line]:
    share = share_in_words(stored["value"], stored["bound"])
    return [
        (_("洽谈场数"), _("%(meetings)s场", meetings=stored["meetings"])),
        (
            _("总意愿 / 理论上限"),
            _("%(value)s / %(bound)s（%(share)s%%）", share=share, **_some(stored, "value", "bound")),
        ),
        (
            _("有洽谈的企业 / 参会企业"),
            Text("%(firms_met)s / %(firms)s", _some(stored, "firms_met", "firms")),
        ),
        (
            _("公平"),
            _(
                "有可能洽谈的企业中，场次最少的有%(fewest)s场。%(fair)s",
                fair=fairness(stored),
                **_some(stored, "fewest"),
            ),
        ),
    ]


def _demanded(stored: Mapping[str, Any]) -> list[Line]:
    lines = []
    if stored.get("demands"):
        names = _some(stored, "served", "demands", "served_bound")
        what = _("必排和最低场次已满足 / 要求") if stored.get("minimums") else _("必排已安排 / 要求")
        lines.append((what, _("%(served)s / %(demands)s，任何日程最多%(served_bound)s", **names)))
    if stored.get("minimums"):
        asked = _("%(count)s家有最低场次要求，先于总意愿保证。", count=stored["minimums"])
        lines.append((_("最低场次"), asked))
    if stored.get("orders"):
        kept = _("%(count)s项先后要求，已排的洽谈全部遵守。", count=stored["orders"])
        lines.append((_("先后"), kept))
    if stored.get("locks"):
        kept = _("排期时有%(locked)s场保持原时段和桌号不变。", locked=len(stored["locks"]))
        lines.append((_("锁定"), kept))
    return lines


def _waited(stored: Mapping[str, Any]) -> list[Line]:
    return [
        (
            _("空等 / 下限"),
            _(
                "%(idle)s / %(idle_bound)s（企业%(firm_idle)s个时段，计3倍；机构%(bank_idle)s个）",
                **_some(stored, "idle", "idle_bound", "firm_idle", "bank_idle"),
            ),
        ),
        (_("换桌次数"), _table_changes(stored)),
    ]


def _table_changes(stored: Mapping[str, Any]) -> Text:
    if "table_bound" in stored:
        return _("%(table_changes)s，至少%(table_bound)s", **_some(stored, "table_changes", "table_bound"))
    return Text("%(table_changes)s", _some(stored, "table_changes"))
