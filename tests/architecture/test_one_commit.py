"""Services never commit: one use case is one transaction, and its edge decides when it is over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, calls, modules

# One place for each way into the product: a request, a command, a job; and the migrations, which are
# no use case but a transaction of their own.
PLACES = frozenset(
    {"ipfin/web/database.py", "ipfin/cli/session.py", "ipfin/worker/database.py", "ipfin/schema.py"}
)
# `begin()` as a context manager commits at its end without saying so; `begin_nested()` does not.
ENDS_A_TRANSACTION = frozenset({"commit", "begin"})


def offences(root: Path) -> list[str]:
    """Return the calls that end a transaction outside of the places that may."""
    return [
        f"{module.at(call)}: {name}()"
        for module in modules(root)
        if module.place not in PLACES
        for call, name in calls(module)
        if "." in name and name.rsplit(".", 1)[-1] in ENDS_A_TRANSACTION
    ]


def test_transactions_end_at_the_edge_only() -> None:
    assert offences(ROOT) == []


@pytest.mark.parametrize(
    "line", ["session.commit()", "db.session.commit()", "with engine.begin() as c: pass"]
)
def test_a_planted_commit_is_found(plant: Callable[[str, str], Path], line: str) -> None:
    assert len(offences(plant("ipfin/whitelist/service.py", f"def publish(session):\n    {line}"))) == 1


def test_a_savepoint_is_no_commit(plant: Callable[[str, str], Path]) -> None:
    assert offences(plant("ipfin/whitelist/service.py", "with session.begin_nested(): pass")) == []


def test_the_unit_of_work_may_commit(plant: Callable[[str, str], Path]) -> None:
    assert offences(plant("ipfin/web/database.py", "session.commit()")) == []
