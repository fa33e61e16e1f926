"""Reading a scorecard file: which content is a well-formed card, and the sentence when it is not.

What a card is and means stands in `scorecard`. A refusal names in `field` the place of the card that it is
about, as `indicators.L1.weight` (`card_lines` finds its line).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeVar

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _
from ipfin.whitelist.scorecard import CODES, Block, Indicator, Provider, Scenario, Scorecard, card_sha256

__all__ = [
    "DEFAULT_CARD",
    "SHIPPED",
    "Scorecard",
    "card_of",
    "card_sha256",
    "default_card",
    "load_card",
    "read_toml",
]

DEFAULT_CARD: Final = Path(__file__).parent / "cards" / "anyang-whitelist-1.0.toml"

SHIPPED: Final[Mapping[str, Path]] = {
    path.stem: path
    for path in (
        DEFAULT_CARD,
        DEFAULT_CARD.with_name("insurance-1.0.toml"),
        DEFAULT_CARD.with_name("licensing-1.0.toml"),
    )
}
"""Every card that ships with the product, all of them examples, by the name of the file."""

Content = Mapping[str, Any]
Choice = TypeVar("Choice", bound=StrEnum)

LINE: Final = "line:"
"""Begins a refusal's `field` that is a line of the file, where nothing could be read as TOML."""

_PLACE_OF_FAULT: Final = re.compile(r"at line (\d+), column (\d+)")
HUNDRED: Final = Decimal(100)
PLACES: Final = 6  # values are kept to a millionth, so finer knots could not be told apart
CARD_KEYS: Final = frozenset(
    {"id", "version", "title", "origin", "method", "scenario", "missing", "grades", "coverage", "indicators"}
)
INDICATOR_KEYS: Final = frozenset(Indicator.__dataclass_fields__) - {"code"}


@lru_cache(maxsize=1)
def default_card() -> Scorecard:
    """Return the card that ships with the product, an example until the office confirms one."""
    return load_card(DEFAULT_CARD)


def load_card(source: Path | bytes) -> Scorecard:
    """Return the card that `source` (a file or its bytes, TOML in UTF-8) holds.

    Raises:
        BadInput: not TOML, a part is missing or of the wrong kind, weights that do not sum to 100,
            knots that do not rise, an unknown code, grades or coverage lines out of order.
    """
    return card_of(read_toml(source))


def read_toml(source: Path | bytes) -> Content:
    """Return what `source` (a file or its bytes, TOML in UTF-8) says, numbers as decimals.

    Raises:
        BadInput: the file cannot be read, or is not TOML in UTF-8.
    """
    try:
        raw = source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        raise BadInput(_("评分卡文件“%(file)s”读不出来，请检查路径和权限。", file=str(source))) from error
    try:
        return tomllib.loads(raw.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise BadInput(_("评分卡不是UTF-8编码的文本，请另存为UTF-8后再导入。")) from error
    except (tomllib.TOMLDecodeError, ArithmeticError) as error:
        raise _not_toml(str(error)) from error


def _not_toml(detail: str) -> BadInput:
    found = _PLACE_OF_FAULT.search(detail)
    if found is None:
        return BadInput(
            _("评分卡不是有效的TOML：有重复的项，或文末的引号、括号没有闭合（%(detail)s）。", detail=detail)
        )
    line, column = found.groups()
    sentence = _("评分卡不是有效的TOML：第%(line)s行第%(column)s字附近写法有误。", line=line, column=column)
    return BadInput(sentence, field=f"{LINE}{line}")


def card_of(content: Content) -> Scorecard:
    """Return the card that `content`, read from TOML, holds.

    Raises:
        BadInput: as `load_card`.
    """
    _refuse_unknown_keys(content, CARD_KEYS, _("评分卡"), "")
    rows = _table(content, "indicators")
    unknown = sorted(set(rows) - set(CODES))
    if unknown:
        raise BadInput(
            _(
                "评分卡用了未知的指标代码“%(unknown)s”，可用的代码：%(known)s。",
                unknown="、".join(unknown),
                known="、".join(CODES),
            ),
            field=f"indicators.{unknown[0]}",
        )
    indicators = tuple(_indicator(code, _table(rows, code)) for code in CODES if code in rows)
    total = sum((row.weight for row in indicators), Decimal(0))
    if total != HUNDRED:
        raise BadInput(
            _("评分卡各指标权重合计应为100，现为%(total)s。", total=str(total)), field="indicators"
        )
    missing, coverage = _table(content, "missing"), _table(content, "coverage")
    refuse, cap = _coverage_lines(coverage)
    return Scorecard(
        id=_sentence(content, "id"),
        version=_sentence(content, "version"),
        title=_sentence(content, "title"),
        origin=_sentence(content, "origin"),
        method=_sentence(content, "method"),
        indicators=indicators,
        missing_source=_points(missing, "source"),
        missing_undeclared=_points(missing, "undeclared"),
        grades=_grades(_table(content, "grades")),
        refuse_below=refuse,
        cap_below=cap,
        scenario=_choice(Scenario, content, "scenario", "") if "scenario" in content else Scenario.WHITELIST,
    )


def _indicator(code: str, row: Content) -> Indicator:
    _refuse_unknown_keys(row, INDICATOR_KEYS, _("指标%(code)s", code=code), code)
    weight = _number(row, "weight", code)
    if weight <= 0:
        raise BadInput(_("指标%(code)s的权重应大于0。", code=code), field=_at(code, "weight"))
    step = _number(row, "step", code) if "step" in row else Decimal(1)
    effort = _number(row, "effort", code) if "effort" in row else Decimal(1)
    if step <= 0 or effort <= 0:
        raise BadInput(
            _("指标%(code)s的改善步长（step）和难度（effort）应大于0。", code=code),
            field=_at(code, "step" if step <= 0 else "effort"),
        )
    actionable = row.get("actionable", False)
    if not isinstance(actionable, bool):
        raise BadInput(
            _("指标%(code)s的actionable应为true或false。", code=code), field=_at(code, "actionable")
        )
    return Indicator(
        code=code,
        id=_sentence(row, "id", code),
        block=_choice(Block, row, "block", code),
        name=_sentence(row, "name", code),
        unit=_sentence(row, "unit", code),
        weight=weight,
        knots=_knots(row.get("knots"), code),
        source=_sentence(row, "source", code),
        provided_by=_choice(Provider, row, "provided_by", code),
        missing=_sentence(row, "missing", code),
        declare=_sentence(row, "declare", code),
        actionable=actionable,
        step=step,
        levels=_levels(row.get("levels", []), code),
        effort=effort,
    )


def _at(place: str, key: str) -> str:
    """Return where `key` stands: below an indicator, below a section of its own, or at the top."""
    if place in CODES:
        return f"indicators.{place}.{key}"
    section = {"A": "grades", "B": "grades", "C": "grades", "source": "missing", "undeclared": "missing"}
    above = section.get(key, place) if place == key else place
    return f"{above}.{key}" if above else key


def _knots(stored: object, code: str) -> tuple[tuple[Decimal, Decimal], ...]:
    knots, at = (
        tuple(_knot(pair, code) for pair in stored) if isinstance(stored, list) else (),
        _at(code, "knots"),
    )
    if len(knots) < 2:
        raise BadInput(_("指标%(code)s的折分点（knots）至少要有两组“[值, 分]”。", code=code), field=at)
    for (x0, y0), (x1, y1) in pairwise(knots):
        if x1 <= x0:
            raise BadInput(
                _("指标%(code)s的折分点的值应逐点增大，%(at)s处没有。", code=code, at=str(x1)), field=at
            )
        if y1 < y0:
            raise BadInput(
                _("指标%(code)s的折分点的分不应减少，%(at)s处减少了。", code=code, at=str(x1)), field=at
            )
    if knots[0][1] < 0 or knots[-1][1] > HUNDRED:
        raise BadInput(_("指标%(code)s的折分点的分应在0至100之间。", code=code), field=at)
    return knots


def _knot(pair: object, code: str) -> tuple[Decimal, Decimal]:
    numbers = [_as_number(part) for part in pair] if isinstance(pair, list) else []
    if len(numbers) != 2 or numbers[0] is None or numbers[1] is None:
        raise BadInput(
            _("指标%(code)s的折分点（knots）应写成“[值, 分]”，值和分都是数字。", code=code),
            field=_at(code, "knots"),
        )
    return numbers[0], numbers[1]


def _levels(stored: object, code: str) -> tuple[Decimal, ...]:
    numbers = [_as_number(part) for part in stored] if isinstance(stored, list) else [None]
    levels = tuple(number for number in numbers if number is not None)
    if len(levels) != len(numbers) or any(later <= earlier for earlier, later in pairwise(levels)):
        raise BadInput(
            _("指标%(code)s的等级（levels）应为逐个增大的数字。", code=code), field=_at(code, "levels")
        )
    return levels


def _grades(table: Content) -> tuple[tuple[str, Decimal], ...]:
    if set(table) != {"A", "B", "C"}:
        raise BadInput(_("评分卡应给出A、B、C三个等级的最低分，不多不少。"), field="grades")
    grades = tuple((letter, _points(table, letter)) for letter in ("A", "B", "C"))
    if any(lower >= higher for (_a, higher), (_b, lower) in pairwise(grades)):
        raise BadInput(_("评分卡等级的最低分应由A到C逐级降低。"), field="grades")
    return grades


def _coverage_lines(table: Content) -> tuple[Decimal, Decimal]:
    refuse, cap = _number(table, "refuse", "coverage"), _number(table, "cap", "coverage")
    if not 0 <= refuse <= cap <= 1:
        raise BadInput(_("资料覆盖率的两条线应满足：0 ≤ 不评级线 ≤ 封顶线 ≤ 1。"), field="coverage")
    return refuse, cap


def _points(table: Content, key: str) -> Decimal:
    points = _number(table, key, key)
    if not 0 <= points <= HUNDRED:
        raise BadInput(_("评分卡“%(key)s”的分应在0至100之间。", key=key), field=_at(key, key))
    return points


def _as_number(value: object) -> Decimal | None:
    """Return a finite number of at most six decimals, or None. TOML's true and false are no numbers."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    return number if isinstance(exponent, int) and exponent >= -PLACES else None


def _number(table: Content, key: str, place: str) -> Decimal:
    number = _as_number(table.get(key))
    if number is None:
        raise BadInput(
            _("评分卡“%(place)s”处缺少数字“%(key)s”（最多六位小数）。", place=place, key=key),
            field=_at(place, key),
        )
    return number


def _sentence(table: Content, key: str, place: str = "") -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BadInput(
            _("评分卡“%(place)s”处缺少文字“%(key)s”。", place=place or "card", key=key), field=_at(place, key)
        )
    return value


def _table(table: Content, key: str) -> Content:
    value = table.get(key)
    if not isinstance(value, dict):
        raise BadInput(_("评分卡缺少“%(key)s”一节。", key=key), field=key)
    return value


def _choice(kind: type[Choice], table: Content, key: str, place: str) -> Choice:
    try:
        return kind(_sentence(table, key, place))
    except ValueError as error:
        allowed = "、".join(kind)
        if not place:
            raise BadInput(
                _("评分卡的“%(key)s”应为：%(allowed)s。", key=key, allowed=allowed), field=key
            ) from error
        raise BadInput(
            _("指标%(code)s的“%(key)s”应为：%(allowed)s。", code=place, key=key, allowed=allowed),
            field=_at(place, key),
        ) from error


def _refuse_unknown_keys(table: Content, known: frozenset[str], name: Text, place: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise BadInput(
            _(
                "%(place)s有不认识的项“%(unknown)s”，请删去或改正拼写。",
                place=name,
                unknown="、".join(unknown),
            ),
            field=_at(place, unknown[0]),
        )
