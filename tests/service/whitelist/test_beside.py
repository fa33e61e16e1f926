"""A firm's place in its run: the narrowest group of at least eight firms."""

from __future__ import annotations

from ipfin.accounts.scopes import ScoreDetail
from ipfin.whitelist.peers import SizeClass
from ipfin.whitelist.queries import explained
from ipfin.whitelist.queries.beside import standing_of
from tests.factories import TODAY


def test_the_narrowest_group_of_eight_firms_is_taken(session, make):
    run = make.score_run()
    codes = ["C3489"] * 4 + ["34"] * 3 + ["1345"] * 2
    sheets = [
        make.score_sheet(
            make.enterprise(industry_code=code, valid_count=6, granted_count=6, patent_count=6),
            run=run,
            graded_e4=500_000 + n,
        )
        for n, code in enumerate(codes)
    ]
    seven = standing_of(session, sheets[0])
    assert (seven.group.division, seven.group.size, seven.firms) == (None, SizeClass.SOME, 9)
    make.score_sheet(
        make.enterprise(industry_code="c34", valid_count=6, granted_count=6, patent_count=6),
        run=run,
        graded_e4=500_000,
    )
    make.score_sheet(
        make.enterprise(industry_code="C3489", valid_count=5, granted_count=5, patent_count=5), graded_e4=1
    )  # another run
    eight = standing_of(session, sheets[0])
    assert (eight.group.division, eight.group.size, eight.firms) == ("34", SizeClass.SOME, 8)
    assert (eight.below, eight.equal) == (0, 2)
    make.score_sheet(
        make.enterprise(industry_code="C34", valid_count=4, granted_count=4, patent_count=4), run=run
    )
    assert standing_of(session, sheets[0]).firms == 8, "another size"


def test_with_seven_firms_in_all_no_place_is_told_and_a_bank_is_told_a_band(session, make):
    run = make.score_run()
    firms = [
        make.enterprise(industry_code="", valid_count=n, granted_count=n, patent_count=n) for n in range(8)
    ]
    sheet = make.score_sheet(firms[0], run=run, graded_e4=990_000)
    for firm in firms[1:7]:
        make.score_sheet(firm, run=run)
    assert standing_of(session, sheet) is None
    make.score_sheet(firms[7], run=run)
    told = {
        detail: explained(sheet, detail, on=TODAY) for detail in (ScoreDetail.FULL, ScoreDetail.EXPLAINED)
    }
    assert "93.7%" in str(told[ScoreDetail.FULL].standing)
    assert "前10%" in str(told[ScoreDetail.EXPLAINED].standing)
    assert "93" not in str(told[ScoreDetail.EXPLAINED].standing)
    assert told[ScoreDetail.EXPLAINED].pledges.in_force == 0
