"""The place among firms alike, and how a firm's patents stand towards a pledge."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.statuses import Flag, Validity
from ipfin.whitelist.facts import PatentFacts
from ipfin.whitelist.peers import PeerGroup, SizeClass, Standing, groups_of, size_class
from ipfin.whitelist.pledgeability import pledgeability

ON = date(2026, 3, 5)
EVERYBODY = PeerGroup(None, None)


@pytest.mark.parametrize(
    ("patents", "size"), [(0, "few"), (4, "few"), (5, "some"), (19, "some"), (20, "many")]
)
def test_size_is_told_by_patents_in_force(patents, size):
    assert size_class(patents) is SizeClass(size)


def test_a_group_is_widened_from_trade_and_size_to_everybody():
    found = [str(group.label) for group in groups_of("C3489", 7)]
    assert found == [
        "通用设备制造业、有效专利5至19件的企业",
        "通用设备制造业的企业",
        "有效专利5至19件的企业",
        "本批次全部评分企业",
    ]
    assert [group.division for group in groups_of("", 7)] == [None, None]


def test_the_place_is_the_mid_rank_and_institutions_read_a_band():
    standing = Standing(EVERYBODY, below=6, equal=2, firms=8)
    assert standing.percentile == Decimal("87.5")
    assert "高于87.5%的企业" in str(standing.place)
    assert str(standing.band) == "在本批次全部评分企业（8家）中，评级用分位于前25%。"
    assert "87" not in str(standing.band)


@pytest.mark.parametrize(
    ("below", "band"),
    [(90, "前10%。"), (89, "前25%。"), (75, "前25%。"), (74, "前50%。"), (50, "前50%。"), (49, "后一半。")],
)
def test_a_band_begins_at_its_line(below, band):
    assert band in str(Standing(EVERYBODY, below=below, equal=0, firms=100).band)


RIGHT = PatentFacts("1", PatentKind.INVENTION, Validity.VALID, tells_flags=True)


def test_patents_in_force_are_sorted_by_the_grounds_that_are_shown():
    patents = [
        RIGHT,
        replace(RIGHT, flags=frozenset({Flag.PLEDGED})),
        replace(RIGHT, flags=frozenset({Flag.INVALIDATION_PENDING})),
        replace(RIGHT, flags=frozenset({Flag.INVALIDATION_PENDING, Flag.FEE_OVERDUE})),
        replace(RIGHT, tells_flags=False),
        replace(RIGHT, validity=Validity.LAPSED),
        replace(RIGHT, expires_on=ON),
    ]
    found = pledgeability(patents, ON)
    assert (found.in_force, found.pledged, found.free) == (5, 1, 1)
    assert (found.waivable, found.barred, found.untold) == (1, 2, 1)
    assert "有效专利5件：现在押1件" in str(found.sentence)


@given(st.lists(st.tuples(st.frozensets(st.sampled_from(Flag), max_size=2), st.booleans()), max_size=6))
def test_every_patent_in_force_is_counted_once(many):
    patents = [replace(RIGHT, flags=flags, tells_flags=tells) for flags, tells in many]
    found = pledgeability(patents, ON)
    assert found.free + found.waivable + found.barred + found.untold == found.in_force == len(many)
    assert found.pledged <= found.barred
