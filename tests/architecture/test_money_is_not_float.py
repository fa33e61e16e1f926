"""Money is integer fen, rates are basis points or Decimal: a float has no ten fen (0.1 yuan)."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, Module, dotted, modules

# Names that hold money, by their last word: amount_fen, rate_bp, price_yuan, registered_amount, fee.
MONEY = re.compile(r"(?:^|_)(?:fen|yuan|wan|bp|amount|money|price|fee|premium|principal|subsidy)$")
FLOATS = frozenset({"float", "Float", "Double", "REAL", "Real", "FLOAT", "DOUBLE"})


def offences(root: Path) -> list[str]:
    """Return the places where money would become a float."""
    return [f"{module.at(node)}: {fault}" for module in modules(root) for node, fault in _faults(module)]


def _faults(module: Module) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(module.tree):
        yield from _annotated(node)
        yield from _converted(node)
        yield from _computed(node)


def _annotated(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """A field, an argument, a column or a result that is money and is said to be a float."""
    name, parts = "", []
    if isinstance(node, ast.AnnAssign):
        name, parts = dotted(node.target), [node.annotation, node.value]
    elif isinstance(node, ast.arg):
        name, parts = node.arg, [node.annotation]
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        name, parts = node.name, [node.returns]
    if MONEY.search(name) and any(_mentions_float(part) for part in parts if part is not None):
        yield node, f"{name} is money and a float"


def _mentions_float(node: ast.AST) -> bool:
    return any(
        (isinstance(part, ast.Name) and part.id in FLOATS)
        or (isinstance(part, ast.Attribute) and part.attr in FLOATS)
        or (isinstance(part, ast.Constant) and isinstance(part.value, float))
        for part in ast.walk(node)
    )


def _converted(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """`float(amount_fen)`."""
    if isinstance(node, ast.Call) and dotted(node.func) == "float":
        for argument in node.args:
            if MONEY.search(dotted(argument)):
                yield node, f"float({dotted(argument)})"


def _computed(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """`fee_fen = total_fen / 3` and `fee_fen = total_fen * 0.3`: `/` and a literal like 0.3 make floats."""
    targets, value = [], None
    if isinstance(node, ast.Assign):
        targets, value = [dotted(target) for target in node.targets], node.value
    elif isinstance(node, ast.keyword):
        targets, value = [node.arg or ""], node.value
    money = [name for name in targets if MONEY.search(name)]
    if money and value is not None and _makes_a_float(value):
        yield value, f"{money[0]} is computed as a float"


def _makes_a_float(node: ast.AST) -> bool:
    """Whether the outermost sum or product is of floats; what a call makes of it is its own affair."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float)
    if isinstance(node, ast.UnaryOp):
        return _makes_a_float(node.operand)
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Div):
            # Decimal / Decimal stays exact enough and says so; names alone are taken for integers.
            return "Decimal" not in ast.dump(node)
        return _makes_a_float(node.left) or _makes_a_float(node.right)
    return False


def test_money_is_never_a_float() -> None:
    assert offences(ROOT) == []


@pytest.mark.parametrize(
    "line",
    [
        "amount_fen: float = 0",
        "amount_fen: Mapped[float]",
        "amount_fen: Mapped[int] = mapped_column(Float)",
        "def pay(amount_fen: float | None): ...",
        "def loan_fen() -> float: ...",
        "x = float(loan.amount_fen)",
        "fee_fen = total_fen / 3",
        "fee_fen = total_fen * 0.3",
        "loan = Loan(amount_fen=total_fen / 2)",
        "rate_bp = 1.5",
    ],
)
def test_a_planted_float_is_found(plant: Callable[[str, str], Path], line: str) -> None:
    assert len(offences(plant("ipfin/finance/pricing.py", line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "amount_fen: int = 0",
        "fee_fen = total_fen // 3",
        "fee_fen = round_half_up(Decimal(total_fen) * Decimal('0.3'))",
        "share = lent_fen / promised_fen",
        "weight: float = 0.3",
        "rate_bp = 150",
    ],
)
def test_right_reckoning_is_left_alone(plant: Callable[[str, str], Path], line: str) -> None:
    assert offences(plant("ipfin/finance/pricing.py", line)) == []
