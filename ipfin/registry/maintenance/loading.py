"""Reading the fee table's file: which content is well formed, and the sentence when it is not.

What an entry means stands in `table`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeVar

from ipfin.kernel.errors import BadInput
from ipfin.kernel.identifiers import PatentKind
from ipfin.kernel.money import Fen
from ipfin.kernel.text import _
from ipfin.registry.maintenance.table import (
    CompensationFee,
    FeeTable,
    LatePayment,
    Reduction,
    ReductionCode,
    Restoration,
    Source,
    Standing,
    Tariff,
)

DEFAULT_TABLE: Final = Path(__file__).parent / "cn_annual_fees.toml"

_PARTS: Final = ("tariffs", "late_payments", "restorations", "reductions", "compensation_fees")
_KEYS: Final = frozenset({"id", "version", "title", "read_on", "sources", *_PARTS})
_FILE: Final = _("费用表")
_MOST_BP: Final = 10_000

Row = Mapping[str, Any]
Value = TypeVar("Value")
Entry = TypeVar("Entry", Tariff, LatePayment, Restoration, Reduction, CompensationFee)


@lru_cache(maxsize=1)
def default_fee_table() -> FeeTable:
    """Return the fee table that ships with the product."""
    return load_fee_table(DEFAULT_TABLE)


def load_fee_table(source: Path | bytes) -> FeeTable:
    """Return the fee table that `source` (a file or its bytes, TOML in UTF-8) holds.

    Raises:
        BadInput: not TOML, a part is missing, unknown or of the wrong kind, bands with a gap, two
            entries that hold on one day.
    """
    raw = source.read_bytes() if isinstance(source, Path) else source
    try:
        content = tomllib.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(_("费用表不是有效的UTF-8编码TOML：%(detail)s。", detail=str(error))) from error
    _only_known(content, _KEYS, _FILE)
    sources = {key: _source(key, row) for key, row in _table(content, "sources").items()}
    return FeeTable(
        id=_take(content, "id", str, _FILE),
        version=_take(content, "version", str, _FILE),
        title=_take(content, "title", str, _FILE),
        read_on=_take(content, "read_on", date, _FILE),
        sources=tuple(sources.values()),
        tariffs=_entries(content, "tariffs", _tariff, sources, lambda row: row.kind),
        late_payments=_entries(content, "late_payments", _late_payment, sources),
        restorations=_entries(content, "restorations", _restoration, sources),
        reductions=_entries(content, "reductions", _reduction, sources, lambda row: row.code),
        compensation_fees=_entries(content, "compensation_fees", _compensation_fee, sources),
    )


# --- Entries ---------------------------------------------------------------------------------------


def _source(key: str, row: Row) -> Source:
    where = f"sources.{key}"
    _only_known(row, {"title", "address", "standing", "note"}, where)
    return Source(
        key=key,
        title=_take(row, "title", str, where),
        address=_take(row, "address", str, where),
        standing=_word(Standing, _take(row, "standing", str, where), where),
        note=_take(row, "note", str, where),
    )


class _Reader:
    """One entry of the file: takes its values, and refuses in words with the entry's place."""

    def __init__(self, row: Row, where: str, sources: Mapping[str, Source]) -> None:
        self.row, self.where, self._sources = row, where, sources
        self.taken: set[str] = set()

    def take(self, key: str, kind: type[Value]) -> Value:
        self.taken.add(key)
        return _take(self.row, key, kind, self.where)

    def whole(self, key: str, most: int | None = None) -> int:
        number = self.take(key, int)
        if number < 0 or (most is not None and number > most):
            raise BadInput(
                _("%(where)s的%(key)s超出范围：%(value)s。", where=self.where, key=key, value=number)
            )
        return number

    def source(self, key: str = "source") -> Source:
        name = self.take(key, str)
        if name not in self._sources:
            raise BadInput(_("%(where)s的来源“%(name)s”没有列在sources里。", where=self.where, name=name))
        return self._sources[name]

    def days(self) -> tuple[date, date | None]:
        first = self.take("valid_from", date)
        last = self.take("valid_to", date) if "valid_to" in self.row else None
        if last is not None and last < first:
            raise BadInput(_("%(where)s的valid_to早于valid_from。", where=self.where))
        return first, last

    def finish(self) -> None:
        _only_known(self.row, self.taken, self.where)


def _tariff(read: _Reader) -> Tariff:
    first, last = read.days()
    return Tariff(
        kind=_word(PatentKind, read.take("kind", str), read.where),
        valid_from=first,
        valid_to=last,
        bands=_bands(read.take("bands", list), read.where),
        source=read.source(),
        start_source=read.source("start_source"),
    )


def _bands(rows: Sequence[Any], where: str) -> tuple[tuple[int, int, Fen], ...]:
    bands = tuple(tuple(row) if isinstance(row, list) else () for row in rows)
    if not bands or any(len(band) != 3 or any(type(cell) is not int for cell in band) for band in bands):
        raise BadInput(_("%(where)s的bands应写成“[首年, 末年, 分]”。", where=where))
    closed = bands[0][0] == 1 and all(after[0] == before[1] + 1 for before, after in pairwise(bands))
    if not closed or any(first > last or fen <= 0 for first, last, fen in bands):
        raise BadInput(_("%(where)s的bands应从第1年起逐年相接，金额大于0。", where=where))
    return tuple((first, last, Fen(fen)) for first, last, fen in bands)


def _late_payment(read: _Reader) -> LatePayment:
    first, last = read.days()
    return LatePayment(
        valid_from=first,
        valid_to=last,
        grace_months=read.whole("grace_months", 12),
        rate_bp=read.whole("rate_bp", _MOST_BP),
        free_months=read.whole("free_months", 12),
        max_bp=read.whole("max_bp", _MOST_BP),
        source=read.source(),
        detail_source=read.source("detail_source"),
    )


def _restoration(read: _Reader) -> Restoration:
    first, last = read.days()
    return Restoration(
        valid_from=first,
        valid_to=last,
        request_months=read.whole("request_months"),
        obstacle_months=read.whole("obstacle_months"),
        obstacle_years=read.whole("obstacle_years"),
        fee_fen=Fen(read.whole("fee_fen")),
        late_bp=read.whole("late_bp", _MOST_BP),
        source=read.source(),
        fee_source=read.source("fee_source"),
        late_source=read.source("late_source"),
    )


def _reduction(read: _Reader) -> Reduction:
    first, last = read.days()
    return Reduction(
        code=_word(ReductionCode, read.take("code", str), read.where),
        valid_from=first,
        valid_to=last,
        rate_bp=read.whole("rate_bp", _MOST_BP),
        years=read.whole("years"),
        switched_on=read.take("switched_on", bool),
        source=read.source(),
    )


def _compensation_fee(read: _Reader) -> CompensationFee:
    first, last = read.days()
    return CompensationFee(
        valid_from=first,
        valid_to=last,
        amount_fen=Fen(read.whole("amount_fen")),
        switched_on=read.take("switched_on", bool),
        source=read.source(),
    )


def _entries(
    content: Row,
    name: str,
    build: Callable[[_Reader], Entry],
    sources: Mapping[str, Source],
    sort: Callable[[Entry], object] = lambda _entry: None,
) -> tuple[Entry, ...]:
    entries = []
    for place, row in enumerate(_take(content, name, list, _FILE), start=1):
        where = f"{name}[{place}]"
        if not isinstance(row, dict):
            raise BadInput(_("%(where)s应为表。", where=where))
        reader = _Reader(row, where, sources)
        entries.append(build(reader))
        reader.finish()
    _refuse_overlap(name, entries, sort)
    return tuple(entries)


def _refuse_overlap(name: str, entries: Sequence[Entry], sort: Callable[[Entry], object]) -> None:
    ordered = sorted(entries, key=lambda entry: (str(sort(entry)), entry.valid_from))
    for before, after in pairwise(ordered):
        if sort(before) == sort(after) and (before.valid_to is None or before.valid_to >= after.valid_from):
            raise BadInput(
                _(
                    "%(where)s中有两条在%(day)s同时有效。",
                    where=name,
                    day=after.valid_from.isoformat(),
                )
            )


# --- Values ----------------------------------------------------------------------------------------


def _take(row: Row, key: str, kind: type[Value], where: str) -> Value:
    if key not in row:
        raise BadInput(_("%(where)s缺少%(key)s。", where=where, key=key))
    value: Value = row[key]
    if type(value) is not kind:  # exact: true is no number, an instant is no day
        raise BadInput(
            _("%(where)s的%(key)s类型不对：%(value)s。", where=where, key=key, value=str(value)[:40])
        )
    return value


def _table(row: Row, key: str) -> Mapping[str, Row]:
    found: dict[str, Row] = _take(row, key, dict, _FILE)
    if not all(isinstance(each, dict) for each in found.values()):
        raise BadInput(_("%(where)s应为表。", where=key))
    return found


Word = TypeVar("Word", PatentKind, ReductionCode, Standing)


def _word(words: type[Word], value: str, where: str) -> Word:
    try:
        return words(value)
    except ValueError as error:
        raise BadInput(_("%(where)s里的“%(value)s”不认识。", where=where, value=value)) from error


def _only_known(row: Row, known: Iterable[str], where: str) -> None:
    unknown = sorted(set(row) - set(known))
    if unknown:
        raise BadInput(_("%(where)s里有不认识的项：%(keys)s。", where=where, keys="、".join(unknown)))
