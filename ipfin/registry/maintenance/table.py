"""What the fee table says: tariffs, reductions, late fees and restoration, each from when to when.

Decides what one entry means and which entry holds on a day. Which file is well formed is decided in
`loading`; the amounts stand in `cn_annual_fees.toml` with their sources. A day without an entry has no
amount: nothing is extended beyond what its source covers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final, Protocol, TypeVar

from ipfin.kernel.identifiers import PatentKind
from ipfin.kernel.money import Fen, round_half_up_to_fen
from ipfin.kernel.text import Text, _

_WHOLE_BP: Final = 10_000


class Standing(StrEnum):
    """How well an entry is known (依据状况)."""

    READ = "read"  # 读过文本或该机关网页
    RETOLD = "retold"  # 只见第三方转述
    UNREAD = "unread"  # 一般知识，未见文本


STANDING_LABELS: Final[Mapping[Standing, Text]] = {
    Standing.READ: _("已读文本"),
    Standing.RETOLD: _("据第三方转述，待核实"),
    Standing.UNREAD: _("未见文本，待核实"),
}


class ReductionCode(StrEnum):
    """Why an annual fee is lower (减缴、减免的理由)."""

    SINGLE = "single"  # 单独申请人或专利权人
    JOINT = "joint"  # 共同申请人或共有专利权人
    OPEN_LICENCE = "open_licence"  # 开放许可实施期间


@dataclass(frozen=True, slots=True)
class Source:
    """Where an entry was read; `address` is empty where no page was found."""

    key: str
    title: str
    address: str
    standing: Standing
    note: str


@dataclass(frozen=True, slots=True)
class Tariff:
    """The full annual fees of one kind. `bands` are (first year, last year, fen), years from filing on.

    `valid_to` is the last day, None while it holds. `start_source` says where `valid_from` is from.
    """

    kind: PatentKind
    valid_from: date
    valid_to: date | None
    bands: tuple[tuple[int, int, Fen], ...]
    source: Source
    start_source: Source

    def amount(self, year: int) -> Fen | None:
        """Return the full fee of patent year `year`; None for a year that the tariff does not have."""
        return next((fen for first, last, fen in self.bands if first <= year <= last), None)


@dataclass(frozen=True, slots=True)
class LatePayment:
    """How long a fee may be paid late, and what that costs (补缴期、滞纳金), in bp of the full fee."""

    valid_from: date
    valid_to: date | None
    grace_months: int
    rate_bp: int
    free_months: int
    max_bp: int
    source: Source
    detail_source: Source


@dataclass(frozen=True, slots=True)
class Restoration:
    """Within what time a lapsed right may be asked back, and what that costs (恢复权利)."""

    valid_from: date
    valid_to: date | None
    request_months: int
    obstacle_months: int
    obstacle_years: int
    fee_fen: Fen
    late_bp: int
    source: Source
    fee_source: Source
    late_source: Source


@dataclass(frozen=True, slots=True)
class Reduction:
    """One reduction. `years` counts from the year of grant on; 0 means without end."""

    code: ReductionCode
    valid_from: date
    valid_to: date | None
    rate_bp: int
    years: int
    switched_on: bool
    source: Source

    def covers(self, year: int, grant_year: int) -> bool:
        """Return whether the fee of patent year `year` lies in the reduction's period."""
        return year >= grant_year and (self.years == 0 or year < grant_year + self.years)


@dataclass(frozen=True, slots=True)
class CompensationFee:
    """The fee of a year by which the term was extended (补偿期年费)."""

    valid_from: date
    valid_to: date | None
    amount_fen: Fen
    switched_on: bool
    source: Source


class _Dated(Protocol):
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


_Entry = TypeVar("_Entry", bound=_Dated)


def holds_on(entry: _Dated, on: date) -> bool:
    """Return whether a dated entry holds on day `on`, both ends included."""
    return entry.valid_from <= on and (entry.valid_to is None or on <= entry.valid_to)


def _only(entries: tuple[_Entry, ...], on: date) -> _Entry | None:
    return next((entry for entry in entries if holds_on(entry, on)), None)


@dataclass(frozen=True, slots=True)
class FeeTable:
    """One version of the fee table. Of entries of one sort at most one holds on a day (`loading`)."""

    id: str
    version: str
    title: str
    read_on: date
    sources: tuple[Source, ...]
    tariffs: tuple[Tariff, ...]
    late_payments: tuple[LatePayment, ...]
    restorations: tuple[Restoration, ...]
    reductions: tuple[Reduction, ...]
    compensation_fees: tuple[CompensationFee, ...]

    def tariff(self, kind: PatentKind, on: date) -> Tariff | None:
        """Return the tariff for `kind` on day `on`, None when none is known."""
        return next((row for row in self.tariffs if row.kind is kind and holds_on(row, on)), None)

    def full_fee(self, kind: PatentKind, year: int, due_on: date) -> Fen | None:
        """Return the full fee of patent year `year` that is due on `due_on`, None when not known."""
        tariff = self.tariff(kind, due_on)
        return None if tariff is None else tariff.amount(year)

    def late_payment(self, due_on: date) -> LatePayment | None:
        """Return the rule for paying a fee late that was due on `due_on`, None when not known."""
        return _only(self.late_payments, due_on)

    def restoration(self, on: date) -> Restoration | None:
        """Return the rule for restoring a right asked back on day `on`, None when not known."""
        return _only(self.restorations, on)

    def reduction(self, code: ReductionCode, due_on: date) -> Reduction | None:
        """Return the reduction for a fee due on `due_on`; None when none is known or it is off."""
        rows = tuple(row for row in self.reductions if row.code is code and row.switched_on)
        return _only(rows, due_on)

    def basis_on(self, on: date) -> tuple[Source, ...]:
        """Return what fees, late fees and reductions rest on on day `on`, each source once."""
        found = [s for row in self.tariffs if holds_on(row, on) for s in (row.source, row.start_source)]
        late = self.late_payment(on)
        found += [] if late is None else [late.source, late.detail_source]
        found += [row.source for row in self.reductions if row.switched_on and holds_on(row, on)]
        return tuple(dict.fromkeys(found))

    def reduced_fee(
        self, kind: PatentKind, year: int, due_on: date, *, grant_year: int, code: ReductionCode
    ) -> Fen | None:
        """Return what is paid where the reduction was allowed: the full fee outside its period.

        None when the full fee is not known. Whether it was allowed, no list tells (专利收费减缴办法).
        """
        full, reduction = self.full_fee(kind, year, due_on), self.reduction(code, due_on)
        if full is None or reduction is None or not reduction.covers(year, grant_year):
            return full
        return share_of(full, _WHOLE_BP - reduction.rate_bp)


def share_of(amount: Fen, rate_bp: int) -> Fen:
    """Return `rate_bp` ten-thousandths of `amount`, rounded once, half up."""
    return round_half_up_to_fen(Fraction(amount * rate_bp, _WHOLE_BP))
