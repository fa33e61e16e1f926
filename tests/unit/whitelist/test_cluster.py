"""Scoring on several machines gives the bytes of scoring here, or is refused in words."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from distributed import LocalCluster

from ipfin.kernel.errors import Conflict
from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.statuses import Validity
from ipfin.whitelist.cohorts import Measure, build_cohorts
from ipfin.whitelist.engine import chunks
from ipfin.whitelist.engine.chunks import Recipe
from ipfin.whitelist.facts import FirmFacts, PatentFacts
from ipfin.whitelist.scheme import DEFAULT_CARD
from ipfin.whitelist.service import cluster
from ipfin.whitelist.service.cluster import scored_chunks

ON = date(2026, 3, 5)


def patent(number: int) -> PatentFacts:
    return PatentFacts(
        number=f"2020{number}",
        kind=(PatentKind.INVENTION, PatentKind.UTILITY_MODEL)[number % 2],
        validity=Validity.VALID,
        filed_on=date(2020, 1 + number % 12, 6),
        ipc_subclasses=("G06F", "H01M")[: 1 + number % 2],
        claims_count=number % 9,
        cited_by_count=number % 5,
        twin_number="20207" if number == 6 else None,
    )


FIRMS = [FirmFacts(patents=tuple(patent(p) for p in range(first, first + 6))) for first in range(0, 70, 5)]
CHUNKS = [FIRMS[first : first + 2] for first in range(0, len(FIRMS), 2)]
COHORTS = build_cohorts([p for firm in FIRMS for p in firm.patents])
RECIPE = Recipe(DEFAULT_CARD.read_text("utf-8"), COHORTS.as_bytes().decode(), Measure(1, "0" * 64), ON)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    # Any free port: several test processes may start one at the same time.
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
    ) as started:
        yield started.scheduler_address


def test_two_workers_find_the_bytes_that_one_process_finds(scheduler: str) -> None:
    here = list(scored_chunks(CHUNKS, RECIPE, ""))
    assert len(here) == 7
    assert list(scored_chunks(CHUNKS, RECIPE, scheduler)) == here


def test_workers_with_other_rules_are_refused(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    own = chunks.scorer_of
    monkeypatch.setattr(chunks, "scorer_of", lambda recipe: own(replace(recipe, on=date(2026, 3, 6))))
    with pytest.raises(Conflict, match="与本机不一致"):
        list(scored_chunks(CHUNKS, RECIPE, scheduler))


def test_a_cluster_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.2)
    with pytest.raises(Conflict, match="连不上评分集群"):
        list(scored_chunks(CHUNKS, RECIPE, "tcp://127.0.0.1:9"))


def test_a_machine_without_dask_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Conflict, match=r"requirements-cluster\.txt"):
        list(scored_chunks(CHUNKS, RECIPE, "tcp://127.0.0.1:9"))
