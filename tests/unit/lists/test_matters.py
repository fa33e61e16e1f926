"""A list's words name an exclusion, or are refused: a penalty that is none is not made one."""

from __future__ import annotations

import pytest

from ipfin.conduct.rules import LABELS, ConductCode
from ipfin.kernel.errors import BadInput
from ipfin.lists.conduct.matters import LISTED, code_in, read_matter


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("失信被执行人", "E01"),
        ("市场监督管理严重违法失信名单", "E02"),
        ("知识产权领域严重违法失信名单", "E03"),
        ("列入经营异常名录", "E04"),
        ("已吊销", "E04"),
        ("非正常专利申请", "E05"),
        ("2026年第一批非正常专利申请名单.xlsx", "E05"),
        ("提供虚假材料", "E07"),
        ("e01", "E01"),
    ],
)
def test_words_name_their_exclusion(words: str, code: str) -> None:
    assert code_in(words) == code


@pytest.mark.parametrize("code", [code for code in ConductCode if code is not ConductCode.E06])
def test_the_product_s_own_label_of_every_exclusion_is_read_back(code: ConductCode) -> None:
    assert code_in(str(LABELS[code])) == code


@pytest.mark.parametrize("words", ["行政处罚", "警告", "E06"])
def test_what_is_no_exclusion_of_a_list_is_refused(words: str) -> None:
    assert "E06" not in LISTED
    with pytest.raises(BadInput, match="不是准入排除情形"):
        read_matter(words)
