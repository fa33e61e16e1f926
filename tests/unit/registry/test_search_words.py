"""How names are spelled for searching and sorting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from ipfin.registry.search import phrases, pinyin_initials, pinyin_key, spaced

# Words whose characters are read otherwise than alone: 重庆 chong qing, 银行 yin hang, 长葛 chang ge.
NAMES = st.lists(
    st.sampled_from(
        [
            "重庆",
            "银行",
            "长葛",
            "行长",
            "安阳",
            "参差",
            "机械",
            "有限公司",
            "A1",
            "（集团）",
            "会计",
            "大夫",
            " ",
            "一",
            "一衣带",  # begins a phrase and is none
            "不",
            "〇",
        ]
    ),
    min_size=1,
).map("".join)


@given(NAMES)
def test_a_name_is_read_as_the_library_reads_it_whole(name: str) -> None:
    assert pinyin_key(name) == " ".join(lazy_pinyin(name)).lower()[:400]


@pytest.mark.parametrize(("name", "initials"), [("红旗渠机械", "hqqjx"), ("重庆银行", "cqyh")])
def test_the_initials_are_those_of_the_words(name: str, initials: str) -> None:
    assert pinyin_initials(name) == initials


def test_characters_stand_apart_so_that_any_part_is_found() -> None:
    assert spaced("安阳A1") == "安 阳 a 1"
    assert phrases(" 安阳　机械 ") == ["安 阳", "机 械"]
