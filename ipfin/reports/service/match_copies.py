"""Copies of the queue of firms that may be one. Issued by `copies`, like every other copy."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, require
from ipfin.accounts.queries import enterprises_visible_to
from ipfin.config import Settings
from ipfin.kernel.actor import Actor
from ipfin.kernel.text import SOURCE_LOCALE, Text, _
from ipfin.registry.lifecycle import MATCH_LABELS, MatchState
from ipfin.registry.models import Enterprise, MatchCandidate
from ipfin.registry.queries import regions
from ipfin.registry.queries.matching import all_candidates
from ipfin.registry.resolution.assessment import TIER_LABELS
from ipfin.reports.firm_export import ExportPurpose
from ipfin.reports.match_export import PairLine, PairSide, pair_sheet
from ipfin.reports.service.copies import Copy
from ipfin.reports.service.list_copies import ListCopy, make_list_copy, require_rows

MOST_PAIRS: Final = 5_000  # made while the page waits


def make_match_copy(
    session: Session,
    actor: Actor,
    state: MatchState,
    purpose: ExportPurpose,
    *,
    settings: Settings,
    on: date,
    locale: str = SOURCE_LOCALE,
) -> Copy:
    """Make a sheet of exactly the pairs that the queue holds in a state for `actor`.

    Raises:
        NotAllowed: the actor may not copy firms.
        Conflict: the queue is empty, or too long for one copy.
    """
    require(actor, P.OFFICE_ENTERPRISES_EXPORT)
    pairs = all_candidates(session, enterprises_visible_to(actor), state, most=MOST_PAIRS + 1)
    require_rows(pairs, MOST_PAIRS, _("记录超过%(most)s条，请先处理一部分再导出。", most=MOST_PAIRS))
    names = {region.code: region.name for region in regions(session)}
    filters = [(_("结论"), MATCH_LABELS[state])]
    said = ListCopy(_("企业归并队列"), purpose, "match", {"state": state.value}, on, filters)
    return make_list_copy(
        actor,
        said,
        settings,
        rows=len(pairs),
        synthetic=any(firm.is_synthetic for pair in pairs for firm in (pair.first, pair.second)),
        fill=lambda head: pair_sheet(head, [_line(pair, names) for pair in pairs], locale=locale),
    )


def _line(pair: MatchCandidate, names: dict[str, str]) -> PairLine:
    return PairLine(
        first=_side(pair.first, names),
        second=_side(pair.second, names),
        tier=TIER_LABELS[pair.tier],
        bits_e2=pair.bits_e2,
        features=tuple(Text.from_json(feature["sentence"]) for feature in pair.features),
        verdict=MATCH_LABELS[pair.state],
        reason=pair.reason,
        decided_by=pair.decided_by,
        decided_at=pair.decided_at,
    )


def _side(firm: Enterprise, names: dict[str, str]) -> PairSide:
    region = names.get(firm.region_code or "", firm.locality)
    return PairSide(firm.name, firm.credit_code or "", region, firm.patent_count)
