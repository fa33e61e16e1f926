"""Nothing that the house wrote of a firm is lost, or broken off in a fault, when its list is taken back."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from ipfin.db import Base
from ipfin.registry.service import Unless
from ipfin.reports.queries import dependents, holds
from ipfin.schema import all_tables
from ipfin.web.office.matching import FOLLOWING
from tests.factories import Make

# What goes with the firm, or is asked elsewhere: its names, pairs and merges, its changed rows, its score.
SEEN_TO = {
    *("applicant", "match_key", "match_candidate", "enterprise_merge", "import_row"),
    *("enterprise_fact", "conduct_record"),  # by `lists`
    "source_conflict",  # goes with its lists; what a person said of it is a settled fact
    # By `whitelist`: none without a score.
    *("score_sheet", "round_entry", "admission", "round_objection"),
    *("directory_line", "consent_use"),  # a use needs a consent
    "enterprise_change",  # a mark for the next score run; the database takes it along
}


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("consent", "已有授权记录"),
        ("correction_request", "已有更正申请"),
        ("settled_fact", "有人工核准的事实"),
        ("screening_task", "已分配机构评审"),
        ("push_line", "已有机构推送"),
        ("proposal", "已列为推荐候选"),
        ("gate_task", "有名册待办"),
        ("reviewer_tie", "已登记机构利益关系"),
        ("outcome", "已登记融资结果"),
        ("visit", "已有走访记录"),
        ("contact", "已登记联系人"),
        ("tag", "已加标签"),
    ],
)
def test_what_was_written_of_a_firm_is_named(session: Session, make: Make, written: str, words: str) -> None:
    free, bound = make.enterprise(name="样例甲有限公司"), make.enterprise(name="样例乙有限公司")
    getattr(make, written)(bound)
    assert dependents(session, [free.id]) == []
    (sentence,) = dependents(session, [free.id, bound.id])
    assert words in str(sentence)
    assert "样例乙有限公司" in str(sentence)


def pointing_at_firms() -> set[str]:
    all_tables()
    return {
        table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "enterprise"
    }


def test_every_table_that_points_at_a_firm_is_seen_to() -> None:
    assert pointing_at_firms() == SEEN_TO | {model.__tablename__ for model, _say in holds._WRITTEN}


# What a merge leaves with the firm that is merged away, and why it may.
STAYS = {
    # Follows by the registry's own rules, or is about the pair itself.
    *("applicant", "enterprise_fact", "enterprise_tag", "settled_fact", "source_conflict"),
    *("match_key", "match_candidate", "enterprise_merge", "import_row", "enterprise_change"),
    # Binds: while it is open nothing is merged, and what one firm alone may have keeps its holder.
    *("organisation", "conduct_record", "correction_request", "declaration_request", "consent", "admission"),
    *("round_entry", "screening_task", "directory_line"),
    # Was computed or noted of the record as it was.
    *("score_sheet", "round_objection", "consent_use"),
}


def test_every_table_that_points_at_a_firm_is_dealt_with_when_two_are_merged() -> None:
    follows = {(one.table if isinstance(one, Unless) else one).__tablename__ for one in FOLLOWING}
    assert not follows & STAYS
    assert pointing_at_firms() == STAYS | follows
