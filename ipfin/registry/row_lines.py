"""One line of a batch's report: a row of the list and what became of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ipfin.kernel.text import Text, _
from ipfin.registry.lifecycle import RowOutcome

FOREIGN = _("外国文献（不列入）")
GRANTED = _("授权专利")
APPLICATION = _("仅为申请（未授权）")


@dataclass(frozen=True, slots=True)
class RowLine:
    """One line of the report: a row of the list, of a changed row once for each value.

    `name` is a column of `Patent` where a value changed, or the field of a refusal; None otherwise.
    """

    row: int
    outcome: RowOutcome
    group: Text | str
    application_number: str
    publication_number: str
    title: str
    name: str = ""
    old: Any = None
    new: Any = None
    reason: Text | str = ""
