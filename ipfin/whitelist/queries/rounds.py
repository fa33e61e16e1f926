"""Rounds of the whitelist and their candidates."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from ipfin.conduct.consultation import REGISTERS, consulted_on, last_day_of
from ipfin.conduct.models import RegisterConsultation
from ipfin.conduct.queries import last_consultations, looks
from ipfin.conduct.rules import ConductCode
from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.kernel.text import Text, _
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import keyset
from ipfin.whitelist.admission import ROUND_LIFECYCLE, EntryOutcome, RoundState
from ipfin.whitelist.models import GateWaiver, RoundEntry, ScoreSheet, WhitelistRound
from ipfin.whitelist.publication import GateCover, Policy

PUBLIC = frozenset({RoundState.NOTICED, RoundState.PUBLISHED})
"""The states in which everybody may read a round."""


def rounds_page(
    session: Session, *, cursor: str | None, published_only: bool = False, size: int = 50
) -> Page[WhitelistRound]:
    """Return one page of rounds, the latest first."""
    place = decode_cursor(cursor, order="number", types=(int,)) if cursor else None
    statement = select(WhitelistRound)
    if published_only:
        statement = statement.where(WhitelistRound.state == RoundState.PUBLISHED)
    statement = keyset(statement, WhitelistRound.number, WhitelistRound.id, place, ascending=False, size=size)
    rows = session.scalars(statement).all()
    return page_of(rows, size=size, cursor=place, place=lambda r: ((r.number,), r.id), order="number")


def round_by_number(session: Session, number: int, *, public_only: bool = False) -> WhitelistRound:
    """Return a round.

    Raises:
        NotFound: there is none, or it is neither under notice nor published and only such were asked for.
    """
    found = session.scalar(select(WhitelistRound).where(WhitelistRound.number == number))
    if found is None or (public_only and found.state not in PUBLIC):
        raise NotFound(_("没有这个白名单批次。"))
    return found


def open_round(session: Session) -> WhitelistRound | None:
    """Return the round that is being prepared, waits for its second person, or is under notice."""
    return session.scalar(select(WhitelistRound).where(WhitelistRound.state.in_(ROUND_LIFECYCLE.open_states)))


def entry_counts(
    session: Session, round_id: int, *, visible: ColumnElement[bool] | None = None
) -> dict[EntryOutcome, int]:
    """Return how many candidates of a round, of the firms that `visible` names, have each outcome."""
    where = [RoundEntry.round_id == round_id, *([] if visible is None else [visible])]
    rows = session.execute(
        select(RoundEntry.outcome, func.count())
        .join(Enterprise, Enterprise.id == RoundEntry.enterprise_id)
        .where(*where)
        .group_by(RoundEntry.outcome)
    )
    return dict.fromkeys(EntryOutcome, 0) | dict(rows.all())


def entries_page(
    session: Session,
    round_id: int,
    visible: ColumnElement[bool],
    *,
    outcome: EntryOutcome | None = None,
    cursor: str | None = None,
    size: int = 50,
) -> Page[RoundEntry]:
    """Return one page of a round's candidates, the best graded score first."""
    where = [RoundEntry.round_id == round_id, visible]
    if outcome is not None:
        where.append(RoundEntry.outcome == outcome)
    place = decode_cursor(cursor, order="graded", types=(int,)) if cursor else None
    joined = (
        select(RoundEntry)
        .join(ScoreSheet, ScoreSheet.id == RoundEntry.sheet_id)
        .join(Enterprise, Enterprise.id == RoundEntry.enterprise_id)
        .where(*where)
    )
    statement = keyset(
        joined.options(
            joinedload(RoundEntry.enterprise),
            joinedload(RoundEntry.sheet).joinedload(ScoreSheet.robustness),
        ),
        ScoreSheet.graded_e4,
        RoundEntry.id,
        place,
        ascending=False,
        size=size,
    )
    rows = session.scalars(statement).all()
    total = session.scalar(select(func.count()).select_from(joined.subquery()))
    return page_of(
        rows,
        size=size,
        cursor=place,
        place=lambda e: ((e.sheet.graded_e4,), e.id),
        order="graded",
        total=total,
    )


def entry_of(session: Session, round_id: int, public_id: str, visible: ColumnElement[bool]) -> RoundEntry:
    """Return a firm's entry in a round.

    Raises:
        NotFound: the firm is no candidate of it, or not one of those that `visible` names.
    """
    found = session.scalar(
        select(RoundEntry)
        .join(Enterprise, Enterprise.id == RoundEntry.enterprise_id)
        .where(RoundEntry.round_id == round_id, Enterprise.public_id == public_id, visible)
        .options(joinedload(RoundEntry.enterprise), joinedload(RoundEntry.sheet))
    )
    if found is None:
        raise NotFound(_("本批次没有这家候选企业。"))
    return found


def entries_named(
    session: Session, round_id: int, public_ids: Collection[str], visible: ColumnElement[bool]
) -> Sequence[RoundEntry]:
    """Return the entries of these firms in a round, the best graded score first.

    Raises:
        NotFound: one of them is no candidate of it, or not one of those that `visible` names.
    """
    found = session.scalars(
        _with_firms(round_id, visible).where(Enterprise.public_id.in_(sorted(public_ids)))
    ).all()
    if len(found) != len(set(public_ids)):
        raise NotFound(_("本批次没有这家候选企业。"))
    return found


def waiting_overrides(
    session: Session, round_id: int, visible: ColumnElement[bool]
) -> list[tuple[str, str, list[RoundEntry]]]:
    """Return who proposed what for which reason and still waits: proposer, reason, entries.

    Proposals of one person with one reason stand together: they were made, and are decided, as one list.
    """
    rows = session.scalars(
        _with_firms(round_id, visible).where(
            RoundEntry.override_outcome.is_not(None), RoundEntry.override_approved_by_user_id.is_(None)
        )
    )
    found: dict[tuple[int | None, str], list[RoundEntry]] = {}
    for row in rows:
        found.setdefault((row.overridden_by_user_id, row.override_reason), []).append(row)
    return [(entries[0].overridden_by, reason, entries) for (_user, reason), entries in found.items()]


def _with_firms(round_id: int, visible: ColumnElement[bool]) -> Select[RoundEntry]:
    return (
        select(RoundEntry)
        .join(Enterprise, Enterprise.id == RoundEntry.enterprise_id)
        .join(ScoreSheet, ScoreSheet.id == RoundEntry.sheet_id)
        .where(RoundEntry.round_id == round_id, visible)
        .options(joinedload(RoundEntry.enterprise), joinedload(RoundEntry.sheet))
        .order_by(ScoreSheet.graded_e4.desc(), RoundEntry.id)
    )


def open_overrides(session: Session, round_id: int) -> int:
    """Return how many overrides of a round wait for their second person."""
    statement = (
        select(func.count())
        .select_from(RoundEntry)
        .where(
            RoundEntry.round_id == round_id,
            RoundEntry.override_outcome.is_not(None),
            RoundEntry.override_approved_by_user_id.is_(None),
        )
    )
    return session.scalar(statement) or 0


def waivers_of(session: Session, round_id: int) -> dict[ConductCode, GateWaiver]:
    """Return the registers that a round does without, with who said so and why."""
    rows = session.scalars(select(GateWaiver).where(GateWaiver.round_id == round_id))
    return {row.code: row for row in rows}


@dataclass(frozen=True, slots=True)
class RegisterState:
    """How one register of exclusions stands for a round: what the page says of it."""

    code: ConductCode
    name: Text
    look: RegisterConsultation | None
    last_day: date | None  # on which the look counts
    counts: bool
    waiver: GateWaiver | None
    is_applicable: bool

    @property
    def is_open(self) -> bool:
        """Whether publication waits for it."""
        return self.is_applicable and not self.counts and self.waiver is None


def registers_of(session: Session, round_: WhitelistRound, on: date, policy: Policy) -> list[RegisterState]:
    """Return how every register stands for a round on day `on`, in the order of their codes."""
    last, waivers = last_consultations(session, on), waivers_of(session, round_.id)
    cover = cover_of(session, round_, on, policy)
    return [
        RegisterState(
            code=code,
            name=name,
            look=last.get(code),
            last_day=last_day_of(last[code].consulted_on, policy.consultation_days) if code in last else None,
            counts=code in cover.consulted,
            waiver=waivers.get(code),
            is_applicable=code not in cover.not_applicable,
        )
        for code, name in REGISTERS.items()
    ]


def cover_of(session: Session, round_: WhitelistRound, on: date, policy: Policy) -> GateCover:
    """Return how each register of exclusions stands for a round on day `on`."""
    return GateCover(
        consulted=consulted_on(looks(session, on), on, policy.consultation_days),
        waived=frozenset(waivers_of(session, round_.id)),
        not_applicable=policy.not_applicable,
    )
