"""Typesetters that have started already, lent to whoever has a document to make.

A child takes most of a second to start and far less to set a page, so one that was given back waits a
while for the next document. Decides how many wait and for how long; what they set, and at which cost, is
decided in `pdf`.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ipfin.documents.pdf import Typesetter

IDLE_SECONDS = 60.0  # a waiting child holds some 150 MB


class Stock:
    """Keeps at most one typesetter of this process waiting; may be used from several threads."""

    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self.idle_seconds = idle_seconds
        self.forget()

    @contextmanager
    def lent(self) -> Iterator[Typesetter]:
        """Lend a typesetter to one thread: the waiting one, or one that starts with its first document."""
        typesetter = self._taken() or Typesetter()
        try:
            yield typesetter
        except BaseException:
            typesetter.close()  # whatever broke off, the next document starts with nothing left of it
            raise
        self._given_back(typesetter)

    def close(self) -> None:
        """End the one that waits."""
        waiting = self._taken()
        if waiting is not None:
            waiting.close()

    def forget(self) -> None:
        """Start empty: in a forked process the child that waits belongs to the parent."""
        self._lock = threading.Lock()
        self._waiting: Typesetter | None = None
        self._timer: threading.Timer | None = None

    def _taken(self) -> Typesetter | None:
        with self._lock:
            waiting, self._waiting = self._waiting, None
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        if waiting is not None and not waiting.is_alive:
            waiting.close()
            return None
        return waiting

    def _given_back(self, typesetter: Typesetter) -> None:
        with self._lock:
            keep = self._waiting is None and typesetter.is_alive
            if keep:
                self._waiting = typesetter
                self._timer = threading.Timer(self.idle_seconds, self.close)
                self._timer.daemon = True
                self._timer.start()
        if not keep:
            typesetter.close()


_STOCK = Stock()
lent_typesetter = _STOCK.lent
end_waiting_typesetter = _STOCK.close
atexit.register(_STOCK.close)
os.register_at_fork(after_in_child=_STOCK.forget)
