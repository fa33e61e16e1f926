"""The panel beside the card (稳健性对照): what the other ways of weighing would make of a list.

Decides what of it is told: how alike the order is (tau-b), how many of the list would stay on it, and
where the weight would lie. It never gives a grade and never moves a firm; see `mcda` for why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ipfin.documents.charts import Chart, Series, bar_chart
from ipfin.kernel.text import SOURCE_LOCALE, Text, _
from ipfin.whitelist.robustness import (
    FirmRobustness,
    ListRobustness,
    columns_of,
    weights_of,
)
from ipfin.whitelist.scorecard import Block, Scorecard
from ipfin.whitelist.scoring import Grade, ScoreSheet
from ipfin.whitelist.statistics import tau_b

SIGNED_BELOW: Final = 0.8  # a tau-b below this needs a person's signature (algorithms §1.2)
BANDS: Final = (10_000, 9_500, 8_000, 5_000, 0)
"""Lower ends, in basis points of the weightings, of the bands in which firms are counted."""


class Method(StrEnum):
    """Another way of weighing the same points (对照方法)."""

    TOPSIS = "topsis"  # 逼近理想解
    ENTROPY = "entropy"  # 熵权
    CRITIC = "critic"  # CRITIC权


METHOD_LABELS: Final[Mapping[Method, Text]] = {
    Method.TOPSIS: _("逼近理想解（TOPSIS，评分卡权重）"),
    Method.ENTROPY: _("熵权法"),
    Method.CRITIC: _("CRITIC法"),
}


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One method: tau-b with the card's order, how many of the first `cut` stay, shares by block."""

    method: Method
    tau: float | None
    stay: int
    blocks: Mapping[Block, float]


def panel(sheets: Sequence[ScoreSheet], card: Scorecard, cut: int) -> list[PanelRow]:
    """Return what each method makes of the sheets that are rated."""
    from ipfin.whitelist.mcda import critic_weights, entropy_weights, topsis

    rated = [sheet for sheet in sheets if sheet.grade is not Grade.UNRATED]
    if not rated:
        return []
    points, own = columns_of(rated, card).points, weights_of(card)
    entropy, critic = entropy_weights(points), critic_weights(points)
    base = [float(sheet.graded_score) for sheet in rated]
    ways = (
        (Method.TOPSIS, topsis(points, own), own),
        (Method.ENTROPY, points @ entropy, entropy),
        (Method.CRITIC, points @ critic, critic),
    )
    return [
        PanelRow(
            method,
            tau_b(base, [round(float(value), 9) for value in values]),
            len(_first(base, cut) & _first([round(float(value), 9) for value in values], cut)),
            _by_block(weights, card),
        )
        for method, values, weights in ways
    ]


def _first(values: Sequence[float], cut: int) -> set[int]:
    """Return who stands among the first `cut`, equals in the order of the list."""
    return set(sorted(range(len(values)), key=lambda place: (-values[place], place))[:cut])


def _by_block(weights: Any, card: Scorecard) -> dict[Block, float]:
    found: dict[Block, float] = {}
    for row, weight in zip(card.indicators, weights, strict=True):
        found[row.block] = found.get(row.block, 0.0) + float(weight)
    return found


def band_counts(firms: Sequence[FirmRobustness], draws: int) -> list[int]:
    """Return how many rated firms hold their grade in each of `BANDS`, the first one: in all weightings."""
    counts = [0] * len(BANDS)
    for firm in firms:
        holds = firm.holds()
        if holds is not None:
            counts[next(place for place, low in enumerate(BANDS) if share_bp(holds, draws) >= low)] += 1
    return counts


def share_bp(count: int, draws: int) -> int:
    """Return a share in basis points, rounded down: 10,000 means all."""
    return count * 10_000 // draws


def percent_told(share: int) -> int:
    """Return basis points as whole per cent, half up; but 100 only for all of them, 0 only for none."""
    if share in (0, 10_000):
        return share // 100
    return min(99, max(1, (share + 50) // 100))


def holds_sentence(share: int | None) -> Text | None:
    """Return "the grade holds in 97 % of weightings", None where it was not examined or not rated."""
    if share is None:
        return None
    return _("%(percent)s%%的权重下等级不变", percent=percent_told(share))


def band_labels() -> list[Text]:
    """Return the bands in words, the best first."""
    return [
        _("全部权重"),
        _("95%至不足全部"),
        _("80%至95%"),
        _("50%至80%"),
        _("不足50%"),
    ]


def band_chart(counts: Sequence[int], *, locale: str = SOURCE_LOCALE) -> Chart:
    """Return firms by how often their grade holds, as bars."""
    return bar_chart(
        _("等级在多少权重下不变"),
        _("按等级不变的权重占比分段的企业数，只计已评级的企业。"),
        band_labels(),
        [Series(_("企业"), list(counts))],
        unit=_("家"),
        horizontal=True,
        locale=locale,
    )


def summary(found: ListRobustness, rows: Sequence[PanelRow]) -> dict[str, Any]:
    """Return what is kept of a list, as plain data."""
    return {
        "bands": band_counts(found.firms, found.draws),
        "tau_b": {block.value: tau for block, tau in found.tau.items()},
        "panel": [
            {
                "method": row.method.value,
                "tau_b": row.tau,
                "stay": row.stay,
                "blocks": {block.value: share for block, share in row.blocks.items()},
            }
            for row in rows
        ],
    }
