"""The gates of one firm for a page: records, looks into registers, and what lists say of its patents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.conduct.consultation import consulted_on
from ipfin.conduct.queries import looks
from ipfin.registry.models import Applicant, Patent, PatentApplicant
from ipfin.whitelist.facts import PatentFacts
from ipfin.whitelist.gate_view import FlagLine, GateView, flag_lines, gate_view
from ipfin.whitelist.gates import flags_of
from ipfin.whitelist.publication import Policy
from ipfin.whitelist.queries.facts import firm_facts, gates_of


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
    """Return the grounds that lists show of a firm's patents, each with the day of the list that told it."""
    rows = session.execute(
        select(
            Patent.application_number,
            Patent.publication_root,
            Patent.as_of,
            Patent.flags_as_of,
            Patent.source,
        )
        .join(PatentApplicant, PatentApplicant.patent_id == Patent.id)
        .join(Applicant, Applicant.id == PatentApplicant.applicant_id)
        .where(Applicant.enterprise_id == enterprise_id)
    )
    told = {row[0] or row[1]: (row.flags_as_of or row.as_of, row.source) for row in rows}
    return flag_lines((ground, *told[patent.number]) for patent in patents for ground in flags_of(patent, on))
