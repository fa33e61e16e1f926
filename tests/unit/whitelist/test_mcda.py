"""Other ways of weighing, against an independent library and on matrices that break naive formulas.

The expected figures are the output of pymcdm 1.4.0 (TOPSIS with vector normalisation, all criteria
benefits; entropy_weights; critic_weights) on the same matrices.
"""

from __future__ import annotations

import numpy as np
import pytest

from ipfin.whitelist.mcda import BLOCK, critic_weights, entropy_weights, topsis

WITH_ZEROS = np.array(
    [
        [73, 88, 85, 100, 65],
        [40, 88, 0, 100, 20],
        [65, 0, 70, 50, 90],
        [100, 60, 30, 0, 45],
        [73, 30, 100, 75, 65.0],
    ]
)
POSITIVE = np.where(WITH_ZEROS == 0, 5, WITH_ZEROS)
WEIGHTS = np.array([0.3, 0.25, 0.2, 0.15, 0.1])
PYMCDM = {
    "topsis": [
        0.7973988297552324,
        0.5000989803852057,
        0.4083767727017942,
        0.5295688502641708,
        0.5934302376945241,
    ],
    "topsisY": [
        0.7888055947199726,
        0.49260687443949386,
        0.4059815103252039,
        0.5228624653251959,
        0.579805891236885,
    ],
    "entropyY": [
        0.04874378244230108,
        0.28678464290999983,
        0.29557309253842196,
        0.2514157684474871,
        0.11748271366179003,
    ],
    "criticY": [
        0.18823290594198783,
        0.26051146586730684,
        0.1611926456488,
        0.2182604985324004,
        0.17180248400950487,
    ],
}


def test_topsis_is_what_the_library_gives():
    assert topsis(WITH_ZEROS, WEIGHTS) == pytest.approx(PYMCDM["topsis"], abs=1e-12)
    assert topsis(POSITIVE, WEIGHTS) == pytest.approx(PYMCDM["topsisY"], abs=1e-12)


def test_weights_are_what_the_library_gives():
    assert entropy_weights(POSITIVE) == pytest.approx(PYMCDM["entropyY"], abs=1e-12)
    assert critic_weights(POSITIVE) == pytest.approx(PYMCDM["criticY"], abs=1e-12)


def test_topsis_of_a_worked_example():
    closeness = topsis(np.array([[7, 9], [8, 7], [9, 6.0]]), np.array([0.5, 0.5]))
    assert closeness == pytest.approx([0.61855, 0.38203, 0.38145], abs=5e-6)


def test_blocks_change_nothing():
    points = np.random.default_rng(1).uniform(0, 100, (BLOCK + 5, 4))
    weights = np.full(4, 0.25)
    whole = topsis(points, weights)
    rows = [0, BLOCK - 1, BLOCK, BLOCK + 4]
    scaled = points * weights / np.linalg.norm(points, axis=0)
    best, worst = scaled.max(axis=0), scaled.min(axis=0)
    for row in rows:
        away, near = np.linalg.norm(scaled[row] - best), np.linalg.norm(scaled[row] - worst)
        assert whole[row] == pytest.approx(near / (near + away), abs=1e-12)


def test_an_indicator_on_which_all_are_equal_weighs_nothing():
    points = WITH_ZEROS.copy()
    points[:, 1], points[:, 3] = 0, 70  # nobody has any; everybody has the same
    for weights in (entropy_weights(points), critic_weights(points)):
        assert weights[[1, 3]] == pytest.approx([0, 0])
        assert weights.sum() == pytest.approx(1)
    assert np.isfinite(topsis(points, WEIGHTS)).all()


@pytest.mark.parametrize("points", [np.zeros((3, 2)), np.full((3, 2), 7.0), np.array([[1.0, 2.0]])])
def test_where_nothing_tells_firms_apart_nothing_is_told(points):
    assert topsis(points, np.array([0.5, 0.5])) == pytest.approx([0.5] * len(points))
    assert entropy_weights(points) == pytest.approx([0.5, 0.5])
    assert critic_weights(points) == pytest.approx([0.5, 0.5])
