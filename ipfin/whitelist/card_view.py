"""A scorecard as people read it (模型说明): one view for pages and paper. Pure.

Decides the order and the spelling; every sentence is the card's own, so that the catalogue is asked for the
sentences of the cards that ship with the product.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ipfin.kernel.text import Text, _
from ipfin.whitelist.card_diff import knots_words
from ipfin.whitelist.scorecard import (
    BLOCK_LABELS,
    PROVIDER_LABELS,
    SCENARIO_LABELS,
    Block,
    Indicator,
    Scorecard,
    card_sha256,
    plain,
)


@dataclass(frozen=True, slots=True)
class RowView:
    """One indicator; `knots` reads `0→0 · 1→40` (value → points)."""

    code: str
    name: str
    unit: str
    weight: str
    source: str
    provider: Text
    missing: str
    declare: str
    knots: str


@dataclass(frozen=True, slots=True)
class BlockView:
    """One part of the card with the weight of its indicators together."""

    label: Text
    weight: str
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class CardView:
    """A whole card; `grades` say the lowest score of each, shares read `60%`."""

    card_id: str
    version: str
    title: str
    scenario: Text
    origin: str
    method: str
    sha256: str
    grades: tuple[Text, ...]
    refuse_below: str
    cap_below: str
    missing_source: str
    missing_undeclared: str
    blocks: tuple[BlockView, ...]


def card_view(card: Scorecard) -> CardView:
    """Return `card` as people read it."""
    return CardView(
        card_id=card.id,
        version=card.version,
        title=card.title,
        scenario=SCENARIO_LABELS[card.scenario],
        origin=card.origin,
        method=card.method,
        sha256=card_sha256(card),
        grades=(
            *(
                _("%(grade)s级%(lowest)s分起", grade=letter, lowest=plain(lowest))
                for letter, lowest in card.grades
            ),
            _("以下为D级"),
        ),
        refuse_below=_share(card.refuse_below),
        cap_below=_share(card.cap_below),
        missing_source=plain(card.missing_source),
        missing_undeclared=plain(card.missing_undeclared),
        blocks=tuple(
            _block(block, card) for block in Block if any(r.block is block for r in card.indicators)
        ),
    )


def _block(block: Block, card: Scorecard) -> BlockView:
    rows = [row for row in card.indicators if row.block is block]
    weight = sum((row.weight for row in rows), Decimal(0))
    return BlockView(BLOCK_LABELS[block], plain(weight), tuple(_row(row) for row in rows))


def _row(row: Indicator) -> RowView:
    return RowView(
        code=row.code,
        name=row.name,
        unit=row.unit,
        weight=plain(row.weight),
        source=row.source,
        provider=PROVIDER_LABELS[row.provided_by],
        missing=row.missing,
        declare=row.declare,
        knots=knots_words(row.knots),
    )


def _share(share: Decimal) -> str:
    return f"{plain(share * 100)}%"
