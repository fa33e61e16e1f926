"""The recorded facts of a firm as people read them: by what they are about, each with source and day.

Decides how a value reads and when two sources contradict each other: when the latest word of one differs
from the latest word of another. Both are then shown with their days; which is right is for people to say.
Titles stand beside each other: they contradict only a source that says that there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from ipfin.kernel.text import Text, _
from ipfin.registry.fact_kinds import capital_words
from ipfin.registry.models import FACT_KIND_LABELS, EnterpriseFact, FactKind, FactSource
from ipfin.whitelist.facts import PLEDGE_HISTORY_LABELS, TITLE_LABELS, PledgeHistory, Title
from ipfin.whitelist.queries import NO_TITLE

SOURCE_LABELS: Final[Mapping[FactSource, Text]] = {
    FactSource.LIST: _("名单导入"),
    FactSource.DECLARED: _("企业申报"),
    FactSource.OFFICE: _("主管部门登记"),
    FactSource.CORRECTION: _("更正申请核实"),
}
_IN_BASIS_POINTS: Final = frozenset({FactKind.RD_SHARE_BP, FactKind.REVENUE_GROWTH_BP})


@dataclass(frozen=True, slots=True)
class SaidFact:
    """One recorded fact. `is_latest` when its source has said nothing newer of the same."""

    value: Text | str
    source: Text
    as_of: date
    expires_on: date | None
    evidence: str
    is_latest: bool


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Everything recorded of one thing, the latest day first; `is_contested` by another source."""

    kind: FactKind
    label: Text
    facts: tuple[SaidFact, ...]
    is_contested: bool

    @property
    def present(self) -> list[SaidFact]:
        """The latest word; of a contested thing each source's, of titles each title's."""
        latest = [fact for fact in self.facts if fact.is_latest]
        return (
            latest
            if self.is_contested
            else list({fact.value: fact for fact in reversed(latest)}.values())[::-1]
        )


def fact_value(fact: EnterpriseFact) -> Text | str:
    """Return the value with its unit."""
    if fact.kind is FactKind.TITLE:
        return _("无") if fact.word == NO_TITLE else TITLE_LABELS[Title(fact.word)]
    if fact.kind is FactKind.PLEDGE_HISTORY:
        return PLEDGE_HISTORY_LABELS[PledgeHistory(fact.word)]
    if fact.kind is FactKind.REGISTERED_CAPITAL and fact.number is not None:
        return capital_words(fact.number, fact.word)
    if fact.number is None:
        return fact.word
    if fact.kind in _IN_BASIS_POINTS:
        return f"{fact.number / 100:.2f}%"
    return f"{fact.number:.0f}"


def grouped(facts: Iterable[EnterpriseFact]) -> list[FactGroup]:
    """Return the facts of a firm by what they are about, in the order of the kinds."""
    order = list(FactKind)
    rows = sorted(facts, key=lambda fact: (order.index(fact.kind), -fact.as_of.toordinal(), -fact.id))
    return [_group(kind, tuple(of_kind)) for kind, of_kind in groupby(rows, key=lambda fact: fact.kind)]


def _group(kind: FactKind, facts: tuple[EnterpriseFact, ...]) -> FactGroup:
    newest: dict[FactSource, EnterpriseFact] = {}
    latest: dict[tuple[FactSource, str], EnterpriseFact] = {}
    for fact in facts:
        last = newest.setdefault(fact.source, fact)
        if last is fact or _stand_together(last, fact):
            latest.setdefault((fact.source, fact.word), fact)
    said = {
        fact.word == NO_TITLE if kind is FactKind.TITLE else (fact.number, fact.word)
        for fact in newest.values()
    }
    present = list(latest.values())
    return FactGroup(
        kind,
        FACT_KIND_LABELS[kind],
        tuple(
            SaidFact(
                fact_value(fact),
                SOURCE_LABELS[fact.source],
                fact.as_of,
                fact.expires_on,
                fact.evidence,
                any(fact is one for one in present),
            )
            for fact in facts
        ),
        len(said) > 1,
    )


def _stand_together(one: EnterpriseFact, other: EnterpriseFact) -> bool:
    """Whether two facts of one source both hold: titles do, whatever their days."""
    return one.kind is FactKind.TITLE and NO_TITLE not in (one.word, other.word)


def present_words(groups: Iterable[FactGroup]) -> list[tuple[Text, SaidFact]]:
    """Return (label, fact) of the latest word on each thing; of a contested one, each source's."""
    return [(group.label, fact) for group in groups for fact in group.present]
