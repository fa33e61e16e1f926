"""No more processors are used than are granted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ipfin.kernel.cores import granted

ALL = len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("said", "cores"),
    [
        ("max 100000", ALL),
        ("50000 100000", 1),
        ("100000 100000", 1),
        ("6400000 100000", min(64, ALL)),
        ("nonsense", ALL),
    ],
)
def test_the_quota_of_a_container_counts(tmp_path: Path, said: str, cores: int) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text(said)

    assert granted(quota) == cores


def test_without_a_container_the_affinity_counts(tmp_path: Path) -> None:
    assert granted(tmp_path / "none") == ALL
