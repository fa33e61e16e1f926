"""A reason is there, is kept whole, or is refused in words."""

from __future__ import annotations

import pytest

from ipfin.kernel.errors import BadInput
from ipfin.kernel.reasons import checked_reason


@pytest.mark.parametrize("empty", ["", " ", "\n\t"])
def test_no_reason_is_refused_at_its_field(empty: str) -> None:
    with pytest.raises(BadInput, match="请写明理由") as refused:
        checked_reason(empty, field="note", longest=5)
    assert refused.value.field == "note"


def test_a_reason_is_kept_whole_or_refused_and_never_cut() -> None:
    assert checked_reason(" 样例理由甲 ", longest=5) == "样例理由甲"
    with pytest.raises(BadInput, match="不超过5个字"):
        checked_reason("样例理由甲乙", longest=5)
