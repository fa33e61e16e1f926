"""How the fields of the directory stand in its sheet and in its printed listing, and how they read. Pure.

Which fields a copy has is decided in `tiers`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ipfin.documents.sheet_cells import Kind
from ipfin.kernel.text import Text, _
from ipfin.reports.directory import CHANGE_LABELS, LEFT_LABELS, Line, LineChange
from ipfin.reports.tiers import FIELD_LABELS, FieldTier, fields_of
from ipfin.whitelist.facts import PLEDGE_HISTORY_LABELS, TITLE_LABELS, PledgeHistory, Title


@dataclass(frozen=True, slots=True)
class Look:
    """How a field is set: width in the sheet, share of the listing (0: sheet only), alignment."""

    width: float
    share: float = 0.0
    align: str = "left"
    kind: Kind = Kind.TEXT


LOOKS: Final[Mapping[str, Look]] = {
    "name": Look(34, 3.2),
    "credit_code": Look(21, 1.9),
    "locality": Look(12, 1.2),
    "industry_code": Look(10),
    "valid_count": Look(10, 0.8, "right", Kind.INTEGER),
    "valid_invention_count": Look(10, 0.8, "right", Kind.INTEGER),
    "valid_utility_count": Look(10, 0.8, "right", Kind.INTEGER),
    "valid_design_count": Look(10, 0.8, "right", Kind.INTEGER),
    "pledged_count": Look(10, 0.8, "right", Kind.INTEGER),
    "grade": Look(11, 0.9, "center"),
    "admission": Look(14, 1.35, "center"),
    "titles": Look(24),
    "rd_share_bp": Look(13),
    "revenue_growth_bp": Look(13),
    "tax_credit": Look(13),
    "pledge_history": Look(16),
    "as_of": Look(12, 1.1, "center"),
}
_IN_BASIS_POINTS: Final = frozenset({"rd_share_bp", "revenue_growth_bp"})


@dataclass(frozen=True, slots=True)
class CopyFields:
    """Which fields one recipient's copy has.

    The fields that need a consent have no column where no firm gave one.
    """

    tier: FieldTier
    has_consents: bool

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the fields, in the order of the sheet."""
        tier = self.tier
        if tier is FieldTier.CONSENTED and not self.has_consents:
            tier = FieldTier.GRADED
        return tuple(field.key for field in fields_of(tier))

    @property
    def printed(self) -> tuple[str, ...]:
        """Those that stand in the printed listing, too."""
        return tuple(key for key in self.keys if LOOKS[key].share)


def value_of(facts: Mapping[str, Any], key: str) -> object:
    """Return a fact as a reader sees it: labels for words, percent for basis points."""
    value = facts.get(key)
    if value in (None, ""):
        return None
    if key == "titles":
        return _titles(str(value))
    if key == "pledge_history":
        return PLEDGE_HISTORY_LABELS[PledgeHistory(value)]
    if key in _IN_BASIS_POINTS:
        return f"{int(value) / 100:.2f}%"
    return value


def _titles(words: str) -> Text:
    """Return the titles as one sentence that can be translated."""
    said: Text | None = None
    for word in words.split():
        label = TITLE_LABELS[Title(word)]
        said = label if said is None else _("%(first)s、%(second)s", first=said, second=label)
    return said or _("无")


def sheet_row(line: Line, keys: Sequence[str]) -> list[object]:
    """Return a line as a row of the sheet."""
    return [line.position, *(value_of(line.facts, key) for key in keys)]


CHANGE_COLUMNS: Final[tuple[tuple[Text, float], ...]] = (
    (_("变更"), 8),
    (_("企业名称"), 34),
    (_("统一社会信用代码"), 21),
    (_("变更字段"), 16),
    (_("上一期"), 22),
    (_("本期"), 22),
    (_("退出原因"), 24),
)


def change_rows(line: Line) -> list[list[object]]:
    """Return how a line differs from the last issue: a row for each fact that changed, else one row."""
    label = CHANGE_LABELS[line.change]
    head: list[object] = [label, line.facts.get("name"), line.facts.get("credit_code")]
    if line.change is LineChange.KEPT:
        return []
    if line.change is LineChange.CHANGED:
        return [
            [*head, FIELD_LABELS[key], _shown(line.before, key), _shown(line.facts, key), None]
            for key in FIELD_LABELS
            if key in line.before
        ]
    why = LEFT_LABELS[line.left_reason] if line.left_reason else None
    return [[*head, None, None, None, why]]


def _shown(facts: Mapping[str, Any], key: str) -> object:
    value = value_of(facts, key)
    return _("（空）") if value is None else value if isinstance(value, Text) else str(value)
