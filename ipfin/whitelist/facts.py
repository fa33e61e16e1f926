"""What is known of a firm and its patents when it is scored, and what "unknown" means.

Decides the shape of the facts only. None always means "not known": never zero, never "no". Values are
computed in `indicators`; where the facts come from is the caller's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from ipfin.kernel.identifiers import PatentKind
from ipfin.kernel.text import Text, _
from ipfin.registry.patents import expiry_on
from ipfin.registry.statuses import Flag, Validity
from ipfin.whitelist.scorecard import plain


class Missing(StrEnum):
    """Why an indicator has no value (缺项原因)."""

    SOURCE = "source"  # 来源没有这一栏
    UNDECLARED = "undeclared"  # 已要求申报而未申报


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of one indicator, in the unit of the card, or the reason why there is none.

    Exactly one of `value` and `missing` is set. `note` says what a reader must know of a known value
    (a conservative bound, patents left out) or why there is no value.
    """

    value: Decimal | None
    missing: Missing | None = None
    note: Text | None = None

    def __post_init__(self) -> None:
        """Refuse a reading that is both known and unknown, or neither: a fault of the program."""
        if (self.value is None) == (self.missing is None):
            raise ValueError("a reading has a value or a reason for having none")


class Title(StrEnum):
    """A title that the State or the province gave a firm (企业资质)."""

    TECH_SME = "tech_sme"  # 科技型中小企业
    HIGH_TECH = "high_tech"  # 高新技术企业
    PROVINCIAL_SPECIALISED = "provincial_specialised"  # 省级专精特新
    PROVINCIAL_IP = "provincial_ip"  # 省级知识产权优势或示范
    NATIONAL_LITTLE_GIANT = "national_little_giant"  # 国家专精特新“小巨人”
    NATIONAL_IP = "national_ip"  # 国家知识产权优势或示范


TITLE_LABELS: Final[Mapping[Title, Text]] = {
    Title.TECH_SME: _("科技型中小企业"),
    Title.HIGH_TECH: _("高新技术企业"),
    Title.PROVINCIAL_SPECIALISED: _("省级专精特新企业"),
    Title.PROVINCIAL_IP: _("省级知识产权优势或示范企业"),
    Title.NATIONAL_LITTLE_GIANT: _("国家专精特新“小巨人”企业"),
    Title.NATIONAL_IP: _("国家知识产权优势或示范企业"),
}


@dataclass(frozen=True, slots=True)
class HeldTitle:
    """A title that a firm holds; `expires_on` is the first day without it, None when it has no end."""

    title: Title
    expires_on: date | None = None


class TaxCredit(StrEnum):
    """The grade that the tax office gave (纳税信用级别)."""

    A = "A"
    B = "B"
    M = "M"
    C = "C"
    D = "D"


class PledgeHistory(StrEnum):
    """What became of the firm's loans against IP (质押融资记录); the worst one counts."""

    REPAID = "repaid"  # 已结清
    NONE = "none"  # 没有记录
    EXTENDED = "extended"  # 展期
    OVERDUE = "overdue"  # 逾期


PLEDGE_HISTORY_LABELS: Final[Mapping[PledgeHistory, Text]] = {
    PledgeHistory.REPAID: _("已结清"),
    PledgeHistory.NONE: _("没有记录"),
    PledgeHistory.EXTENDED: _("曾经展期"),
    PledgeHistory.OVERDUE: _("曾经逾期"),
}


@dataclass(frozen=True, slots=True)
class PatentFacts:
    """One distinct patent of a firm, as far as the lists tell.

    `number` identifies it (application number, else publication root). `filing_year` serves where
    `filed_on` is not known. `expires_on` is the first day out of force. `tells_flags` says whether the
    source lists legal events at all: without it, no flag does not mean no burden. `ipc_subclasses` are
    four characters each, the main one first. `transferred_in_on` is the day on which the firm acquired
    the patent from another, and `twin_number` the other half of an invention filed twice on one day.
    `shown_grounds` and `cleared_grounds` are codes of refusal grounds that a person recorded with proof: as
    there, or as looked into and not there (`patent_flags`).
    """

    number: str
    kind: PatentKind | None
    validity: Validity
    filed_on: date | None = None
    filing_year: int | None = None
    granted_on: date | None = None
    was_granted: bool = False
    expires_on: date | None = None
    ipc_subclasses: tuple[str, ...] = ()
    claims_count: int | None = None
    cited_by_count: int | None = None
    flags: frozenset[Flag] = frozenset()
    tells_flags: bool = False
    transferred_in_on: date | None = None
    twin_number: str | None = None
    shown_grounds: frozenset[str] = frozenset()
    cleared_grounds: frozenset[str] = frozenset()

    @property
    def year(self) -> int | None:
        """The filing year, from the date or told alone."""
        return self.filed_on.year if self.filed_on is not None else self.filing_year

    @property
    def is_twin(self) -> bool:
        """Whether the same invention was filed as invention and as utility model (一案双申)."""
        return self.twin_number is not None or Flag.TWIN_FILING in self.flags

    @property
    def has_records(self) -> bool:
        """Whether a person recorded something about its refusal grounds."""
        return bool(self.shown_grounds or self.cleared_grounds)

    def term_end(self) -> date | None:
        """Return the first day out of force, None when neither the list nor the law tells it.

        With only a filing year the patent counts as filed on 1 January: the true end is not earlier.
        """
        if self.expires_on is not None or self.kind is None:
            return self.expires_on
        filed_on = self.filed_on
        if filed_on is None and self.filing_year is not None:
            filed_on = date(self.filing_year, 1, 1)
        return None if filed_on is None else expiry_on(self.kind, filed_on)

    @property
    def tells_only_year(self) -> bool:
        """Whether the end of the term rests on a filing year alone."""
        return self.expires_on is None and self.filed_on is None and self.filing_year is not None

    def is_effective(self, on: date) -> bool:
        """Whether the right is in force on day `on`: listed as valid and its term not over.

        A filing year alone proves no end: the list's word stands.
        """
        if self.validity is not Validity.VALID:
            return False
        end = None if self.tells_only_year else self.term_end()
        return end is None or on < end

    def is_alive(self, on: date) -> bool:
        """Whether it is in force or still under examination on day `on`."""
        return self.validity is Validity.PENDING or self.is_effective(on)

    def as_inputs(self) -> list[Any]:
        """Return every fact in a fixed order, for the digest of a score's inputs."""
        return [
            self.number,
            self.kind,
            self.validity,
            self.filed_on,
            self.filing_year,
            self.granted_on,
            self.was_granted,
            self.expires_on,
            self.ipc_subclasses,
            self.claims_count,
            self.cited_by_count,
            sorted(self.flags),
            self.tells_flags,
            self.transferred_in_on,
            self.twin_number,
            # Only where something was recorded: every other digest stays what it was.
            *([sorted(self.shown_grounds), sorted(self.cleared_grounds)] if self.has_records else []),
        ]


@dataclass(frozen=True, slots=True)
class FirmFacts:
    """All that is known of one firm. Percentages are in per cent: 5 means 5 %.

    `dealings` counts recorded licences, transfers out and open licences. `titles` is None when nobody
    said anything, and empty when the firm said that it has none. `asked` holds the codes of the
    indicators that the firm was asked to declare and whose time for answering is over.
    `lapsed_listed` says whether one of the lists that the firm's patents came with names lapsed patents.
    """

    patents: tuple[PatentFacts, ...] = ()
    established_on: date | None = None
    filed_products: int | None = None
    dealings: int | None = None
    foreign_jurisdictions: int | None = None
    titles: tuple[HeldTitle, ...] | None = None
    rd_percent: Decimal | None = None
    tax_credit: TaxCredit | None = None
    revenue_growth_percent: Decimal | None = None
    pledge_history: PledgeHistory | None = None
    asked: frozenset[str] = frozenset()
    lapsed_listed: bool = False

    def as_inputs(self) -> dict[str, Any]:
        """Return every fact as plain data; the order in which patents were handed over does not count."""
        titles = self.titles
        return {
            "patents": sorted((patent.as_inputs() for patent in self.patents), key=lambda row: str(row[0])),
            "established_on": self.established_on,
            "filed_products": self.filed_products,
            "dealings": self.dealings,
            "foreign_jurisdictions": self.foreign_jurisdictions,
            "titles": None if titles is None else sorted([t.title, str(t.expires_on)] for t in titles),
            "rd_percent": None if self.rd_percent is None else plain(self.rd_percent),
            "tax_credit": self.tax_credit,
            "revenue_growth_percent": (
                None if self.revenue_growth_percent is None else plain(self.revenue_growth_percent)
            ),
            "pledge_history": self.pledge_history,
            "asked": sorted(self.asked),
            "lapsed_listed": self.lapsed_listed,
        }
