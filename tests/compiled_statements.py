"""Statements are compiled once for each kind of database, not once for each test's engine.

Every test has a database and so an engine of its own, and SQLAlchemy keeps what it compiled by engine: a
fifth of the suite went into compiling the same statements again. Two dialects of one kind, spelling and
server are taken for the same one here, and all engines share one store, as all requests to the running
product do.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine.base import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

_STORE: LRUCache[Any, Any] = LRUCache(4_000)


def share_compiled_statements() -> None:
    """Let every engine made from now on in this process use one store."""
    DefaultDialect.__hash__ = lambda dialect: hash(type(dialect))  # type: ignore[method-assign]
    DefaultDialect.__eq__ = lambda one, other: _kind(one) == _kind(other)  # type: ignore[method-assign]
    Engine._compiled_cache = property(lambda _engine: _STORE, lambda _engine, _own: None)  # type: ignore[assignment]


def _kind(dialect: object) -> tuple[Any, ...]:
    if not isinstance(dialect, DefaultDialect):
        return (type(dialect),)
    return type(dialect), dialect.paramstyle, getattr(dialect, "server_version_info", None)
