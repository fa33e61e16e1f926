"""What each row of a pledge register says. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ipfin.kernel.errors import BadInput
from ipfin.kernel.identifiers import CheckState, parse_application_number
from ipfin.kernel.money import Fen
from ipfin.kernel.text import _
from ipfin.lists.amounts import Capital, capital_rule
from ipfin.lists.cells import Cells
from ipfin.registry.values import clean_code, clipped, parse_codes, parse_date, shown


@dataclass(frozen=True, slots=True)
class ListedPledge:
    """One registration as a row tells it; it may lie on several patents (canonical application numbers)."""

    place: int
    row: int
    registration: str
    patents: tuple[str, ...]
    pledgor: str
    pledgee: str
    registered_on: date | None
    released_on: date | None
    amount: Fen | None


def read_patents(text: str) -> tuple[str, ...] | None:
    """Return the application numbers of a cell, None for an empty one.

    Raises:
        BadInput: one of them is no number of the Chinese office, or its check digit is wrong.
    """
    numbers = [parse_application_number(clean_code(code)) for code in parse_codes(text.replace("、", ";"))]
    for number in numbers:
        if number.check is CheckState.WRONG:
            raise BadInput(
                _(
                    "专利号“%(number)s”的校验位应为%(expected)s，请对照质押登记通知书核对。",
                    number=number.canonical,
                    expected=number.expected_check,
                )
            )
    return tuple(dict.fromkeys(number.canonical for number in numbers)) or None


def read_pledges(cells: Cells, as_of: date) -> list[ListedPledge]:
    """Return the registrations of a list; what is wrong with the other rows is noted in `cells`."""
    patents = cells.must_read("patent", read_patents, "bad_application_number")
    registrations = cells.read("registration", lambda text: clean_code(text).upper()[:60], "")
    pledgors = cells.read("pledgor", clipped(300), "")
    pledgees = cells.read("pledgee", clipped(300), "")
    registered = cells.must_read("registered_on", parse_date, "bad_date")
    released = cells.must_read("released_on", parse_date, "bad_date")
    amounts = cells.try_read("amount", capital_rule(cells.header("amount")))
    found = []
    for place, row in enumerate(cells.rows):
        numbers, start, end = patents[place], registered[place], released[place]
        if numbers is None:
            cells.refuse(place, "patent", "no_number", _("没有专利号，请补上。"))
        if not registrations[place]:
            cells.refuse(place, "registration", "no_registration", _("没有质押登记号，请补上。"))
        for day, field in ((start, "registered_on"), (end, "released_on")):
            if day is not None and day > as_of:
                why = _(
                    "%(day)s晚于名单的数据日期%(as_of)s，请核对。",
                    day=day.isoformat(),
                    as_of=as_of.isoformat(),
                )
                cells.refuse(place, field, "day_in_future", why, day.isoformat())
        if start and end and end < start:
            why = _(
                "解除日%(end)s早于登记日%(start)s，请核对。", end=end.isoformat(), start=start.isoformat()
            )
            cells.refuse(place, "released_on", "days_out_of_order", why, end.isoformat())
        if numbers is not None and place not in cells.refused:
            amount = _fen(cells, place, amounts[place])
            found.append(
                ListedPledge(
                    place,
                    row,
                    registrations[place],
                    numbers,
                    pledgors[place],
                    pledgees[place],
                    start,
                    end,
                    amount,
                )
            )
    return found


def _fen(cells: Cells, place: int, amount: Capital | None) -> Fen | None:
    if amount is None or amount.amount <= 0:
        return None
    if amount.currency != "CNY":
        said = _("质押登记金额不是人民币（%(currency)s），未采用。", currency=shown(amount.currency))
        cells.doubt(place, "amount", "other_currency", said)
        return None
    return Fen(int(amount.amount))
