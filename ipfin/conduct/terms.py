"""How long a record counts that tells no end of its own (期限规则). Pure.

Decides the end of such a record by rules that are the office's data: per exclusion so many months from the
day on which it took effect, on which basis, and from which day the rule holds. Which rule holds for a
record is decided by the record's first day, so that a later rule never lengthens or shortens a penalty
that began before it. Without a rule a record stands until its authority lifts it: that is the default of
every exclusion whose term we could not verify.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Final

from ipfin.conduct.rules import ConductCode
from ipfin.kernel.calendar import add_months
from ipfin.kernel.text import Text, _

LONGEST_MONTHS: Final = 120
"""No rule may say more: a slip of the keyboard must not keep a firm out for a lifetime."""

_ALWAYS: Final = date(MINYEAR, 1, 1)


@dataclass(frozen=True, slots=True)
class TermRule:
    """From `valid_from` on, records of `code` count for `months`; None: until they are lifted.

    Args:
        basis: what the term rests on; a Text where we ship it, the office's own words otherwise.
        is_confirmed: whether somebody held it against the official text (否则为待核实).
    """

    code: ConductCode
    months: int | None
    basis: Text | str
    valid_from: date
    is_confirmed: bool = False


UNTIL_LIFTED: Final[Mapping[ConductCode, TermRule]] = {
    code: TermRule(code, None, _("未设期限：没有写明期满日的记录，直至认定机关移出"), _ALWAYS)
    for code in ConductCode
}
"""What holds where the office set no rule: no end by itself, the window of E05 included. To be confirmed."""


def rule_on(rules: Iterable[TermRule], code: ConductCode, day: date) -> TermRule:
    """Return the rule for a record of `code` that took effect on `day`; of two of one day, the last said."""
    holding = [rule for rule in rules if rule.code is code and rule.valid_from <= day]
    # max() keeps the first of equals, so the last said must come first.
    return max(reversed(holding), key=lambda rule: rule.valid_from, default=UNTIL_LIFTED[code])


def end_by_rule(rules: Iterable[TermRule], code: ConductCode, effective_on: date) -> date | None:
    """Return the first day on which a record without an end of its own no longer counts, None for never."""
    months = rule_on(rules, code, effective_on).months
    return None if months is None else _later(effective_on, months)


def first_day_without(
    rules: Iterable[TermRule], code: ConductCode, effective_on: date, expires_on: date | None
) -> date | None:
    """Return the first day on which a record no longer counts by time: its own end, or that of the rule."""
    return expires_on if expires_on is not None else end_by_rule(rules, code, effective_on)


def earliest_counting(months: int, on: date) -> date:
    """Return the first effective day from which a term of `months` still runs on day `on`.

    The inverse of counting months forward, so that a query may compare days instead of adding months.
    """
    day = add_months(on, -months) if on.year * 12 + on.month - months > MINYEAR * 12 else _ALWAYS
    while day > _ALWAYS and _later(day - timedelta(days=1), months) > on:
        day -= timedelta(days=1)
    while _later(day, months) <= on:
        day += timedelta(days=1)
    return day


def spans(rules: Iterable[TermRule]) -> list[tuple[TermRule, date, date | None]]:
    """Return every rule with an end, its first day, and the first day of the rule after it."""
    said = list(rules)
    found = []
    for code in ConductCode:
        days = sorted({rule.valid_from for rule in said if rule.code is code})
        for place, day in enumerate(days):
            until = days[place + 1] if place + 1 < len(days) else None
            rule = rule_on(said, code, day)
            if rule.months is not None:
                found.append((rule, day, until))
    return found


def _later(day: date, months: int) -> date:
    years = (day.year * 12 + day.month - 1 + months) // 12
    return add_months(day, months) if years <= MAXYEAR else date.max
