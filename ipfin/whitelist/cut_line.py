"""Where a round's cut falls among its candidates, by five points, and who is next to the line. Pure.

Decides the line (the lowest score that earns the round's lowest grade), the bins, which begin at the line so
that no bar lies on both sides of it, and how near is near. Whoever stands within a point of the line is
shown by name: a small error in the data would put the firm on the other side.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from ipfin.documents.charts import Chart, Line, Series, stacked_bar_chart
from ipfin.kernel.text import SOURCE_LOCALE, Text, _
from ipfin.whitelist.admission import EntryOutcome
from ipfin.whitelist.scorecard import Scorecard
from ipfin.whitelist.scoring import Grade

WIDTH_E4: Final = 50_000
"""Five points, in ten-thousandths."""
NEAR_E4: Final = 10_000
"""One point: how far from the line a candidate counts as next to it, both ends included."""


_SHORT: Final[Mapping[EntryOutcome, Text]] = {
    EntryOutcome.ADMITTED: _("入选"),
    EntryOutcome.RESERVE: _("储备"),
    EntryOutcome.BELOW_LINE: _("未达等级线"),
    EntryOutcome.EXCLUDED: _("准入排除"),
    EntryOutcome.HELD: _("暂缓"),
}
"""The outcomes in the few words that fit beneath a chart."""


def line_of(card: Scorecard, grade: Grade) -> int:
    """Return the lowest score, in ten-thousandths, that earns `grade`; 0 for a grade without a line."""
    lowest = dict(card.grades).get(grade.value)
    return 0 if lowest is None else int(lowest * 10_000)


def offset_of(line_e4: int) -> int:
    """Return how far the first bin is shifted so that one of them begins at the line."""
    return (WIDTH_E4 - line_e4 % WIDTH_E4) % WIDTH_E4


def cut_chart(
    counts: Mapping[tuple[int, EntryOutcome], int], line_e4: int, *, locale: str = SOURCE_LOCALE
) -> Chart | None:
    """Return the candidates by score and outcome with the line between two bars; None without candidates.

    Args:
        counts: (number of the bin, outcome) to candidates; bin n begins at n * WIDTH_E4 - offset_of(line).
    """
    bins = {number for number, _outcome in counts}
    if not bins:
        return None
    first_above = (line_e4 + offset_of(line_e4)) // WIDTH_E4
    beside = {first_above - 1, first_above} if line_e4 else set()
    numbers = range(min(bins | beside), max(bins | beside) + 1)
    series = [
        Series(label, [counts.get((number, outcome), 0) for number in numbers])
        for outcome, label in _SHORT.items()
        if any(found is outcome for _number, found in counts)
    ]
    return stacked_bar_chart(
        _("候选企业按评级用分分布"),
        _(
            "每5分一档的候选企业家数，按结论分开；入选线%(line)s分画在两档之间，线以上也可能因准入或资料不入选。",
            line=points(line_e4),
        ),
        [_bounds(number, line_e4) for number in numbers],
        series,
        unit=_("家"),
        height=260,
        line=Line(first_above - numbers[0], _("入选线%(line)s", line=points(line_e4))) if line_e4 else None,
        locale=locale,
    )


def points(score_e4: int) -> str:
    """Return a score in points without needless zeros: 60, 62.5."""
    return f"{(Decimal(score_e4) / 10_000).normalize():f}"


def _bounds(number: int, line_e4: int) -> str:
    first = max(0, number * WIDTH_E4 - offset_of(line_e4))
    beyond = (number + 1) * WIDTH_E4 - offset_of(line_e4)
    return f"{points(first)}–{points(beyond)}"


def distance_words(score_e4: int, line_e4: int) -> Text:
    """Say how far a score lies from the line."""
    away = points(abs(score_e4 - line_e4))
    if score_e4 == line_e4:
        return _("正在线上")
    return _("高%(away)s分", away=away) if score_e4 > line_e4 else _("低%(away)s分", away=away)
