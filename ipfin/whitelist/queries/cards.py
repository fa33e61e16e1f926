"""Scorecards: which one is in force on a day for which use, its versions, the drafts of new ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from ipfin.bulk import in_chunks
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _
from ipfin.registry.models import Enterprise
from ipfin.whitelist.activation import DRAFT_LIFECYCLE
from ipfin.whitelist.models import CardActivation, CardDraft, CardSimulation, ScorecardVersion
from ipfin.whitelist.scorecard import Scenario


def activation_in_force(
    session: Session, on: date, scenario: Scenario = Scenario.WHITELIST
) -> CardActivation | None:
    """Return the act by which a card scores on the data of day `on`, None where there is none yet."""
    return session.scalar(
        select(CardActivation)
        .where(
            CardActivation.scenario == scenario,
            CardActivation.active_from <= on,
            CardActivation.withdrawn_on.is_(None),
        )
        .order_by(CardActivation.active_from.desc(), CardActivation.id.desc())
        .limit(1)
        .options(joinedload(CardActivation.card_version))
    )


def active_card(
    session: Session, on: date, scenario: Scenario = Scenario.WHITELIST
) -> ScorecardVersion | None:
    """Return the scorecard version that is in force on day `on` for a use."""
    found = activation_in_force(session, on, scenario)
    return found.card_version if found else None


def first_day_of(session: Session, scenario: Scenario) -> date | None:
    """Return the first day on which any card scores for a use."""
    return session.scalar(
        select(CardActivation.active_from)
        .where(CardActivation.scenario == scenario, CardActivation.withdrawn_on.is_(None))
        .order_by(CardActivation.active_from)
        .limit(1)
    )


def activations(session: Session, *, version_id: int | None = None) -> Sequence[CardActivation]:
    """Return every act of putting a card in force, or those of one version, the latest day first."""
    where = [] if version_id is None else [CardActivation.card_version_id == version_id]
    return session.scalars(
        select(CardActivation)
        .where(*where)
        .order_by(CardActivation.active_from.desc(), CardActivation.id.desc())
        .options(joinedload(CardActivation.card_version))
    ).all()


def activation_by_id(session: Session, activation_id: int) -> CardActivation:
    """Return one act.

    Raises:
        NotFound: there is none.
    """
    found = session.get(CardActivation, activation_id)
    if found is None:
        raise NotFound(_("没有这条启用记录。"))
    return found


def versions(session: Session) -> Sequence[ScorecardVersion]:
    """Return all versions of all cards, the newest first."""
    return session.scalars(select(ScorecardVersion).order_by(ScorecardVersion.id.desc())).all()


def version_by_id(session: Session, version_id: int) -> ScorecardVersion:
    """Return one version.

    Raises:
        NotFound: there is none.
    """
    found = session.get(ScorecardVersion, version_id)
    if found is None:
        raise NotFound(_("没有这一版评分卡。"))
    return found


def version_named(session: Session, card_id: str, version: str) -> ScorecardVersion | None:
    """Return the version of a card that has this number."""
    return session.scalar(
        select(ScorecardVersion).where(
            ScorecardVersion.card_id == card_id, ScorecardVersion.version == version
        )
    )


def open_drafts(session: Session) -> Sequence[CardDraft]:
    """Return the drafts that somebody works on or that wait for approval, the last saved first."""
    return session.scalars(
        select(CardDraft)
        .where(CardDraft.state.in_(DRAFT_LIFECYCLE.open_states))
        .order_by(CardDraft.saved_at.desc(), CardDraft.id.desc())
    ).all()


def simulation_of(session: Session, draft_id: int, card_sha256: str) -> CardSimulation | None:
    """Return the last simulation of a draft with this very content."""
    return session.scalar(
        select(CardSimulation)
        .where(CardSimulation.draft_id == draft_id, CardSimulation.card_sha256 == card_sha256)
        .order_by(CardSimulation.id.desc())
        .limit(1)
    )


def simulation_by_id(session: Session, draft_id: int, simulation_id: int) -> CardSimulation:
    """Return one simulation of a draft.

    Raises:
        NotFound: there is none.
    """
    found = session.get(CardSimulation, simulation_id)
    if found is None or found.draft_id != draft_id:
        raise NotFound(_("没有这次模拟。"))
    return found


def named_firms(
    session: Session, ids: Collection[int], visible: ColumnElement[bool]
) -> dict[int, Enterprise]:
    """Return those of some firms that a reader may see."""
    found: dict[int, Enterprise] = {}
    for chunk in in_chunks(sorted(ids)):
        rows = session.scalars(select(Enterprise).where(Enterprise.id.in_(chunk), visible))
        found |= {firm.id: firm for firm in rows}
    return found


def draft_by_id(session: Session, draft_id: int) -> CardDraft:
    """Return one draft.

    Raises:
        NotFound: there is none.
    """
    found = session.get(CardDraft, draft_id)
    if found is None:
        raise NotFound(_("没有这份评分卡草稿。"))
    return found
