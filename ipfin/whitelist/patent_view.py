"""One patent of a firm as a reader needs it: the three layers of its state, its life, its pledge grounds.

Decides what is said about a patent and in which words; the state itself is decided in
`registry.patents`, fees and grace in `registry.maintenance`, the grounds in `gates`. Silence of a list is
said as silence: no burden listed is "free of burdens" only where the list tells burdens at all, and no
list tells which fee was paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

from ipfin.documents.charts import Chart, Series, stacked_bar_chart
from ipfin.kernel.calendar import WorkCalendar
from ipfin.kernel.identifiers import PATENT_KIND_LABELS, PatentKind
from ipfin.kernel.money import Fen, yuan
from ipfin.kernel.text import SOURCE_LOCALE, Text, _
from ipfin.registry.maintenance.loading import default_fee_table
from ipfin.registry.maintenance.outlook import Outlook, outlook
from ipfin.registry.maintenance.standing import UPKEEP_LABELS, Right, Upkeep, UpkeepState, upkeep
from ipfin.registry.maintenance.years import AnnualFee
from ipfin.registry.statuses import (
    FLAG_LABELS,
    LEGAL_STATUS_LABELS,
    VALIDITY_LABELS,
    Flag,
    LegalStatus,
    Validity,
)
from ipfin.whitelist.facts import PatentFacts
from ipfin.whitelist.gates import PLEDGE_FLAG_LABELS, WAIVABLE, PledgeFlag, flags_of
from ipfin.whitelist.patent_flags import FlagRecord, FlagState, Told, standings

_DAYS_A_YEAR = Decimal("365.25")
_TENTH = Decimal("0.1")
_NEAR = timedelta(days=30)  # how soon the end of late payment is marked
UNKNOWN_KIND = _("类型不明")
_LONGEST_CHART = 30  # years; more bars would be thinner than their labels


@dataclass(frozen=True, slots=True)
class PatentRecord:
    """What was told of one patent beside the facts that are scored: by its list, and by records."""

    facts: PatentFacts
    publication_number: str
    title: str
    legal_status: LegalStatus
    as_of: date
    source: str
    told: Told | None = None
    records: tuple[FlagRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """One refusal ground that a list or a record shows, in the words of the Measures."""

    code: PledgeFlag
    label: Text
    is_waivable: bool


@dataclass(frozen=True, slots=True)
class FeeLine:
    """An annual fee that falls due: of which patent year, by when, how much in full.

    `pay_by` is the working day to which the last day moves, None when it is one itself; it
    `is_provisional` while the days off of its year are not announced. `amount_fen` is None when no tariff
    is known.
    """

    year: int
    due_on: date
    pay_by: date | None
    is_provisional: bool
    amount_fen: Fen | None

    @property
    def amount(self) -> Text | None:
        """The full amount in words, 1,200元; None when not known."""
        return None if self.amount_fen is None else yuan_words(self.amount_fen)


@dataclass(frozen=True, slots=True)
class PendingLine:
    """An annual fee that fell due and that the list does not show to be paid.

    It can be paid until `last_day`, which `is_near`, or is past where the list `is_too_old` to tell what
    became of the right. `is_told` says that the list itself calls the fee overdue.
    """

    year: int
    due_on: date
    last_day: date
    is_told: bool
    is_near: bool
    is_too_old: bool


@dataclass(frozen=True, slots=True)
class PatentLine:
    """One patent on a page, a sheet or a paper.

    `burdens` are its pledges, preservations and other events; `tells_burdens` says whether the list
    speaks of such things at all. `last_day` (of the term) and `years_left` are None where the right is
    not in force or its end is not known; with only a filing year they count from the earliest end.
    `next_fee` is None where the right is not in force, has no fee left or tells too little;
    `lacks_fee_dates` marks the last of these. `upkeep_label` is how the right stands, `upkeep_notes` say
    what burdens change about fees and end. `unverified` are the grounds of which nothing here tells anything.
    """

    number: str
    publication_number: str
    title: str
    kind: PatentKind | None
    kind_label: Text
    filed: str
    granted_on: date | None
    validity: Validity
    validity_label: Text
    legal_label: Text
    burdens: tuple[tuple[Flag, Text], ...]
    tells_burdens: bool
    last_day: date | None
    years_left: Decimal | None
    is_end_conservative: bool
    next_fee: FeeLine | None
    pending_fee: PendingLine | None
    lacks_fee_dates: bool
    upkeep_label: Text
    upkeep_notes: tuple[Text, ...]
    grounds: tuple[Ground, ...]
    unverified: tuple[PledgeFlag, ...]
    as_of: date
    source: str

    @property
    def burden_words(self) -> tuple[Text, ...]:
        """The burdens in words; what is not told is said to be not told."""
        if self.burdens:
            return tuple(label for _flag, label in self.burdens)
        return (_("名单未列负担"),) if self.tells_burdens else (_("名单不含负担信息"),)


def patent_line(record: PatentRecord, on: date, calendar: WorkCalendar) -> PatentLine:
    """Return what is said of a patent on day `on`; `calendar` moves days of payment past days off."""
    facts = record.facts
    end = facts.term_end()
    in_force = facts.is_effective(on)
    kept = upkeep(right_of(record), on, default_fee_table(), calendar)
    return PatentLine(
        number=facts.number,
        publication_number=record.publication_number,
        title=record.title,
        kind=facts.kind,
        kind_label=PATENT_KIND_LABELS[facts.kind] if facts.kind else UNKNOWN_KIND,
        filed=facts.filed_on.isoformat() if facts.filed_on else str(facts.filing_year or ""),
        granted_on=facts.granted_on,
        validity=facts.validity,
        validity_label=VALIDITY_LABELS[facts.validity],
        legal_label=LEGAL_STATUS_LABELS[record.legal_status],
        burdens=tuple((flag, FLAG_LABELS[flag]) for flag in sorted(facts.flags)),
        tells_burdens=facts.tells_flags,
        last_day=end - timedelta(days=1) if in_force and end else None,
        years_left=years_between(on, end) if in_force and end else None,
        is_end_conservative=in_force and facts.tells_only_year,
        next_fee=_fee_line(kept.next_fee, calendar) if kept.next_fee else None,
        pending_fee=_pending_line(kept, kept.pending_fee, on, calendar) if kept.pending_fee else None,
        lacks_fee_dates=kept.state is UpkeepState.NOT_DATED,
        upkeep_label=UPKEEP_LABELS[kept.state],
        upkeep_notes=kept.notes,
        grounds=tuple(
            Ground(code, PLEDGE_FLAG_LABELS[code], code in WAIVABLE) for code in sorted(flags_of(facts, on))
        ),
        unverified=_unverified(record, on),
        as_of=record.as_of,
        source=record.source,
    )


def _unverified(record: PatentRecord, on: date) -> tuple[PledgeFlag, ...]:
    if record.told is None:
        return ()
    found = standings(record.facts, record.told, record.records, on)
    return tuple(each.code for each in found if each.state is FlagState.UNVERIFIED)


def right_of(record: PatentRecord) -> Right:
    """Return what the list told of a patent as far as fees and the end of the right depend on it."""
    facts = record.facts
    return Right(
        kind=facts.kind,
        filed_on=facts.filed_on,
        granted_on=facts.granted_on,
        validity=facts.validity,
        legal_status=record.legal_status,
        as_of=record.as_of,
        flags=facts.flags,
        ends_on=facts.expires_on,
    )


def _fee_line(fee: AnnualFee, calendar: WorkCalendar) -> FeeLine:
    pay_by = fee.pay_by(calendar)
    is_moved = pay_by != fee.due_on
    return FeeLine(
        year=fee.year,
        due_on=fee.due_on,
        pay_by=pay_by if is_moved else None,
        is_provisional=is_moved and calendar.is_provisional(pay_by),
        amount_fen=fee.amount_fen,
    )


def _pending_line(kept: Upkeep, fee: AnnualFee, on: date, calendar: WorkCalendar) -> PendingLine:
    last_day = fee.last_chance(calendar)
    return PendingLine(
        year=fee.year,
        due_on=fee.due_on,
        last_day=last_day,
        is_near=on <= last_day <= on + _NEAR,
        is_told=kept.state is UpkeepState.IN_GRACE,
        is_too_old=kept.state is UpkeepState.LIST_TOO_OLD,
    )


def portfolio_outlook(rights: Iterable[Right], on: date, calendar: WorkCalendar) -> Outlook:
    """Return the annual fees that `rights` have before them, by the fee table that ships."""
    return outlook(rights, on, default_fee_table(), calendar)


def yuan_words(amount: Fen) -> Text:
    """Return an amount in yuan without needless decimals: 1,200元, 135.50元."""
    exact = yuan(amount)
    whole = exact.to_integral_value()
    return _("%(amount)s元", amount=f"{whole if whole == exact else exact:,}")


def years_between(on: date, end: date) -> Decimal:
    """Return the years from `on` to `end` with one decimal, the rest cut off; 0 when it is over."""
    days = max(0, (end - on).days)
    return (days / _DAYS_A_YEAR).quantize(_TENTH, ROUND_FLOOR)


def year_chart(
    counts: Sequence[tuple[int, PatentKind | None, int]], *, locale: str = SOURCE_LOCALE
) -> Chart | None:
    """Return patents by filing year and kind as stacked bars, no year left out; None without any.

    Args:
        counts: (filing year, kind, patents), each pair once.
    """
    if not counts:
        return None
    found = {(year, kind): count for year, kind, count in counts}
    last = max(year for year, _kind, _count in counts)
    earliest = min(year for year, _kind, _count in counts)
    first = max(earliest, last - _LONGEST_CHART + 1)
    described = (
        _("每年申请的专利件数，含审中和已失效的。")
        if first == earliest
        else _("每年申请的专利件数，含审中和已失效的；%(first)s年以前的未画出。", first=first)
    )
    years = range(first, last + 1)
    kinds: list[PatentKind | None] = [*PatentKind, None]
    series = [
        Series(PATENT_KIND_LABELS[kind] if kind else UNKNOWN_KIND, [found.get((y, kind), 0) for y in years])
        for kind in kinds
        if any(found.get((year, kind)) for year in years)
    ]
    return stacked_bar_chart(
        _("按申请年和类型的专利件数"),
        described,
        [str(year) for year in years],
        series,
        unit=_("件"),
        height=240,
        locale=locale,
    )


def kind_chart(
    counts: Sequence[tuple[PatentKind | None, Validity, int]], *, locale: str = SOURCE_LOCALE
) -> Chart | None:
    """Return patents by kind and validity as stacked bars; None without any.

    Args:
        counts: (kind, validity, patents), each pair once.
    """
    if not counts:
        return None
    found = {(kind, validity): count for kind, validity, count in counts}
    kinds = [kind for kind in (*PatentKind, None) if any((kind, each) in found for each in Validity)]
    series = [
        Series(VALIDITY_LABELS[each], [found.get((kind, each), 0) for kind in kinds])
        for each in Validity
        if any((kind, each) in found for kind in kinds)
    ]
    return stacked_bar_chart(
        _("按类型和有效性的专利件数"),
        _("每种类型的专利件数，按名单所示有效性分开。"),
        [PATENT_KIND_LABELS[kind] if kind else UNKNOWN_KIND for kind in kinds],
        series,
        unit=_("件"),
        horizontal=True,
        locale=locale,
    )
