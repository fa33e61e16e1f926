"""The day that a list speaks of (数据截止日): what it can be, and what the name of the file hints at.

Decides nothing for the person: a day found in a name is proposed and has to be confirmed, because an
export may be handed in years later and the latest day decides whose word holds.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _

FIRST_PATENT_LAW: Final = date(1985, 4, 1)  # 专利法 in force: no patent of the country is older
_DAY: Final = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(?:(\d{2})(\d{2})|[-_.年](\d{1,2})[-_.月](\d{1,2})日?)(?!\d)", re.ASCII
)


def check_as_of(day: date, *, today: date) -> date:
    """Return a day that a list can speak of.

    Raises:
        BadInput: it lies before the Patent Law, or after today: it would outweigh every list that follows.
    """
    if not FIRST_PATENT_LAW <= day <= today:
        raise BadInput(
            _("数据截止日须在%(first)s至今天之间。", first=FIRST_PATENT_LAW.isoformat()), field="as_of"
        )
    return day


def day_in_name(filename: str, *, today: date) -> date | None:
    """Return the last day that the name of a file holds (名录_20220507.xls, 2022-5-7.csv), else None."""
    found = None
    for year, month, day, other_month, other_day in _DAY.findall(filename):
        try:
            named = date(int(year), int(month or other_month), int(day or other_day))
        except ValueError:
            continue
        if FIRST_PATENT_LAW <= named <= today:
            found = named
    return found
