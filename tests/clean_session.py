"""The rule that nothing is written outside a unit of work, as something a test can hold against a session.

Looking at `session.new` and `session.dirty` at the end misses what was flushed, so we listen.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction


class WatchedWrites:
    """Knows whether `target` holds writes that nobody committed.

    `target` is a session, a sessionmaker or a scoped session.
    """

    def __init__(self, target: Any) -> None:
        self._target = target
        self.uncommitted: list[str] = []
        event.listen(target, "after_flush", self._flushed)
        event.listen(target, "do_orm_execute", self._executed)
        event.listen(target, "after_transaction_end", self._ended)

    def close(self) -> None:
        """Stop listening."""
        event.remove(self._target, "after_flush", self._flushed)
        event.remove(self._target, "do_orm_execute", self._executed)
        event.remove(self._target, "after_transaction_end", self._ended)

    def pending(self, session: Session) -> list[str]:
        """Return what would be lost now: flushed and not committed, or not even flushed."""
        waiting = [
            *session.new,
            *session.deleted,
            *(row for row in session.dirty if session.is_modified(row)),
        ]
        return [*self.uncommitted, *map(repr, waiting)]

    def _flushed(self, session: Session, _context: Any) -> None:
        self.uncommitted += [repr(row) for row in (*session.new, *session.dirty, *session.deleted)]

    def _executed(self, state: Any) -> None:
        if state.is_insert or state.is_update or state.is_delete:
            # Not as SQL: an insert of many rows cannot be spelled outside of its execution.
            self.uncommitted.append(f"{type(state.statement).__name__} {state.statement.table.name}")

    def _ended(self, _session: Session, transaction: SessionTransaction) -> None:
        if transaction.parent is None:
            self.uncommitted.clear()
