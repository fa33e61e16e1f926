"""Forty passwords against each profile, and the edges of every rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.accounts.guessing import Pattern, common_words, guess
from ipfin.accounts.passwords import DEFAULT, MLPS, POLICIES, context_words
from ipfin.config import PasswordProfile

CONTEXT = context_words(
    names=["王小明", "样例银行第一支行"], email="wang.xm@bank-sample.example", places=["安阳市"]
)
SHORT, LONG, KINDS, NEAR = "至少需要", "最多", "中的至少", "不能含有"
WORD, SEQUENCE, KEYBOARD, REPEAT, NUMBER = "常见词语", "连续的", "键盘上", "重复的", "日期、电话"

# What each profile says of a password: a part of every sentence, in order; nothing: it is good enough.
PASSWORDS: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    # long and unguessable: good by default; mlps asks for three kinds of characters
    ("correct horse battery staple", (), (KINDS,)),
    ("Correct horse battery staple 7", (), ()),
    ("太行山下-洹河-2026", (), (KINDS,)),
    ("红旗渠水向东流，两岸青山不回头", (), (KINDS,)),
    ("Hongqi-canal flows east 71", (), ()),
    ("vT9#mq2Lp0xR", (), ()),
    ("vt9mq2lp0xrwk", (), (KINDS,)),
    ("7f3e91c2d05b8a64", (), (KINDS,)),
    ("Ｖt9#mq2Lp0xR", (), ()),  # full width is half width
    ("x" * 4 + "Qv7!tn2Rk", (), ()),
    # the lengths
    ("vT9#mq2Lp0x", (SHORT,), ()),
    ("vT9#mq2", (SHORT,), (SHORT,)),
    ("vT9#mq2L", (SHORT,), ()),
    ("", (SHORT,), (SHORT, KINDS)),
    ("红旗渠水向东流，两岸青山", (), (KINDS,)),
    ("红旗渠水向东流，两岸青", (SHORT,), (KINDS,)),
    # common words, dressed up
    ("Password2024!", (WORD,), (WORD,)),
    ("P@ssw0rd12345", (WORD,), (WORD,)),
    ("administrator1", (WORD,), (KINDS, WORD)),
    ("iloveyou-forever", (WORD,), (KINDS, WORD)),
    ("dragonmonkeyfootball", (WORD,), (KINDS, WORD)),
    ("Welcome@12345678", (SEQUENCE,), (SEQUENCE,)),
    ("woaiwojia520520", (WORD,), (KINDS, WORD)),
    ("Zhuanli2026!!", (WORD,), (WORD,)),
    ("Summer2024!", (SHORT,), (WORD,)),
    # runs, sequences, repetition
    ("qwertyuiop12", (WORD,), (KINDS, WORD)),
    ("1qaz2wsx3edc", (KEYBOARD,), (KINDS, KEYBOARD)),
    ("1QAZ2wsx#EDC4rfv", (KEYBOARD,), (KEYBOARD,)),
    ("abcdefghijkl", (SEQUENCE,), (KINDS, SEQUENCE)),
    ("987654321987", (SEQUENCE,), (KINDS, SEQUENCE)),
    ("Abcd1234", (SHORT,), (SEQUENCE,)),
    ("aaaaaaaaaaaa", (REPEAT,), (KINDS, REPEAT)),
    ("xK9xK9xK9xK9", (REPEAT,), (REPEAT,)),
    # dates and telephone numbers
    ("1990-01-15 1992-03-20", (NUMBER,), (KINDS, NUMBER)),
    ("13812345678Aa", (NUMBER,), (NUMBER,)),
    # near the person and the house
    ("anyang#Tp7x9-kQm2", (NEAR,), (NEAR,)),
    ("4ny4ng#Tp7x9-kQm2", (NEAR,), (NEAR,)),
    ("Ipfin#Tp7x9-kQm2", (NEAR,), (NEAR,)),
    ("王小明#Tp7x9-kQm2", (NEAR,), (NEAR,)),
    ("Wangxiaoming-Tp7x9", (NEAR,), (NEAR,)),
]


def test_the_table_has_forty_different_passwords() -> None:
    assert len({password for password, _default, _mlps in PASSWORDS}) == len(PASSWORDS) == 40


@pytest.mark.parametrize(("password", "reasons"), [(p, default) for p, default, _mlps in PASSWORDS])
def test_the_default_profile_says_of_a_password(password: str, reasons: tuple[str, ...]) -> None:
    said = DEFAULT.refusals(password, CONTEXT)
    assert len(said) == len(reasons), said
    assert all(part in sentence for part, sentence in zip(reasons, said, strict=True)), said


@pytest.mark.parametrize(("password", "reasons"), [(p, mlps) for p, _default, mlps in PASSWORDS])
def test_the_mlps_profile_says_of_a_password(password: str, reasons: tuple[str, ...]) -> None:
    said = MLPS.refusals(password, CONTEXT)
    assert len(said) == len(reasons), said
    assert all(part in sentence for part, sentence in zip(reasons, said, strict=True)), said


@pytest.mark.parametrize(("length", "refused"), [(127, False), (128, False), (129, True)])
def test_a_password_may_have_128_characters(length: int, refused: bool) -> None:
    password = ("vT9#mq2Lp0xR 红旗渠水向东流" * 8)[:length]
    assert len(password) == length
    assert any(LONG in sentence for sentence in DEFAULT.refusals(password)) == refused


@pytest.mark.parametrize(
    ("password", "refused"), [("Qv7tnRkb", False), ("qv7tnrkb", True), ("qv7tn-kb", False)]
)
def test_mlps_wants_three_of_four_kinds(password: str, refused: bool) -> None:
    assert bool(MLPS.refusals(password)) == refused


@pytest.mark.parametrize(
    ("password", "effort"),
    [("password", 1), ("passwordx", 2), ("passwordxqzvt", 6), ("passwordxqzv", 5), ("vT9#mq2Lp0xR", 12)],
)
def test_effort_counts_what_no_pattern_explains_and_each_pattern_once(password: str, effort: int) -> None:
    assert guess(password).effort == effort


@pytest.mark.parametrize(("password", "refused"), [("passwordxqzv", True), ("passwordxqzvt", False)])
def test_a_password_of_effort_six_is_good_enough(password: str, refused: bool) -> None:
    assert bool(DEFAULT.refusals(password)) == refused


def test_the_word_list_holds_stems_and_no_comment() -> None:
    assert len(common_words()) > 400
    assert {"password", "woaini", "5201314"} <= common_words()
    assert "#" not in "".join(common_words())


@given(st.text(max_size=140))
def test_any_text_is_judged_and_every_refusal_is_a_sentence(password: str) -> None:
    for policy in (DEFAULT, MLPS):
        assert all(sentence.endswith("。") for sentence in policy.refusals(password, CONTEXT))


@given(st.text(max_size=140))
def test_effort_is_never_more_than_the_characters(password: str) -> None:
    found = guess(password)
    assert 0 <= found.effort <= len(password.casefold())
    assert found.pattern is None or isinstance(found.pattern, Pattern)


@given(st.text(min_size=12, max_size=60))
def test_doubling_a_password_makes_it_hardly_better(password: str) -> None:
    assert guess(password * 2).effort <= guess(password).effort + len(password.casefold()) // 2 + 1


def test_a_repeat_inside_the_piece_does_not_hide_that_the_piece_is_repeated() -> None:
    assert guess("001000010031" * 2).effort <= guess("001000010031").effort + 1


# --- What stands near a person ----------------------------------------------------------------------


def test_context_words_are_names_in_characters_and_pinyin_and_parts_of_the_address() -> None:
    assert {
        "王小明",
        "wangxiaoming",
        "样例银行第一支行",
        "安阳",
        "安阳市",
        "anyang",
        "wang",
        "bank",
        "sample",
    } <= CONTEXT


@pytest.mark.parametrize(("part", "counts"), [("xm", False), ("abc", False), ("abcd", True)])
def test_parts_of_an_address_count_from_four_letters(part: str, counts: bool) -> None:
    assert (part in context_words(email=f"{part}@x.cn")) == counts


@pytest.mark.parametrize(("name", "counts"), [("王", False), ("王明", True)])
def test_chinese_words_count_from_two_characters(name: str, counts: bool) -> None:
    assert (name in context_words(names=[name])) == counts


# --- Profiles ---------------------------------------------------------------------------------------

CHANGED = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)


def test_every_profile_of_the_settings_has_a_policy() -> None:
    assert set(POLICIES) == {profile.value for profile in PasswordProfile}
    assert POLICIES[PasswordProfile.MLPS] is MLPS


def test_by_default_a_password_never_grows_old() -> None:
    assert DEFAULT.expires_at(CHANGED) is None
    assert DEFAULT.remembered == 1


def test_mlps_wants_a_new_password_after_ninety_days_and_remembers_five() -> None:
    assert MLPS.expires_at(CHANGED) == CHANGED + timedelta(days=90)
    assert MLPS.remembered == 5


def test_each_profile_describes_its_own_rules() -> None:
    assert "12" in DEFAULT.describe()
    assert all(part in MLPS.describe() for part in ("8", "3", "90", "5"))
