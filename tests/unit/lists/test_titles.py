"""A title is told by its words and its level; its last day counts, the day after does not."""

from __future__ import annotations

from datetime import date

import pytest

from ipfin.kernel.errors import BadInput
from ipfin.lists.qualifications.titles import end_of, read_title, title_in
from ipfin.whitelist.facts import TITLE_LABELS, Title


@pytest.mark.parametrize(
    ("text", "level", "title"),
    [
        ("高新技术企业", "", Title.HIGH_TECH),
        ("河南省2025年第一批高新技术企业名单.xlsx", "", Title.HIGH_TECH),
        ("国家科技型中小企业", "", Title.TECH_SME),
        ("河南省专精特新中小企业", "", Title.PROVINCIAL_SPECIALISED),
        ("专精特新中小企业", "省级", Title.PROVINCIAL_SPECIALISED),
        ("专精特新“小巨人”企业", "", Title.NATIONAL_LITTLE_GIANT),
        ("国家级专精特新小巨人", "", Title.NATIONAL_LITTLE_GIANT),
        ("河南省专精特新小巨人", "", Title.PROVINCIAL_SPECIALISED),
        ("国家知识产权优势企业", "", Title.NATIONAL_IP),
        ("知识产权示范企业", "国家级", Title.NATIONAL_IP),
        ("河南省知识产权优势企业", "", Title.PROVINCIAL_IP),
    ],
)
def test_a_title_is_read_from_its_words_and_level(text: str, level: str, title: Title) -> None:
    assert title_in(text, level) == title


@pytest.mark.parametrize("text", ["知识产权优势企业", "市级专精特新企业", "文明单位", "瞪羚企业"])
def test_a_title_without_level_or_unknown_is_refused_and_the_sentence_names_the_known_ones(text: str) -> None:
    with pytest.raises(BadInput, match="高新技术企业"):
        read_title(text, "")


@pytest.mark.parametrize("title", Title)
def test_the_product_s_own_label_of_every_title_is_read_back(title: Title) -> None:
    assert title_in(str(TITLE_LABELS[title])) == title


@pytest.mark.parametrize(
    ("text", "granted", "end"),
    [
        ("2028-10-31", None, date(2028, 11, 1)),
        ("2025.11.01-2028.10.31", None, date(2028, 11, 1)),
        ("2025年11月1日至2028年10月31日", None, date(2028, 11, 1)),
        ("3年", date(2025, 11, 1), date(2028, 11, 1)),
        ("三年", date(2024, 2, 29), date(2027, 3, 1)),
        ("长期", None, None),
        ("", date(2025, 11, 1), None),
    ],
)
def test_the_end_is_the_first_day_without_the_title(
    text: str, granted: date | None, end: date | None
) -> None:
    assert end_of(text, granted) == end


@pytest.mark.parametrize("text", ["三年", "以后再说"])
def test_an_end_that_cannot_be_counted_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        end_of(text, None)
