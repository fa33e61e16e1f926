"""Holding back the search for cycles, and what is left behind."""

from __future__ import annotations

import gc
import weakref

import pytest

from ipfin.kernel.collector import collector_at_rest


class _Ring:
    def __init__(self) -> None:
        self.itself = self


def test_the_search_rests_inside_and_goes_on_behind() -> None:
    assert gc.isenabled()
    with collector_at_rest():
        assert not gc.isenabled()
        with collector_at_rest():
            pass
        assert not gc.isenabled(), "the inner one does not wake it for the outer one"
    assert gc.isenabled()


def test_a_failure_wakes_it_too() -> None:
    with pytest.raises(KeyError), collector_at_rest():
        raise KeyError
    assert gc.isenabled()


def test_cycles_made_meanwhile_are_still_found() -> None:
    with collector_at_rest():
        gone = weakref.ref(_Ring())
    assert gone() is not None
    gc.collect()
    assert gone() is None
    assert gc.get_freeze_count() == 0
