"""The gates of one firm for a page: records, looks into registers, and what lists say of its patents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.conduct.consultation import consulted_on
from ipfin.conduct.queries import looks
from ipfin.registry.models import Patent
from ipfin.registry.pledge_grounds import FlagWord, PledgeFlag
from ipfin.registry.queries import held_by
from ipfin.whitelist.facts import PatentFacts
from ipfin.whitelist.gate_view import FlagLine, GateView, flag_lines, gate_view
from ipfin.whitelist.gates import flags_of
from ipfin.whitelist.patent_flags import deciding
from ipfin.whitelist.publication import Policy
from ipfin.whitelist.queries.facts import firm_facts, gates_of
from ipfin.whitelist.queries.patent_flags import records_of_patents


def gates_of_firm(session: Session, enterprise_id: int, on: date, policy: Policy) -> GateView:
    """Return how every gate of a firm stands on day `on`, and which grounds its patents show."""
    seen = looks(session, on)
    consulted = consulted_on(seen, on, policy.consultation_days)
    facts = firm_facts(session, [enterprise_id], on)
    return gate_view(
        gates_of(session, facts, on, consulted=consulted)[enterprise_id],
        seen,
        days=policy.consultation_days,
        not_applicable=policy.not_applicable,
        flags=_flags(session, enterprise_id, facts[enterprise_id].patents, on),
    )


def _flags(
    session: Session, enterprise_id: int, patents: Iterable[PatentFacts], on: date
) -> tuple[FlagLine, ...]:
    """Return the grounds that a firm's patents show, each with the day and source of what told it."""
    rows = session.scalars(select(Patent).where(Patent.id.in_(held_by(enterprise_id)))).all()
    by_number = {row.application_number or row.publication_root: row for row in rows}
    records = records_of_patents(session, [row.id for row in rows])

    def told(ground: PledgeFlag, patent: Patent) -> tuple[date, str]:
        record = deciding(records.get(patent.id, []), on).get(ground)
        if record is not None and record.word is FlagWord.THERE:
            return record.effective_on, record.source
        return patent.flags_as_of or patent.as_of, patent.source

    return flag_lines(
        (ground, *told(ground, by_number[patent.number]))
        for patent in patents
        for ground in flags_of(patent, on)
    )
