"""How a recorded fact of a firm reads on a page: its kind, its value with unit, its source."""

from __future__ import annotations

from collections.abc import Mapping

from ipfin.kernel.text import Text, _
from ipfin.registry.fact_kinds import capital_words
from ipfin.registry.models import FACT_KIND_LABELS, EnterpriseFact, FactKind, FactSource
from ipfin.web.i18n import in_reader_language
from ipfin.whitelist.facts import PLEDGE_HISTORY_LABELS, TITLE_LABELS, PledgeHistory, Title
from ipfin.whitelist.queries import NO_TITLE

SOURCE_LABELS: Mapping[FactSource, Text] = {
    FactSource.LIST: _("名单导入"),
    FactSource.DECLARED: _("企业申报"),
    FactSource.OFFICE: _("主管部门登记"),
    FactSource.CORRECTION: _("更正申请核实"),
}
_IN_BASIS_POINTS = frozenset({FactKind.RD_SHARE_BP, FactKind.REVENUE_GROWTH_BP})


def fact_kind_label(fact: EnterpriseFact) -> Text:
    """Return what the fact is about."""
    return FACT_KIND_LABELS[fact.kind]


def fact_source_label(fact: EnterpriseFact) -> Text:
    """Return who said it."""
    return SOURCE_LABELS[fact.source]


def fact_value(fact: EnterpriseFact) -> str:
    """Return the value with its unit, in the reader's language."""
    if fact.kind is FactKind.TITLE:
        return in_reader_language(_("无") if fact.word == NO_TITLE else TITLE_LABELS[Title(fact.word)])
    if fact.kind is FactKind.PLEDGE_HISTORY:
        return in_reader_language(PLEDGE_HISTORY_LABELS[PledgeHistory(fact.word)])
    if fact.kind is FactKind.REGISTERED_CAPITAL and fact.number is not None:
        return capital_words(fact.number, fact.word)
    if fact.number is None:
        return fact.word
    if fact.kind in _IN_BASIS_POINTS:
        return f"{fact.number / 100:.2f}%"
    return f"{fact.number:.0f}"
