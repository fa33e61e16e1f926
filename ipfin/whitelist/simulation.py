"""What a draft of a scorecard would change, tried on the readings of the last score run (评分卡模拟). Pure.

Decides what is compared and what wants an explanation: who enters and who leaves at a line, how far scores
and order move, whether one group of firms is selected much less often than another. Nobody's score changes
by it, and gates play no part: they are the same under every card.

    PSI     over the ten bands of the reference list, deciles of the card in force; 0.10 watch, 0.25 stop
    tau-b   of the two orders; below 0.8 it is another list
    impact  a group's share of selected firms over the best group's; below 0.8 wants a word (four fifths)

Groups of fewer than five firms are not told, and the best group is one of at least five.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from ipfin.kernel.text import Text, _
from ipfin.whitelist.engine.firms import MILLION, UNKNOWN
from ipfin.whitelist.engine.ruler import GRADES, Scores, measured
from ipfin.whitelist.facts import Missing
from ipfin.whitelist.scorecard import Scorecard, canonical_json, card_sha256
from ipfin.whitelist.scoring import GRADE_ORDER, Grade, Ruler
from ipfin.whitelist.statistics import psi, tau_b, wilson

if TYPE_CHECKING:
    from ipfin.whitelist.engine.columns import Ints, Truths

BANDS: Final = 10
WATCH, STOP = 0.10, 0.25  # PSI (Siddiqi, Intelligent Credit Scoring, 2017)
SAME_ORDER: Final = 0.8  # tau-b
FOUR_FIFTHS: Final = 0.8
SMALLEST_GROUP: Final = 5
NUDGE: Final = 0.1  # each weight ten per cent up and down, the others filling up
_FURTHEST: Final = 2**61


class Grouping(StrEnum):
    """By what firms are grouped, to see whether a card favours some of them."""

    COUNTY = "county"  # 县区
    INDUSTRY = "industry"  # 行业门类
    CAPITAL = "capital"  # 注册资本
    LEGAL_FORM = "legal_form"  # 企业类型


GROUPING_LABELS: Final[Mapping[Grouping, Text]] = {
    Grouping.COUNTY: _("县区"),
    Grouping.INDUSTRY: _("行业门类"),
    Grouping.CAPITAL: _("注册资本（库中没有企业划型，以此代替规模）"),
    Grouping.LEGAL_FORM: _("登记的企业类型"),
}


class Concern(StrEnum):
    """What wants an explanation before a draft is submitted."""

    PSI = "psi"
    ORDER = "order"
    IMPACT = "impact"


CONCERN_LABELS: Final[Mapping[Concern, Text]] = {
    Concern.PSI: _("得分分布变动过大（PSI达到0.25）"),
    Concern.ORDER: _("排序变动过大（tau-b低于0.8）"),
    Concern.IMPACT: _("有的组入选比例不到最高组的八成"),
}


@dataclass(frozen=True, slots=True)
class Readings:
    """The stored values of many firms, column by column, as the engine takes them.

    `unread` are the indicators that the stored sheets do not have at all.
    """

    values: Mapping[str, Ints]
    undeclared: Mapping[str, Truths]
    unread: frozenset[str]


def readings_of(sheets: Sequence[Mapping[str, Any]], codes: Sequence[str]) -> Readings:
    """Return what stored sheets (as JSON) say of these indicators; one that they do not have is unknown."""
    import numpy as np

    values = {code: np.full(len(sheets), UNKNOWN, dtype=np.int64) for code in codes}
    undeclared = {code: np.zeros(len(sheets), dtype=np.bool_) for code in codes}
    read: set[str] = set()
    for place, sheet in enumerate(sheets):
        for line in sheet["lines"]:
            code = line["code"]
            if code not in values:
                continue
            read.add(code)
            if line["value"] is not None:
                values[code][place] = _millionths(line["value"])
            undeclared[code][place] = line["missing"] == Missing.UNDECLARED.value
    return Readings(values, undeclared, frozenset(codes) - read)


def _millionths(value: str) -> int:
    found = int((Decimal(value) * MILLION).to_integral_value(ROUND_HALF_UP))
    return max(-_FURTHEST, min(_FURTHEST, found))


def simulate(
    readings: Readings,
    firms: Sequence[int],
    current: Scorecard,
    draft: Scorecard,
    line: Grade,
    groups: Mapping[Grouping, Sequence[str]],
) -> dict[str, Any]:
    """Return what `draft` changes against `current`, as plain data; the same inputs give the same data.

    Args:
        firms: the firms that the readings are of, in their order.
        line: the lowest grade that is selected.
        groups: for each grouping the group of every firm, "" where it is not known.
    """
    old, new = (
        measured(Ruler(card, None), readings.values, readings.undeclared) for card in (current, draft)
    )
    was, now = _selected(old, line), _selected(new, line)
    found = {
        "firms": len(firms),
        "line": line.value,
        "current": [current.id, current.version, card_sha256(current)],
        "draft": [draft.id, draft.version, card_sha256(draft)],
        "selected": [int(was.sum()), int(now.sum())],
        "entered": _moved(firms, old, new, now & ~was),
        "left": _moved(firms, old, new, was & ~now),
        "matrix": _matrix(old, new),
        "psi": _drift(old.graded.tolist(), new.graded.tolist()),
        "tau_b": _order(old.graded.tolist(), new.graded.tolist()),
        "missing": _missing(readings, draft),
        "nudged": _nudged(new, draft, line),
        "groups": {
            grouping.value: impact(groups[grouping], was.tolist(), now.tolist()) for grouping in groups
        },
        "unread": [row.code for row in draft.indicators if row.code in readings.unread],
    }
    return found | {"concerns": [concern.value for concern in concerns_of(found)]}


def digest_of(found: Mapping[str, Any]) -> str:
    """Return the digest of what was found."""
    return hashlib.sha256(canonical_json(found)).hexdigest()


def concerns_of(found: Mapping[str, Any]) -> list[Concern]:
    """Return what wants an explanation: PSI from 0.25, tau-b below 0.8, an impact ratio below 0.8."""
    ratios = [
        row["ratio"] for rows in found["groups"].values() for row in rows["told"] if row["ratio"] is not None
    ]
    told = {
        Concern.PSI: found["psi"] >= STOP,
        Concern.ORDER: found["tau_b"] is not None and found["tau_b"] < SAME_ORDER,
        Concern.IMPACT: any(ratio < FOUR_FIFTHS for ratio in ratios),
    }
    return [concern for concern, is_so in told.items() if is_so]


def drift_words(value: float) -> Text:
    """Return what a PSI says: stable below 0.10, to be watched below 0.25, else to be stopped."""
    if value < WATCH:
        return _("稳定（低于0.10）")
    return _("须关注（0.10至0.25）") if value < STOP else _("变动过大（0.25及以上）")


def impact(groups: Sequence[str], was: Sequence[bool], now: Sequence[bool]) -> dict[str, Any]:
    """Return the share of selected firms in each group under the draft, with Wilson's 95 % interval.

    `ratio` is a group's share over the best group's; None for firms whose group is not known and where
    nobody is selected. `hidden` counts the firms of groups that are too small to be told.
    """
    size, before, after = Counter(groups), _count(groups, was), _count(groups, now)
    told = [group for group in sorted(size, key=lambda g: (-size[g], g)) if size[group] >= SMALLEST_GROUP]
    best = max((after[group] / size[group] for group in told if group), default=0.0)
    rows = []
    for group in told:
        low, high = wilson(after[group], size[group])
        share = after[group] / size[group]
        rows.append(
            {
                "group": group,
                "firms": size[group],
                "before": before[group],
                "after": after[group],
                "share": round(share, 6),
                "low": round(low, 6),
                "high": round(high, 6),
                "ratio": round(share / best, 6) if group and best > 0 else None,
            }
        )
    hidden = sum(count for group, count in size.items() if group not in told)
    return {"told": rows, "hidden": hidden}


def _count(groups: Sequence[str], marked: Sequence[bool]) -> Counter[str]:
    return Counter(group for group, is_in in zip(groups, marked, strict=True) if is_in)


def _selected(scores: Scores, line: Grade) -> Truths:
    import numpy as np

    reaching = [place for place, grade in enumerate(GRADES) if GRADE_ORDER[grade] <= GRADE_ORDER[line]]
    return np.isin(scores.grade, reaching)


def _moved(firms: Sequence[int], old: Scores, new: Scores, which: Truths) -> list[list[Any]]:
    """Return (firm, grade before, after, score before, after in ten-thousandths), the best after first."""
    import numpy as np

    rows = [
        [
            firms[place],
            GRADES[old.grade[place]].value,
            GRADES[new.grade[place]].value,
            int(old.graded[place]),
            int(new.graded[place]),
        ]
        for place in np.flatnonzero(which).tolist()
    ]
    return sorted(rows, key=lambda row: (-row[4], row[0]))


def _matrix(old: Scores, new: Scores) -> dict[str, dict[str, int]]:
    """Return grade before -> grade after -> firms."""
    pairs = Counter(zip(old.grade.tolist(), new.grade.tolist(), strict=True))
    return {
        before.value: {after.value: pairs[i, j] for j, after in enumerate(GRADES)}
        for i, before in enumerate(GRADES)
    }


def _drift(before: Sequence[int], after: Sequence[int]) -> float:
    """Return the PSI over the deciles of `before`; equal scores never stand in two bands."""
    ordered = sorted(before)
    edges = sorted({ordered[len(ordered) * band // BANDS] for band in range(1, BANDS)})
    shares = []
    for scores in (after, before):
        counted = Counter(bisect_right(edges, score) for score in scores)
        shares.append([counted[band] / len(scores) for band in range(len(edges) + 1)])
    return round(psi(*shares), 6)


def _order(before: Sequence[int], after: Sequence[int]) -> float | None:
    found = tau_b(before, after)
    return None if found is None else round(found, 6)


def _missing(readings: Readings, draft: Scorecard) -> dict[str, float]:
    """Return indicator -> the share of firms for which it is not known."""
    return {
        row.code: round(float((readings.values[row.code] == UNKNOWN).mean()), 6) for row in draft.indicators
    }


def _nudged(new: Scores, draft: Scorecard, line: Grade) -> dict[str, list[int]]:
    """Return indicator -> firms that would change sides with its weight a tenth lower, and a tenth higher.

    Refusal for lack of data stays as the card has it; the score is rounded as a float, which may tell a
    firm that stands on the line itself to the wrong side.
    """
    import numpy as np

    rated = new.grade != GRADES.index(Grade.UNRATED)
    if line is Grade.A:
        rated &= new.coverage >= float(draft.cap_below) * 10_000
    lowest = 0.0 if line is Grade.D else float(draft.lowest_of(line.value)) * 10_000
    above = rated & (new.graded >= lowest)
    found = {}
    for row, parts in zip(draft.indicators, new.parts, strict=True):
        share = float(row.weight) / 100
        moved = []
        for change in (-NUDGE, NUDGE):
            scores = (new.graded + change * parts) / (1 + change * share)
            moved.append(int(np.count_nonzero((rated & (scores >= lowest - 1e-6)) != above)))
        found[row.code] = moved
    return found
