"""Wishes in the plain file of `ipfin event plan`: what both sides said, instead of pairs with values. Pure.

Decides the shape of a wish in the file and turns those that both sides said yes to into pairs, by the same
rule as on the platform (`wishes`). Pairs that the file gives itself stay as they are, unless a side refused:
a refusal is final however it is written. Everything else of the file is judged by `timetable.exchange`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ipfin.events.lifecycle import Side
from ipfin.events.wishes import WishBook, WishSaid, check_strength, wish_book
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _

WISHES: Final = "wishes"
WISH_KEYS: Final = frozenset({"by", "bank", "firm", "strength"})
_SIDES: Final = {"bank": Side.INSTITUTION, "firm": Side.ENTERPRISE}


@dataclass(frozen=True, slots=True)
class PlainFile:
    """A file without wishes, as the planner reads it; `book` is None when it had none."""

    given: object
    book: WishBook | None


def without_wishes(given: object) -> PlainFile:
    """Return the file with the wishes that both sides share as pairs.

    Raises:
        BadInput: a wish has an unknown or missing key or a wrong value, is said twice, or refuses a pair
            that the file itself asks for; the sentence names the row.
    """
    if not isinstance(given, dict) or WISHES not in given:
        return PlainFile(given, None)
    listed = given[WISHES]
    if not isinstance(listed, list):
        raise BadInput(_("文件的“wishes”应为列表。"))
    numbers: dict[str, int] = {}
    said: dict[tuple[int, int, Side], WishSaid] = {}
    for row, one in enumerate(listed, start=1):
        word = _wish(one, _("wishes第%(row)d行", row=row), numbers)
        key = (word.institution, word.enterprise, word.by)
        if key in said:
            raise BadInput(_("wishes第%(row)d行：同一方对同一对象的意愿写了两次。", row=row))
        said[key] = word
    names = {number: name[1:] for name, number in numbers.items()}
    book = wish_book(said.values())
    pairs = given.get("pairs", [])
    _refuse_refused(
        pairs, {(names[w.institution], names[w.enterprise]) for w in said.values() if not w.strength}
    )
    agreed = [
        {"bank": names[pair.institution], "firm": names[pair.enterprise], "value": pair.value}
        for pair in book.pairs
    ]
    rest = {key: value for key, value in given.items() if key != WISHES}
    return PlainFile(rest | {"pairs": [*pairs, *agreed] if isinstance(pairs, list) else pairs}, book)


def book_as_json(book: WishBook) -> dict[str, int]:
    """Return how the wishes of a file fell."""
    return {"mutual": book.mutual, "one_sided": book.one_sided, "refused": book.refused}


def _wish(one: object, where: Text, numbers: dict[str, int]) -> WishSaid:
    if not isinstance(one, dict) or set(one) != WISH_KEYS:
        raise BadInput(_("%(where)s应正好有by、bank、firm、strength四项。", where=where))
    side, strength = _SIDES.get(str(one["by"])), one["strength"]
    if side is None:
        raise BadInput(_("%(where)s的“by”应为bank或firm。", where=where))
    if not isinstance(strength, int) or isinstance(strength, bool):
        raise BadInput(_("%(where)s的“strength”应为0到3的整数。", where=where))
    check_strength(strength)
    bank, firm = (_number(one, key, where, numbers) for key in ("bank", "firm"))
    return WishSaid(side, bank, firm, strength)


def _number(one: Mapping[str, Any], key: str, where: Text, numbers: dict[str, int]) -> int:
    """Return a number that stands for an id; a bank and a firm may share one id."""
    given = one[key]
    if not (isinstance(given, str) and given) and (not isinstance(given, int) or isinstance(given, bool)):
        raise BadInput(_("%(where)s的“%(key)s”应为非空的文字或整数。", where=where, key=key))
    return numbers.setdefault(key[0] + str(given), len(numbers))


def _refuse_refused(pairs: object, refused: set[tuple[str, str]]) -> None:
    for one in pairs if isinstance(pairs, list) else []:
        if isinstance(one, dict) and (str(one.get("bank")), str(one.get("firm"))) in refused:
            raise BadInput(
                _(
                    "“%(bank)s”与“%(firm)s”有一方不见，不能另列在pairs中。",
                    bank=str(one["bank"]),
                    firm=str(one["firm"]),
                )
            )
