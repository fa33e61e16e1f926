"""Telling SQLite which way to read: along the index of an order, row by row, never by sorting.

Decides nothing about which rows there are. SQLite without fresh statistics takes any condition that an
index serves for a rare one, reads all that it finds and sorts that for one page. PostgreSQL weighs the two
ways by its own statistics, and right: nothing is said to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, UnaryExpression
from sqlalchemy.orm import Session
from sqlalchemy.sql import operators, visitors

from ipfin.db import is_sqlite

FIGURES = frozenset({"valid_count", "valid_invention_count", "pledged_count", "pending_count"})
"""Columns of a firm that many rows have above zero: a condition on them is asked of each row."""

LOOKED_UP = FIGURES | {"region_code"}
"""Columns asked of each firm that other rows lead to: none of them must lead to the firms first."""

_PLUS: operators.custom_op[Any] = operators.custom_op("+")


def aside(session: Session, column: Any) -> Any:
    """Return a column in a form that SQLite looks up in no index (its documented unary plus)."""
    return UnaryExpression(column, operator=_PLUS, type_=column.type) if is_sqlite(session) else column


def asked_of_each(
    session: Session, condition: ColumnElement[bool], columns: frozenset[str] = FIGURES
) -> ColumnElement[bool]:
    """Return a condition whose `columns` of firms are asked of each row that comes by."""
    if not is_sqlite(session):
        return condition

    def replaced(element: Any, **_unused: Any) -> Any:
        if isinstance(element, UnaryExpression) and element.operator is _PLUS:
            return element  # said before
        if isinstance(element, Column) and element.key in columns:
            return aside(session, element)
        return None

    found: ColumnElement[bool] = visitors.replacement_traverse(condition, {}, replaced)
    return found


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The conditions of a list of firms, and how its rows are read.

    `is_few` tells that they are few: looked up and sorted. Otherwise the order's index is walked.
    """

    where: list[ColumnElement[bool]]
    is_few: bool = False

    def key(self, session: Session, column: Any) -> Any:
        """Return an order's column: of few rows, SQLite shall not walk the whole order to find them."""
        return aside(session, column) if self.is_few else column

    def looked_up(self, session: Session) -> list[ColumnElement[bool]]:
        """Return the conditions for firms to which rows of another table lead, one by one."""
        if self.is_few:
            return self.where
        return [asked_of_each(session, condition, LOOKED_UP) for condition in self.where]
