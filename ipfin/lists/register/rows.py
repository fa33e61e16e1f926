"""What each row of a business-register list says, and which rows are refused. Pure.

Decides which rows are branches and so no legal persons,
and what two rows of one code or one name mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _
from ipfin.lists.amounts import Capital, capital_rule
from ipfin.lists.cells import Cells
from ipfin.lists.firm_fields import read_credit_code
from ipfin.lists.identity import key_of
from ipfin.registry.applicants import ApplicantKind, canonical_name, classify
from ipfin.registry.industries import DIVISIONS
from ipfin.registry.values import clean_code, clean_text, clipped, parse_date, parse_items, shown

BRANCH: Final = "branch"
"""The code of rows that are kept apart: a branch is no legal person and no enterprise of the registry."""

_WORDS: Final = 60
_PLACE: Final = 40
_BRANCH_FORM: Final = re.compile(r"分支机构|分公司|非法人|办事处|代表处|营业单位")
_INDUSTRY_CODE: Final = re.compile(r"([A-T]?\d{2,4})(?:\D.*)?")
_LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class ListedFirm:
    """One firm as the register tells it; "" and None where it does not."""

    place: int
    row: int
    name: str
    key: str
    credit_code: str
    code_checks: bool | None
    former: tuple[str, ...]
    legal_form: str
    established_on: date | None
    capital: Capital | None
    status: str
    places: tuple[str, ...]  # province, city, county as written
    address: str
    industry: str
    repeated: tuple[int, ...] = ()


def parse_industry(text: str) -> str | None:
    """Return the industry code of GB/T 4754 in a cell, from a code or the name of a division.

    Raises:
        BadInput: neither.
    """
    code = clean_code(text)
    if not code:
        return None
    found = _INDUSTRY_CODE.fullmatch(code)
    if found:
        return found[1]
    if code in _DIVISION_CODES:
        return _DIVISION_CODES[code]
    raise BadInput(_("“%(text)s”不是国民经济行业分类的代码或大类名称。", text=shown(text)))


_DIVISION_CODES: Final[Mapping[str, str]] = {str(label): code for code, label in DIVISIONS.items()}


def read_firms(cells: Cells, as_of: date) -> list[ListedFirm]:
    """Return the firms of a list, each once; what is wrong with the other rows is noted in `cells`."""
    firms = list(_each(cells, as_of))
    _refuse_contradictions(cells, firms)
    return _once(cells, [firm for firm in firms if firm.place not in cells.refused])


def _each(cells: Cells, as_of: date) -> Iterator[ListedFirm]:
    names = cells.read("name", _name, "")
    codes = cells.must_read("credit_code", read_credit_code, "bad_credit_code")
    nobody: tuple[str, ...] = ()
    former = cells.read("former_names", _names, nobody)
    forms = cells.read("legal_form", clipped(_WORDS), "")
    days = cells.try_read("established_on", parse_date)
    capital = cells.try_read("capital", capital_rule(cells.header("capital")))
    status = cells.read("status", clipped(_WORDS), "")
    places = [cells.read(word, clipped(_PLACE), "") for word in ("province", "city", "county")]
    addresses = cells.read("address", clipped(300), "")
    industries = cells.try_read("industry", parse_industry)
    for place, row in enumerate(cells.rows):
        name, code = names[place], codes[place]
        if not _is_firm(cells, place, name, forms[place]):
            continue
        if code and not code.check_is_right:
            said = _("统一社会信用代码“%(code)s”的校验位不符，请核对。", code=code.value)
            cells.doubt(place, "credit_code", "credit_code_check", said, code.value)
        day = days[place]
        if day and day > as_of:
            said = _("成立日期%(day)s晚于名单的数据日期，未采用。", day=day.isoformat())
            cells.doubt(place, "established_on", "day_in_future", said, day.isoformat())
            day = None
        yield ListedFirm(
            place,
            row,
            name,
            key_of(name),
            code.value if code else "",
            code.check_is_right if code else None,
            former[place],
            forms[place],
            day,
            capital[place],
            status[place],
            tuple(column[place] for column in places),
            addresses[place],
            industries[place] or "",
        )


def _name(text: str) -> str:
    return canonical_name(clean_text(text))


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(canonical_name, parse_items(text.replace("、", "；")))))


def _is_firm(cells: Cells, place: int, name: str, form: str) -> bool:
    """Refuse a row that names no legal person; return whether the row is still in."""
    if place in cells.refused:
        return False
    if not name or not any(map(str.isalpha, name)):
        cells.refuse(place, "name", "no_name", _("没有企业名称，请补上。"), name)
    elif "\ufffd" in name:
        why = _("企业名称“%(name)s”含无法识别的字符，请用原文件重新导出。", name=shown(name))
        cells.refuse(place, "name", "garbled_name", why, name)
    elif len(name) > _LONGEST_NAME:
        cells.refuse(place, "name", "name_too_long", _("企业名称过长，可能错列，请核对。"), name)
    elif _is_branch(name, form):
        why = _("“%(name)s”是分支机构，不是法人，不列入企业库；如有误，请改正企业类型。", name=name)
        cells.refuse(place, "legal_form" if form else "name", BRANCH, why, form or name)
    elif not form and classify(name)[0] is ApplicantKind.PERSON:
        why = _("“%(name)s”像是个人姓名；如为企业，请填写企业类型。", name=name)
        cells.refuse(place, "name", "person", why, name)
    return place not in cells.refused


def _is_branch(name: str, form: str) -> bool:
    if form:
        return bool(_BRANCH_FORM.search(form))
    return classify(name)[0] is ApplicantKind.BRANCH


def _refuse_contradictions(cells: Cells, firms: Sequence[ListedFirm]) -> None:
    """Refuse the rows of one code with two names, or of one name with two codes: which is right?"""
    names: dict[str, set[str]] = {}
    codes: dict[str, set[str]] = {}
    for firm in firms:
        if firm.credit_code:
            names.setdefault(firm.credit_code, set()).add(firm.key)
            codes.setdefault(firm.key, set()).add(firm.credit_code)
    for firm in firms:
        if len(names.get(firm.credit_code, ())) > 1:
            why = _(
                "同一统一社会信用代码%(code)s在名单中对应不同的名称，请核对后保留一个。",
                code=firm.credit_code,
            )
            cells.refuse(firm.place, "credit_code", "code_of_two_names", why, firm.credit_code)
        elif len(codes.get(firm.key, ())) > 1:
            why = _("“%(name)s”在名单中对应不同的统一社会信用代码，请核对后保留一个。", name=firm.name)
            cells.refuse(firm.place, "credit_code", "name_of_two_codes", why, firm.credit_code)


def _once(cells: Cells, firms: Sequence[ListedFirm]) -> list[ListedFirm]:
    """Return each firm once: its first row with a code; others repeat it, one that differs is told."""
    first: dict[str, ListedFirm] = {}
    repeated: dict[str, list[int]] = {}
    for firm in sorted(firms, key=lambda firm: (not firm.credit_code, firm.place)):
        known = first.setdefault(firm.key, firm)
        if known is firm:
            continue
        repeated.setdefault(firm.key, []).append(firm.row)
        if _said(known) != _said(firm):
            said = _("与第%(first)s行是同一企业而内容不同，已采用第%(first)s行。", first=known.row)
            cells.doubt(firm.place, None, "repeated_differs", said, firm.name)
    whole = [_with_repeats(firm, sorted(repeated.get(firm.key, ()))) for firm in first.values()]
    return sorted(whole, key=lambda firm: firm.place)


def _said(firm: ListedFirm) -> tuple[object, ...]:
    return (firm.credit_code, firm.former, firm.legal_form, firm.established_on, firm.capital, firm.status,
            firm.places, firm.address, firm.industry)  # fmt: skip


def _with_repeats(firm: ListedFirm, rows: Sequence[int]) -> ListedFirm:
    return replace(firm, repeated=tuple(rows)) if rows else firm
