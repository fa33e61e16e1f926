"""What each row of a list of financing outcomes says. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _
from ipfin.lists.cells import Cells
from ipfin.lists.firm_rows import NamedRow, read_named
from ipfin.lists.outcomes.fields import read_kind
from ipfin.outcomes.rules import LONGEST_EVIDENCE, LONGEST_SOURCE, OutcomeKind, Statement
from ipfin.registry.values import clipped, parse_date


@dataclass(frozen=True, slots=True)
class ListedOutcome:
    """One outcome of a firm as a row tells it."""

    firm: NamedRow
    said: Statement


def read_outcomes(cells: Cells, as_of: date) -> list[ListedOutcome]:
    """Return the outcomes of a list; what is wrong with the other rows is noted in `cells`."""
    kinds = cells.must_read("kind", read_kind, "no_such_outcome")
    days = cells.must_read("happened_on", parse_date, "bad_date")
    sources = cells.read("source", clipped(LONGEST_SOURCE), "")
    evidence = cells.read("evidence", clipped(LONGEST_EVIDENCE), "")
    told = cells.columns.told
    found = []
    for firm in read_named(cells):
        place, day = firm.place, days[firm.place]
        kind = kinds[place] or told.get("kind", "")
        if not kind:
            cells.refuse(place, "kind", "no_outcome", _("没有写明是哪种融资结果，请补上。"))
        elif day is None:
            cells.refuse(place, "happened_on", "no_day", _("没有写明发生日期，请补上。"))
        else:
            source = sources[place] or told.get("source", "")
            said = _checked(Statement(OutcomeKind(kind), day, source, evidence[place]), as_of)
            if isinstance(said, Statement):
                found.append(ListedOutcome(firm, said))
            else:
                cells.refuse(place, *said)
    return found


def _checked(said: Statement, as_of: date) -> Statement | tuple[str, str, Text]:
    """Return the statement, or field, code and sentence of what is wrong with it."""
    if said.happened_on > as_of:
        why = _(
            "发生日期%(day)s晚于名单的数据日期%(as_of)s，请核对。",
            day=said.happened_on.isoformat(),
            as_of=as_of.isoformat(),
        )
        return "happened_on", "day_in_future", why
    try:
        return said.checked(as_of)
    except BadInput as error:
        said_why = error.message
        why = said_why if isinstance(said_why, Text) else _("%(message)s", message=said_why)
        return error.field or "kind", "not_to_be_entered", why
