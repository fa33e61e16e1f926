"""Whether only the firms that changed need to be scored, and how many they are."""

from __future__ import annotations

from datetime import date

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import _
from ipfin.registry.models import EnterpriseChange
from ipfin.whitelist.models import ScoreRun
from ipfin.whitelist.queries.cards import active_card
from ipfin.whitelist.queries.cohorts import reference_in_force
from ipfin.whitelist.queries.runs import latest_run


def base_on(session: Session, on: date) -> ScoreRun:
    """Return the run on which a run of only the changed firms of day `on` can stand.

    Raises:
        Conflict: there is none; the sentence says why everybody has to be scored.
    """
    base = latest_run(session)
    if base is None:
        raise Conflict(_("还没有评分，须先全量评分。"))
    if base.data_as_of != on:
        raise Conflict(
            _(
                "上次评分的数据日期是%(day)s，保护期、年限每天都在变，换一天须全量评分。",
                day=base.data_as_of.isoformat(),
            )
        )
    card, reference = active_card(session, on), reference_in_force(session)
    if card is None or card.id != base.card_version_id:
        raise Conflict(_("上次评分以后换了评分卡，须全量评分。"))
    if reference is None or reference.id != base.cohort_reference_id:
        raise Conflict(_("上次评分以后换了同类参照，须全量评分。"))
    if base.rescored_count is None:  # its sheets have no gist
        raise Conflict(_("上次评分是旧版本做的，须全量评分一次。"))
    return base


def changed_on(session: Session, on: date) -> int | None:
    """Return how many firms changed since the last run, None where everybody has to be scored."""
    try:
        base_on(session, on)
    except Conflict:
        return None
    return session.scalar(select(func.count(distinct(EnterpriseChange.enterprise_id))))
