"""A row's firm is found by code and name; what disagrees is never taken for one firm silently."""

from __future__ import annotations

from ipfin.lists.identity import KnownFirm, KnownFirms, identify

CODE, OTHER = "91410500AAAAAAAAAA", "91410500BBBBBBBBBB"


def firm(number: int, name: str, code: str = "", *also: str) -> KnownFirm:
    return KnownFirm(number, name, code, frozenset({name, *also}), "", "", "", "", None, None)


def known(*firms: KnownFirm) -> KnownFirms:
    return KnownFirms(
        {f.credit_code: f for f in firms if f.credit_code}, {n: f for f in firms for n in f.names}
    )


def test_code_and_name_of_one_firm_are_that_firm() -> None:
    one = firm(1, "甲", CODE)
    assert identify(known(one), CODE, "甲", "甲").firm == one


def test_the_exact_name_is_enough_where_no_code_speaks_against_it() -> None:
    one = firm(1, "甲")
    assert identify(known(one), CODE, "甲", "甲").firm == one
    assert identify(known(firm(1, "甲", CODE)), "", "甲", "甲").firm is not None


def test_an_unknown_firm_is_none_and_no_refusal() -> None:
    found = identify(known(firm(1, "甲", CODE)), OTHER, "乙", "乙")
    assert (found.firm, found.refusal) == (None, None)


def test_the_same_name_with_another_code_is_refused() -> None:
    found = identify(known(firm(1, "甲", CODE)), OTHER, "甲", "甲")
    assert (found.firm, found.code) == (None, "name_has_other_code")
    assert OTHER in (found.refusal or "")


def test_the_same_code_with_another_name_is_refused() -> None:
    assert identify(known(firm(1, "甲", CODE)), CODE, "乙", "乙").code == "code_has_other_name"


def test_the_same_code_with_the_known_name_as_a_former_one_is_a_new_name() -> None:
    found = identify(known(firm(1, "甲", CODE)), CODE, "乙", "乙", frozenset({"甲"}))
    assert (found.firm is not None, found.is_renamed, found.is_doubled) == (True, True, False)


def test_a_new_name_that_another_record_has_renames_nothing() -> None:
    found = identify(known(firm(1, "甲", CODE), firm(2, "乙")), CODE, "乙", "乙", frozenset({"甲"}))
    assert found.firm == firm(1, "甲", CODE)
    assert (found.is_renamed, found.is_doubled) == (False, True)


def test_code_and_name_of_two_records_are_refused() -> None:
    found = identify(known(firm(1, "甲", CODE), firm(2, "乙")), CODE, "乙", "乙")
    assert (found.firm, found.code) == (None, "two_records")


def test_an_older_name_of_the_firm_of_the_code_is_no_conflict() -> None:
    assert identify(known(firm(1, "乙", CODE, "甲")), CODE, "甲", "甲").firm is not None
