"""What the words of a list say of a patent: three layers, nothing stretched."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.patents import (
    VALIDITY_OF,
    combine,
    contradicts,
    kind_proves_grant,
    read_kind,
    read_status,
    read_validity,
)
from ipfin.registry.statuses import (
    FLAG_LABELS,
    LEGAL_STATUS_LABELS,
    VALIDITY_LABELS,
    Flag,
    LegalStatus,
    Validity,
)

V, L, G = Validity, LegalStatus, Flag


@pytest.mark.parametrize(
    ("words", "validity", "legal", "flags"),
    [
        # PatSnap
        ("授权", V.VALID, L.GRANTED, ()),
        ("授权 | 质押", V.VALID, L.GRANTED, (G.PLEDGED,)),
        ("授权 | 质押 | 一案双申", V.VALID, L.GRANTED, (G.PLEDGED, G.TWIN_FILING)),
        ("授权 | 保全", V.VALID, L.GRANTED, (G.PRESERVED,)),
        ("授权 | 权利转移", V.VALID, L.GRANTED, (G.TRANSFERRED,)),
        ("授权 | 许可", V.VALID, L.GRANTED, (G.LICENSED,)),
        ("授权 | 无效程序 | 口头审理", V.VALID, L.GRANTED, (G.INVALIDATION_PENDING,)),
        ("实质审查 | 质押", V.PENDING, L.EXAMINATION, (G.PLEDGED,)),
        ("驳回 | 复审", V.LAPSED, L.REJECTED, (G.REEXAMINATION,)),
        ("未缴年费 | 权利转移", V.LAPSED, L.LAPSED_FEE, (G.TRANSFERRED,)),
        ("撤回 | 一案双申", V.LAPSED, L.WITHDRAWN, (G.TWIN_FILING,)),
        ("权利终止", V.LAPSED, L.TERMINATED, ()),
        ("申请终止", V.LAPSED, L.TERMINATED, ()),
        ("期限届满", V.LAPSED, L.EXPIRED, ()),
        ("放弃", V.LAPSED, L.ABANDONED, ()),
        ("未确认", V.UNKNOWN, L.UNKNOWN, ()),
        ("PCT指定期满", V.LAPSED, L.PCT_EXPIRED, ()),
        ("PCT指定期内", V.PENDING, L.PCT_PENDING, ()),
        ("PCT进入指定国（指定期满）", V.UNKNOWN, L.PCT_NATIONAL, ()),
        ("PCT未进入指定国（指定期内）", V.PENDING, L.PCT_PENDING, ()),
        # incoPat
        ("未进入国家阶段-PCT有效期满", V.LAPSED, L.PCT_EXPIRED, ()),
        ("进入国家阶段-PCT有效期满", V.UNKNOWN, L.PCT_NATIONAL, ()),
        ("PCT-有效期内", V.PENDING, L.PCT_PENDING, ()),
        # Patentics
        ("有效", V.VALID, L.UNKNOWN, ()),
        ("无效", V.LAPSED, L.TERMINATED, ()),
        ("公开", V.PENDING, L.PUBLISHED, ()),
        # the patent office
        ("发明专利申请公布", V.PENDING, L.PUBLISHED, ()),
        ("实质审查的生效", V.PENDING, L.EXAMINATION, ()),
        ("发明专利申请公布后的驳回", V.LAPSED, L.REJECTED, ()),
        ("发明专利申请公布后的视为撤回", V.LAPSED, L.WITHDRAWN, ()),
        ("专利权的终止", V.LAPSED, L.TERMINATED, ()),
        ("未缴年费专利权终止", V.LAPSED, L.LAPSED_FEE, ()),
        ("专利权有效期届满", V.LAPSED, L.EXPIRED, ()),
        ("避免重复授予专利权", V.UNKNOWN, L.UNKNOWN, ()),
        ("避免重复授权放弃专利权", V.LAPSED, L.ABANDONED_TWIN, ()),
        ("专利权全部无效", V.LAPSED, L.INVALIDATED, ()),
        ("专利权部分无效", V.VALID, L.PARTIALLY_INVALIDATED, ()),
        ("专利申请权、专利权的转移", V.UNKNOWN, L.UNKNOWN, (G.TRANSFERRED,)),
        ("专利权质押合同登记的生效", V.UNKNOWN, L.UNKNOWN, (G.PLEDGED,)),
        ("专利权质押合同登记的生效、变更及注销", V.UNKNOWN, L.UNKNOWN, (G.PLEDGED,)),
        ("专利实施许可合同备案的生效、变更及注销", V.UNKNOWN, L.UNKNOWN, (G.LICENSED,)),
        ("专利权质押合同登记的变更", V.UNKNOWN, L.UNKNOWN, ()),
        ("专利权质押合同登记的注销", V.UNKNOWN, L.UNKNOWN, ()),
        ("专利权人的姓名或者名称、地址的变更", V.UNKNOWN, L.UNKNOWN, ()),
        ("专利权的保全及其解除", V.UNKNOWN, L.UNKNOWN, (G.PRESERVED,)),
        ("专利权、专利申请权的中止", V.UNKNOWN, L.UNKNOWN, (G.SUSPENDED,)),
        # others
        ("有权-审定授权", V.VALID, L.GRANTED, ()),
        ("有效，质押", V.VALID, L.UNKNOWN, (G.PLEDGED,)),
        ("等待年费滞纳金", V.PENDING, L.UNKNOWN, ()),
        ("授权；未质押", V.VALID, L.GRANTED, ()),
        ("未授权", V.UNKNOWN, L.UNKNOWN, ()),
        ("年费滞纳", V.UNKNOWN, L.UNKNOWN, (G.FEE_OVERDUE,)),
        ("Alive", V.VALID, L.UNKNOWN, ()),
        ("Dead", V.LAPSED, L.UNKNOWN, ()),
        ("-", V.UNKNOWN, L.UNKNOWN, ()),
        ("", V.UNKNOWN, L.UNKNOWN, ()),
    ],
)
def test_words_say(words: str, validity: Validity, legal: LegalStatus, flags: tuple[Flag, ...]) -> None:
    said = read_status(words)
    assert (said.validity, said.legal_status, said.flags) == (validity, legal, frozenset(flags))


def test_a_pledged_patent_is_valid_and_encumbered() -> None:
    said = combine("有效", "授权 | 质押", "")
    assert said.validity is V.VALID
    assert G.PLEDGED in said.flags


def test_an_unknown_word_adds_nothing_and_is_handed_back() -> None:
    said = read_status("授权 | 天外飞仙")
    assert (said.validity, said.unknown_words) == (V.VALID, ("天外飞仙",))


HISTORY = (
    "4  2018.08.03 公开 公开\n\n2018.08.28 实质审查的生效 实质审查的生效\n申请日:20180125\n\n"
    "2020.12.25 授权 授权\n\n2021.03.01 专利权质押合同登记的生效 登记号:Y2021\n"
)


def test_a_history_is_told_by_its_last_event() -> None:
    said = read_status(HISTORY)
    assert (said.validity, said.legal_status, said.flags) == (V.VALID, L.GRANTED, {G.PLEDGED})
    assert said.unknown_words == ()


def test_a_pledge_that_was_taken_off_later_is_no_pledge() -> None:
    later = HISTORY + "2023.03.01 专利权质押合同登记的注销 登记号:Y2021\n"
    assert read_status(later).flags == frozenset()


def test_a_pledge_laid_again_after_it_was_taken_off_is_one() -> None:
    again = HISTORY + "2023.03.01 专利权质押合同登记的注销 \n2024.01.01 专利权质押合同登记的生效 \n"
    assert read_status(again).flags == {G.PLEDGED}


def test_the_order_of_a_history_is_that_of_its_days() -> None:
    upside_down = "2023.03.01 专利权质押合同登记的注销 x\n2021.03.01 专利权质押合同登记的生效 x"
    assert read_status(upside_down).flags == frozenset()


def test_a_right_that_was_restored_is_as_before() -> None:
    lapsed = HISTORY + "2022.05.01 未缴年费专利权终止 x\n"
    assert read_status(lapsed).legal_status is L.LAPSED_FEE
    restored = read_status(lapsed + "2022.09.01 专利权的恢复 x\n")
    assert (restored.validity, restored.legal_status) == (V.VALID, L.GRANTED)
    assert G.RESTORED in restored.flags


@pytest.mark.parametrize(
    ("validity", "status", "events", "expected"),
    [
        ("有效", "授权", "", (V.VALID, L.GRANTED)),
        ("审中", "公开", "", (V.PENDING, L.PUBLISHED)),
        ("有效", "未缴年费", "", (V.LAPSED, L.LAPSED_FEE)),
        ("失效", "授权", "", (V.LAPSED, L.UNKNOWN)),
        ("失效", "", HISTORY + "2022.05.01 未缴年费专利权终止 x\n", (V.LAPSED, L.LAPSED_FEE)),
        ("", "无效", HISTORY + "2022.05.01 专利权全部无效 x\n", (V.LAPSED, L.INVALIDATED)),
        ("", "", HISTORY, (V.VALID, L.GRANTED)),
        ("", "", "", (V.UNKNOWN, L.UNKNOWN)),
        ("有效", "", "", (V.VALID, L.UNKNOWN)),
    ],
)
def test_the_columns_together_say(
    validity: str, status: str, events: str, expected: tuple[Validity, LegalStatus]
) -> None:
    said = combine(validity, status, events)
    assert (said.validity, said.legal_status) == expected


def test_columns_that_contradict_each_other_are_told() -> None:
    assert contradicts("有效", "未缴年费")
    assert not contradicts("有效", "授权 | 质押")
    assert not contradicts("", "授权")


@pytest.mark.parametrize(("answer", "validity"), [("是", V.VALID), ("否", V.LAPSED), ("有效", V.VALID)])
def test_a_column_of_validity_may_say_yes_or_no(answer: str, validity: Validity) -> None:
    assert read_validity(answer).validity is validity


@given(
    st.lists(
        st.sampled_from(["授权", "质押", "未缴年费", "公开", "驳回", "一案双申", "权利转移"]), max_size=5
    )
)
def test_a_legal_status_never_contradicts_the_validity(words: list[str]) -> None:
    said = combine("", " | ".join(words), "")
    assert said.legal_status is L.UNKNOWN or VALIDITY_OF[said.legal_status] is said.validity


@given(st.text(), st.text(), st.text())
def test_any_text_can_be_asked(validity: str, status: str, events: str) -> None:
    assert combine(validity, status, events).validity in V


@pytest.mark.parametrize("unit", ["质押", " ", "|", "质押 ", "2020.01.01 ", "有权-", "无效"])
def test_no_cell_is_so_made_that_reading_it_takes_long(unit: str) -> None:
    text = (unit * 32_767)[:32_767]
    began = time.process_time()
    combine("", text, text)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("word", "kind", "granted"),
    [
        ("发明申请", PatentKind.INVENTION, False),
        ("发明专利", PatentKind.INVENTION, False),
        ("发明公布", PatentKind.INVENTION, False),
        ("发明授权", PatentKind.INVENTION, True),
        ("授权发明", PatentKind.INVENTION, True),
        ("实用新型", PatentKind.UTILITY_MODEL, False),
        ("外观设计", PatentKind.DESIGN, False),
        ("-", None, False),
    ],
)
def test_a_word_names_the_kind(word: str, kind: PatentKind | None, granted: bool) -> None:
    assert read_kind(word) is kind
    assert kind_proves_grant(word) is granted


def test_every_word_of_ours_has_a_label() -> None:
    assert set(VALIDITY_LABELS) == set(Validity)
    assert set(LEGAL_STATUS_LABELS) == set(LegalStatus) == set(VALIDITY_OF)
    assert set(FLAG_LABELS) == set(Flag)
