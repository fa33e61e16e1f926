"""What an institution looks for at an event (洽谈偏好), and what makes it unusable. Pure.

Decides what can be said and how an industry is written down; how a firm is held against it is decided in
`suggestions`. What an institution leaves open restricts nobody.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ipfin.events.eligibility import GRADES
from ipfin.kernel.errors import BadInput
from ipfin.kernel.money import Fen
from ipfin.kernel.text import Text, _, listed
from ipfin.registry.industries import SECTION_LABELS, division_code, section


class IpKind(StrEnum):
    """What kind of right a firm holds in force (知识产权类型)."""

    INVENTION = "invention"  # 发明
    UTILITY = "utility"  # 实用新型
    DESIGN = "design"  # 外观设计


IP_KIND_LABELS: Final[Mapping[IpKind, Text]] = {
    IpKind.INVENTION: _("发明"),
    IpKind.UTILITY: _("实用新型"),
    IpKind.DESIGN: _("外观设计"),
}

MOST_PATENTS: Final = 100_000
LONGEST_TERM: Final = 360  # months
_BETWEEN_CODES: Final = re.compile(r"[,，、;；\s]+")


@dataclass(frozen=True, slots=True)
class Preference:
    """What an institution looks for; what it leaves open is not judged.

    Args:
        amount_from, amount_to: of the loan or cover, fen, both included.
        months_from, months_to: of the term, both included.
        industries: sections ("C") and divisions ("35") of GB/T 4754.
        counties: codes of divisions; of a city, all below it.
        kinds: a firm meets it with one patent of one of them in force.
        least_grade: the worst grade that it takes, "A" to "D".
        only_listed, least_patents: what its product admits: firms on the whitelist only, firms with at
            least so many patents in force.
    """

    amount_from: Fen | None = None
    amount_to: Fen | None = None
    months_from: int | None = None
    months_to: int | None = None
    industries: frozenset[str] = frozenset()
    counties: frozenset[str] = frozenset()
    kinds: frozenset[IpKind] = frozenset()
    least_grade: str | None = None
    only_listed: bool = False
    least_patents: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it restricts nothing at all: nobody can be suggested by it."""
        return self == Preference()


def check_preference(preference: Preference) -> None:
    """Refuse a preference that nobody can meet.

    Raises:
        BadInput: a range that is empty, a grade that is none, or a number beyond reason.
    """
    ranges = (
        ("amount_to", preference.amount_from, preference.amount_to, _("金额的上限不能小于下限。")),
        ("months_to", preference.months_from, preference.months_to, _("期限的上限不能小于下限。")),
    )
    for field, least, most, sentence in ranges:
        if least is not None and most is not None and most < least:
            raise BadInput(sentence, field=field)
    for field, amount in (("amount_from", preference.amount_from), ("amount_to", preference.amount_to)):
        if amount is not None and amount < 0:
            raise BadInput(_("金额不能小于0。"), field=field)
    for field, months in (("months_from", preference.months_from), ("months_to", preference.months_to)):
        check_months(months, field=field)
    if preference.least_grade is not None and preference.least_grade not in GRADES:
        raise BadInput(_("最低等级应为A、B、C或D。"), field="least_grade")
    if not 0 <= preference.least_patents <= MOST_PATENTS:
        raise BadInput(_("有效专利件数应在0到%(most)d之间。", most=MOST_PATENTS), field="least_patents")


def check_months(months: int | None, *, field: str) -> None:
    """Refuse a term that is none.

    Raises:
        BadInput: below one month or beyond thirty years.
    """
    if months is not None and not 1 <= months <= LONGEST_TERM:
        raise BadInput(_("期限应在1到%(most)d个月之间。", most=LONGEST_TERM), field=field)


def industries_from(words: str) -> frozenset[str]:
    """Return the sections and divisions of codes as people write them: C、C35、3511.

    Raises:
        BadInput: a code that GB/T 4754 does not have, named.
    """
    typed = [word for word in _BETWEEN_CODES.split(words.upper()) if word]
    unknown = [word for word in typed if word not in SECTION_LABELS and division_code(word) is None]
    if unknown:
        raise BadInput(
            _(
                "国民经济行业分类中没有代码%(codes)s；请填门类字母（如C）或大类（如C35）。",
                codes=listed(f"“{word}”" for word in unknown),
            ),
            field="industries",
        )
    return frozenset(division_code(word) or word for word in typed)


def is_within(code: str, industries: Collection[str]) -> bool:
    """Whether an industry code lies in one of these sections and divisions."""
    return section(code) in industries or division_code(code) in industries
