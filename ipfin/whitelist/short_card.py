"""The short spelling of a card (评分卡简写), for trying other weights without writing a whole card.

Decides which names stand for which, and that whatever a short card does not say (names, units, sources,
steps) is what the card that ships says of the same indicator. Numbers are never filled in: weights,
knots, grades and lines are the writer's own. Which content is a sound card stays with `scheme`; only a
whole card can be activated, because the words on it are what the office answers for.

    grade → grades, coverage.cap_B → coverage.cap, [L1] → [indicators.L1], w → weight, k → knots, src → source
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _
from ipfin.whitelist.scheme import card_of, default_card, read_toml
from ipfin.whitelist.scorecard import CODES, Scorecard, card_as_json

OF_CARD: Final[Mapping[str, str]] = {"grade": "grades"}
OF_COVERAGE: Final[Mapping[str, str]] = {"cap_B": "cap"}
OF_INDICATOR: Final[Mapping[str, str]] = {"w": "weight", "k": "knots", "src": "source"}
WORDS_OF_CARD: Final = ("title", "origin", "method")
WORDS_OF_INDICATOR: Final = ("block", "id", "name", "unit", "source", "provided_by", "missing", "declare")

Content = Mapping[str, Any]


def load_trial_card(source: Path | bytes) -> Scorecard:
    """Return the card that `source` (TOML, whole or short) holds, to try it; never to activate it.

    Raises:
        BadInput: as `scheme.load_card`; or a part is given under both its names.
    """
    return card_of(lengthen(read_toml(source)))


def lengthen(content: Content) -> Content:
    """Return a card's content under its whole names, its words filled in from the card that ships.

    Raises:
        BadInput: a part is given under both its names.
    """
    shipped = card_as_json(default_card())
    whole = _renamed(content, OF_CARD, _("评分卡"))
    if isinstance(whole.get("coverage"), dict):
        whole["coverage"] = _renamed(whole["coverage"], OF_COVERAGE, _("评分卡"))
    rows = whole.get("indicators", {})
    if isinstance(rows, dict):
        outside = {code: whole.pop(code) for code in CODES if code in whole}
        _refuse_both(set(outside) & set(rows), _("评分卡"))
        words = {row["code"]: row for row in shipped["indicators"]}
        whole["indicators"] = {
            code: _row(row, words.get(code, {}), code) for code, row in {**rows, **outside}.items()
        }
    return {key: shipped[key] for key in WORDS_OF_CARD} | whole


def _row(row: object, words: Content, code: str) -> object:
    if not isinstance(row, dict):
        return row
    given = _renamed(row, OF_INDICATOR, _("指标%(code)s", code=code))
    filled = {key: words[key] for key in WORDS_OF_INDICATOR if key in words}
    if not {"actionable", "step", "levels", "effort"} & given.keys():
        filled |= _way_up(code)
    return filled | given


def _way_up(code: str) -> dict[str, Any]:
    """Return how a firm raises the indicator, as the card that ships says."""
    row = next((row for row in default_card().indicators if row.code == code), None)
    if row is None:
        return {}
    return {
        "actionable": row.actionable,
        "step": row.step,
        "levels": list(row.levels),
        "effort": row.effort,
    }


def _renamed(table: Content, names: Mapping[str, str], place: Text) -> dict[str, Any]:
    _refuse_both({short for short, whole in names.items() if short in table and whole in table}, place)
    return {names.get(key, key): value for key, value in table.items()}


def _refuse_both(twice: set[str], place: Text) -> None:
    if twice:
        raise BadInput(
            _(
                "%(place)s的“%(key)s”写了两遍，简写和全称只能用一种。",
                place=place,
                key="、".join(sorted(twice)),
            )
        )
