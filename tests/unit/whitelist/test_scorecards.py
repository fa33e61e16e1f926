"""What a scorecard file may hold, and the sentence when it may not."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest

from ipfin.kernel.errors import BadInput
from ipfin.whitelist.card_words import DEFAULT_CARD_WORDS
from ipfin.whitelist.scheme import DEFAULT_CARD, SHIPPED, default_card, load_card
from ipfin.whitelist.scorecard import CODES, Block, Scenario, card_sha256, plain

CARD = DEFAULT_CARD.read_text("utf-8")


def changed(before: str, after: str) -> bytes:
    assert CARD.count(before) >= 1, before
    return CARD.replace(before, after, 1).encode()


def test_the_default_card_uses_all_eighteen_indicators_in_order():
    assert tuple(row.code for row in default_card().indicators) == CODES
    assert len(CODES) == 18


def test_the_weights_of_the_four_blocks_are_30_25_25_20():
    card = default_card()
    weights = {block: sum(r.weight for r in card.indicators if r.block is block) for block in Block}
    assert list(weights.values()) == [30, 25, 25, 20]


def test_the_default_card_says_that_it_is_an_example_and_not_a_probability():
    assert "示例" in default_card().title
    assert "不是国家" in default_card().origin
    assert "不是违约概率" in default_card().method


def test_every_sentence_of_the_shipped_cards_is_known_to_the_catalogue():
    sentences: set[str] = set()
    for path in SHIPPED.values():
        card = tomllib.loads(path.read_text("utf-8"))
        sentences |= {card["title"], card["origin"], card["method"]}
        for row in card["indicators"].values():
            sentences |= {row[key] for key in ("name", "unit", "source", "missing", "declare")}
    assert set(DEFAULT_CARD_WORDS) == sentences


def test_every_shipped_card_calls_itself_an_example_and_only_one_is_for_the_whitelist():
    cards = [load_card(path) for path in SHIPPED.values()]
    assert all("示例" in card.title and "确认" in card.origin for card in cards)
    assert [card.scenario for card in cards] == list(Scenario)
    assert len({card.id for card in cards}) == len(cards)


def test_the_digest_ignores_comments_and_layout_but_not_a_number():
    card = default_card()
    assert card_sha256(load_card(b"# remark\n\n" + CARD.encode())) == card_sha256(card)
    assert card_sha256(load_card(changed("weight = 10", "weight = 10.00"))) == card_sha256(card)
    assert card_sha256(load_card(changed("[3, 65]", "[3, 65.5]"))) != card_sha256(card)


def test_the_digest_of_the_shipped_card_never_changes_unnoticed():
    assert card_sha256(default_card()) == "0c8d70facf3ec3767061a0db9f7dff870f4eb44e1f2e054acb87ca3651e08545"


@pytest.mark.parametrize(
    ("value", "points"),
    [("-1", 0), ("0", 0), ("0.5", 20), ("1", 40), ("3", 65), ("14", "92.5"), ("20", 100), ("900", 100)],
)
def test_points_run_straight_between_knots_and_stop_at_the_ends(value, points):
    assert default_card().indicator("L1").points(Decimal(value)) == Decimal(points)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00", "UTF-8"),
        (b"id = ", "TOML"),
        (b"", "indicators"),
        (changed("weight = 10", "weight = 9"), "合计应为100，现为99"),
        (changed("weight = 10", "weight = 10.5"), "合计应为100，现为100.5"),
        (changed("weight = 10", "weight = -10"), "指标L1的权重应大于0"),
        (changed("weight = 10", "weight = true"), "缺少数字“weight”"),
        (changed("weight = 10", "weight = nan"), "缺少数字“weight”"),
        (changed("weight = 10", "weight = inf"), "缺少数字“weight”"),
        (changed("weight = 10", "weight = 9.9999999"), "缺少数字“weight”"),
        (changed("weight = 10", 'weight = "10"'), "缺少数字“weight”"),
        (changed("[1, 40], [3, 65]", "[3, 40], [3, 65]"), "指标L1的折分点的值应逐点增大，3处"),
        (changed("[1, 40], [3, 65]", "[1, 70], [3, 65]"), "指标L1的折分点的分不应减少，3处"),
        (changed("[20, 100]]", "[20, 101]]"), "0至100"),
        (changed("[[0, 0], [1, 40]", "[[0, -1], [1, 40]"), "0至100"),
        (changed("[1, 40]", "[1, 40, 2]"), "指标L1的折分点（knots）应写成"),
        (changed("[1, 40]", '["1", 40]'), "指标L1的折分点（knots）应写成"),
        (changed("[[0, 0], [1, 40], [3, 65], [8, 85], [20, 100]]", "[[0, 0]]"), "至少要有两组"),
        (changed("[[0, 0], [1, 40], [3, 65], [8, 85], [20, 100]]", "3"), "至少要有两组"),
        (changed("[indicators.L1]", "[indicators.L9]"), "未知的指标代码“L9”"),
        (changed('block = "legal"', 'block = "moral"'), "“block”应为：legal、technical、market、credit"),
        (changed('provided_by = "list"', 'provided_by = "bank"'), "“provided_by”应为"),
        (changed('name = "有效专利存量"', 'name = " "'), "缺少文字“name”"),
        (changed('name = "有效专利存量"', 'nmae = "有效专利存量"'), "不认识的项“nmae”"),
        (changed("actionable = true", 'actionable = "yes"'), "actionable应为true或false"),
        (changed("step = 1", "step = 0"), "应大于0"),
        (changed("effort = 6", "effort = -1"), "应大于0"),
        (changed("levels = [0, 40, 70, 80, 100]", "levels = [0, 40, 40]"), "等级（levels）"),
        (changed("levels = [0, 40, 70, 80, 100]", "levels = 3"), "等级（levels）"),
        (changed("B = 60", "B = 75"), "逐级降低"),
        (changed("B = 60", "E = 60"), "A、B、C三个等级"),
        (changed("A = 75", "A = 100.5"), "0至100"),
        (changed("source = 30", "source = 101"), "0至100"),
        (changed("refuse = 0.60", "refuse = 0.81"), "两条线"),
        (changed("cap = 0.80", "cap = 1.01"), "两条线"),
        (changed("version = ", "versoin = "), "不认识的项“versoin”"),
        (changed('version = "1.0.0"', ""), "缺少文字“version”"),
        (changed("[coverage]", "[coverage.lines]"), "缺少数字“refuse”"),
    ],
)
def test_a_card_that_is_not_well_formed_is_refused_with_the_place(content, said):
    with pytest.raises(BadInput) as refused:
        load_card(content)
    assert said in refused.value.message


def test_a_card_that_cannot_be_opened_is_refused_by_name(tmp_path):
    with pytest.raises(BadInput, match=r"none\.toml"):
        load_card(tmp_path / "none.toml")


def test_coverage_lines_may_meet_and_touch_the_ends():
    card = load_card(changed("refuse = 0.60", "refuse = 0.80"))
    assert card.refuse_below == card.cap_below == Decimal("0.8")


def test_points_may_stay_level_between_knots():
    card = load_card(changed("[1, 40], [3, 65]", "[1, 65], [3, 65]"))
    assert card.indicator("L1").points(Decimal(2)) == 65


def test_a_card_may_leave_indicators_out():
    start, end = CARD.index("[indicators.C4]"), len(CARD)
    smaller = (CARD[:start] + CARD[end:]).replace("weight = 10", "weight = 16", 1)
    assert [row.code for row in load_card(smaller.encode()).indicators] == list(CODES[:-1])


def test_numbers_are_spelled_without_exponent_and_trailing_zeros():
    spelled = [plain(Decimal(text)) for text in ("1E+2", "100", "0.500", "-0", "-0.00", "69.6825", "-20.10")]
    assert spelled == ["100", "100", "0.5", "0", "0", "69.6825", "-20.1"]
