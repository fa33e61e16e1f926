"""One score sheet as a reader may see it: the office, the firm itself, a bank, a reviewer.

Decides which figures of a sheet each reader is shown and how they are cut for reading. Which reader a
person is stands in `accounts.scopes` (`ScoreDetail`), what the figures mean in `scoring` and `explain`.

A bank sees the level and the explained items, not what a firm declared of its finances, until the firm
opens it (`consent`; which indicators these are stands in `consent.levels`). Without that, an indicator
that is a known function of a declared figure tells that figure, and so does a sum in which it is the
only unknown. So where a block holds a protected indicator with a value, none of the block's indicators
show figures: only whether they are known, and the block's own total. Patents and titles that a bank can
look up itself could narrow a protected figure down further; the firm agreed to the published level.
A reviewer of a service agency sees what a bank sees: nobody opens declared figures to him.

Scores are cut, not rounded, to two decimals: 74.9999 is shown as 74.99, because it earns no A. Who sees the
sheet whole reads the exact score beside it, and parts of up to four decimals that sum to that one. For
others the parts are cut by largest remainder and sum to the cut score: the last decimals of a total would
narrow a withheld figure down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from ipfin.accounts.scopes import ScoreDetail
from ipfin.consent.levels import fields_in
from ipfin.consent.purposes import FieldSet
from ipfin.kernel.text import Text, _
from ipfin.whitelist.cohorts import Measure
from ipfin.whitelist.explain import Reason, Unknown, grade_sentence, reasons, strengths, unknowns
from ipfin.whitelist.improvement import NextStep, next_step
from ipfin.whitelist.panel import holds_sentence
from ipfin.whitelist.peers import Standing
from ipfin.whitelist.pledgeability import Pledgeability
from ipfin.whitelist.robustness import grade_range
from ipfin.whitelist.scorecard import BLOCK_LABELS, PROVIDER_LABELS, Block, Indicator, Scorecard, plain
from ipfin.whitelist.scoring import GRADE_LABELS, Grade, ScoreSheet, SheetLine

PROTECTED: Final = frozenset(
    name.removeprefix("score.") for name in fields_in(FieldSet.DECLARED) if name.startswith("score.")
)
"""Finances as a firm declared them: R&D share, tax credit, growth of revenue, record of its loans."""

NOT_A_PROBABILITY: Final = _("专家评分卡，非违约概率。")
STEP_IS_AN_ESTIMATE: Final = _("改进方式按评分卡的难度估计挑选，仅供参考；达到后以下一次评分为准。")
WITHHELD: Final = _("企业未授权展示具体数值，只显示是否已申报。")

_CENT: Final = Decimal("0.01")
_FINEST: Final = Decimal("0.0001")


class LineState(StrEnum):
    """What a reader may know of one indicator (指标可见状态)."""

    SHOWN = "shown"  # 显示数值和得分
    DECLARED = "declared"  # 已申报，不显示数值
    KNOWN = "known"  # 已知，不显示数值
    UNKNOWN = "unknown"  # 未知


LINE_STATE_LABELS: Final[Mapping[LineState, Text]] = {
    LineState.SHOWN: _("已知"),
    LineState.DECLARED: _("已申报"),
    LineState.KNOWN: _("已知"),
    LineState.UNKNOWN: _("未知"),
}


@dataclass(frozen=True, slots=True)
class LineView:
    """One indicator. `value`, `points` (of 100) and `contribution` are None where they are not shown."""

    code: str
    name: Text
    unit: Text
    weight: Decimal
    state: LineState
    value: str | None
    points: Decimal | None
    contribution: Decimal | None
    note: Text | None
    source: Text
    provider: Text

    @property
    def state_label(self) -> Text:
        """The state in a word."""
        return LINE_STATE_LABELS[self.state]


@dataclass(frozen=True, slots=True)
class BlockView:
    """One of the four parts: what it could bring, what it brought, and its indicators.

    `is_closed` says that its indicators show no figures, because one of them is protected.
    """

    block: Block
    label: Text
    weight: Decimal
    known_weight: Decimal
    contribution: Decimal
    is_closed: bool
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One explained item in words: a loss, a lead or something unknown."""

    code: str
    sentence: Text
    how: Text | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """By what the sheet was made, so that anybody can make it again."""

    id: str
    version: str
    title: Text
    sha256: str
    data_as_of: date
    inputs_hash: str
    measure: Measure | None
    origin: Text
    method: Text


@dataclass(frozen=True, slots=True)
class ScoreView:
    """A score sheet for one kind of reader. Scores are 0 to 100 with two decimals.

    `score` is the one that ranks and grades, `exact` the same uncut, to four decimals (None where that is
    not this reader's business); contributions sum to `exact`, and to `score` without it. `known_score` is
    over what is known; `coverage` is in per cent, `missing_source` the points that an indicator without
    source stands for. `step` is None where there is none, or where it is not this reader's business.
    """

    detail: ScoreDetail
    grade: Grade
    grade_label: Text
    sentence: Text
    score: Decimal
    exact: Decimal | None
    known_score: Decimal
    lowest: Decimal
    highest: Decimal
    coverage: Decimal
    blocks: tuple[BlockView, ...]
    reasons: tuple[Item, ...]
    strengths: tuple[Item, ...]
    unknowns: tuple[Item, ...]
    step: NextStep | None
    grades: tuple[tuple[str, Decimal], ...]
    cap_below: Decimal
    refuse_below: Decimal
    missing_source: Decimal
    model: Model
    holds: Text | None = None  # in how many weightings the grade is the same
    grades_reached: Text | None = (
        None  # between which grades the unknown leaves it; None with nothing unknown
    )
    standing: Text | None = None  # the place among firms like it, a band where the place itself is withheld
    pledges: Pledgeability | None = None

    @property
    def is_partial(self) -> bool:
        """Whether some figures are withheld from this reader."""
        return any(block.is_closed for block in self.blocks)

    @property
    def cautions(self) -> tuple[Text, ...]:
        """What every reader must be told beside the score."""
        return (NOT_A_PROBABILITY, self.model.origin)


def score_view(
    sheet: ScoreSheet,
    card: Scorecard,
    detail: ScoreDetail,
    medians: Mapping[str, Decimal] | None = None,
    *,
    opened: bool = False,
    holds: int | None = None,
    standing: Standing | None = None,
    pledges: Pledgeability | None = None,
) -> ScoreView:
    """Return `sheet` as a reader of `detail` may see it.

    Args:
        card: the card that made the sheet.
        medians: the peers' median points by indicator (`explain.peer_medians`); without them no
            strengths are told.
        opened: the firm opened its declared figures to this reader, in force now.
        holds: in how many weightings the grade is the same, in basis points; None if not examined.
        standing: the firm's place among firms like it; None where too few are.
        pledges: how its patents stand towards a pledge; the register is public, so every reader sees it.

    Raises:
        ValueError: the reader may not see any score; whoever asks must not get this far.
    """
    if detail is ScoreDetail.NONE:
        raise ValueError("this reader may see no score")
    is_whole = detail not in (ScoreDetail.EXPLAINED, ScoreDetail.SCREENING)
    closed = frozenset() if is_whole or opened else closed_blocks(sheet, card)
    return ScoreView(
        detail=detail,
        grade=sheet.grade,
        grade_label=GRADE_LABELS[sheet.grade],
        sentence=grade_sentence(sheet, card, None if is_whole else cut(sheet.graded_score)),
        score=cut(sheet.graded_score),
        exact=sheet.graded_score if is_whole else None,
        known_score=cut(sheet.score),
        lowest=cut(sheet.lowest),
        highest=cut(sheet.highest),
        coverage=cut(sheet.coverage * 100),
        blocks=_blocks(sheet, card, closed, is_whole=is_whole),
        reasons=tuple(_loss(reason, card, closed) for reason in reasons(sheet, card)),
        strengths=tuple(_lead(lead, card, closed) for lead in strengths(sheet, card, medians or {})),
        unknowns=tuple(_unknown(unknown, tell_how=is_whole) for unknown in unknowns(sheet, card)),
        # What would raise a score is the firm's business and the office's, not a reviewer's.
        step=next_step(sheet, card) if is_whole else None,
        grades=card.grades,
        cap_below=card.cap_below * 100,
        refuse_below=card.refuse_below * 100,
        missing_source=card.missing_source,
        model=_model(sheet, card),
        holds=holds_sentence(holds),
        grades_reached=_grades_reached(sheet, card),
        standing=None if standing is None else standing.place if is_whole else standing.band,
        pledges=pledges,
    )


def _model(sheet: ScoreSheet, card: Scorecard) -> Model:
    """Return by what the sheet was made."""
    return Model(
        id=sheet.model_id,
        version=sheet.config_version,
        title=Text(card.title, {}),
        sha256=sheet.config_sha256,
        data_as_of=sheet.data_as_of,
        inputs_hash=sheet.inputs_hash,
        measure=sheet.measure,
        origin=Text(card.origin, {}),
        method=Text(card.method, {}),
    )


def _grades_reached(sheet: ScoreSheet, card: Scorecard) -> Text | None:
    """Return between which grades the unknown leaves the firm; the interval of the score is told to all."""
    if all(line.value is not None for line in sheet.lines):
        return None
    low, high = (GRADE_LABELS[grade] for grade in grade_range(sheet, card))
    if low == high:
        return _("未知项无论怎样补齐，等级都是%(grade)s。", grade=low)
    return _("未知项全部补齐后，等级可能在%(low)s到%(high)s之间。", low=low, high=high)


def closed_blocks(sheet: ScoreSheet, card: Scorecard) -> frozenset[Block]:
    """Return the blocks that show a bank no figures of their indicators: those with a protected value."""
    return frozenset(
        card.indicator(line.code).block
        for line in sheet.lines
        if line.code in PROTECTED and line.value is not None
    )


def cut(score: Decimal) -> Decimal:
    """Return a score with two decimals, the rest cut off: no score seems to reach a line it misses."""
    return score.quantize(_CENT, ROUND_FLOOR)


def shares(parts: Sequence[Decimal], whole: Decimal) -> list[Decimal]:
    """Return `parts` with two decimals so that they sum to `whole`, which is their sum, cut.

    Largest remainder, ties to the earlier part: the house rule for splitting a whole.
    """
    found = [cut(part) for part in parts]
    left_over = int((whole - sum(found, Decimal(0))) / _CENT)
    by_remainder = sorted(range(len(parts)), key=lambda place: (found[place] - parts[place], place))
    for place in by_remainder[:left_over]:
        found[place] += _CENT
    return found


def told(points: Decimal) -> str:
    """Return points as they are written: two decimals, and the third and fourth where there are any."""
    return f"{points:.4f}".removesuffix("0").removesuffix("0")


def _blocks(
    sheet: ScoreSheet, card: Scorecard, closed: frozenset[Block], *, is_whole: bool
) -> tuple[BlockView, ...]:
    parts = [line.contribution for line in sheet.lines]
    if not is_whole:
        parts = shares(parts, cut(sheet.graded_score))
    rows = [(card.indicator(line.code), line, part) for line, part in zip(sheet.lines, parts, strict=True)]
    found = []
    for block in Block:
        inside = [row for row in rows if row[0].block is block]
        if inside:
            found.append(_block(block, inside, is_closed=block in closed, is_whole=is_whole))
    return tuple(found)


def _block(
    block: Block, rows: Sequence[tuple[Indicator, SheetLine, Decimal]], *, is_closed: bool, is_whole: bool
) -> BlockView:
    return BlockView(
        block=block,
        label=BLOCK_LABELS[block],
        weight=_sum(line.weight for _row, line, _part in rows),
        known_weight=_sum(line.weight for _row, line, _part in rows if line.value is not None),
        contribution=_sum(part for _row, _line, part in rows),
        is_closed=is_closed,
        lines=tuple(
            _line_view(row, line, part, is_closed=is_closed, is_whole=is_whole) for row, line, part in rows
        ),
    )


def _line_view(
    row: Indicator, line: SheetLine, part: Decimal, *, is_closed: bool, is_whole: bool
) -> LineView:
    state = _state(line, is_closed=is_closed)
    is_open = state is LineState.SHOWN
    # What the card grants for the unknown is public, so it tells nothing.
    tells_part = is_open or state is LineState.UNKNOWN
    return LineView(
        code=line.code,
        name=Text(row.name, {}),
        unit=Text(row.unit, {}),
        weight=line.weight,
        state=state,
        value=_for_reading(line.value, is_whole=is_whole) if is_open and line.value is not None else None,
        points=(line.points if is_whole else cut(line.points))
        if is_open and line.points is not None
        else None,
        contribution=part if tells_part else None,
        note=line.note if tells_part else None,
        source=Text(row.source, {}),
        provider=PROVIDER_LABELS[row.provided_by],
    )


def _state(line: SheetLine, *, is_closed: bool) -> LineState:
    if line.value is None:
        return LineState.UNKNOWN
    if not is_closed:
        return LineState.SHOWN
    return LineState.DECLARED if line.code in PROTECTED else LineState.KNOWN


def _for_reading(value: Decimal, *, is_whole: bool) -> str:
    return plain(value.quantize(_FINEST if is_whole else _CENT, ROUND_HALF_UP))


def _loss(reason: Reason, card: Scorecard, closed: frozenset[Block]) -> Item:
    row = card.indicator(reason.code)
    if row.block not in closed:
        return Item(reason.code, reason.sentence)
    return Item(reason.code, _("%(name)s是主要失分项之一（数值未授权展示）", name=Text(row.name, {})))


def _lead(lead: Reason, card: Scorecard, closed: frozenset[Block]) -> Item:
    row = card.indicator(lead.code)
    if row.block not in closed:
        return Item(lead.code, lead.sentence)
    return Item(lead.code, _("%(name)s高于全部评分企业的中位数（数值未授权展示）", name=Text(row.name, {})))


def _unknown(unknown: Unknown, *, tell_how: bool) -> Item:
    return Item(unknown.code, unknown.sentence, unknown.how if tell_how else None)


def _sum(parts: Iterable[Decimal]) -> Decimal:
    return sum(parts, Decimal(0))
