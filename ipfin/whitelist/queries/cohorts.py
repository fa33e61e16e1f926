"""The cohort references, and the patents that a new one would be counted from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from sqlalchemy import Select, extract, func, select
from sqlalchemy.orm import Session, defer

from ipfin.kernel.errors import Conflict, NotFound
from ipfin.kernel.text import _
from ipfin.registry.models import Applicant, Patent, PatentApplicant
from ipfin.whitelist.cohorts import Alike, Cohorts
from ipfin.whitelist.models import CohortReference
from ipfin.whitelist.rebasing import ReferenceState


def reference_in_force(session: Session) -> CohortReference | None:
    """Return the reference by which firms are measured, None before the first score run."""
    return session.scalar(
        select(CohortReference)
        .where(CohortReference.state == ReferenceState.APPROVED)
        .order_by(CohortReference.version.desc())
        .limit(1)
    )


def references(session: Session) -> Sequence[CohortReference]:
    """Return all references without their content, the latest first."""
    return session.scalars(
        select(CohortReference).options(defer(CohortReference.body)).order_by(CohortReference.version.desc())
    ).all()


def reference_of_version(session: Session, version: int) -> CohortReference:
    """Return one reference.

    Raises:
        NotFound: there is none of this number.
    """
    found = session.scalar(select(CohortReference).where(CohortReference.version == version))
    if found is None:
        raise NotFound(_("没有这一版同类参照。"))
    return found


def cohorts_of(reference: CohortReference) -> Cohorts:
    """Return the cohorts that a reference holds.

    Raises:
        Conflict: its content is not what its digest says.
    """
    content = reference.body.encode()
    if hashlib.sha256(content).hexdigest() != reference.sha256:
        raise Conflict(
            _("同类参照第%(version)s版的内容与校验值不符，请联系管理员。", version=reference.version)
        )
    return Cohorts.from_bytes(content)


def patents_of_firms(session: Session) -> int:
    """Return how many distinct patents firms hold now."""
    return session.scalar(select(func.count()).select_from(Patent).where(Patent.id.in_(_held()))) or 0


def alike_patents(session: Session) -> Iterator[Alike]:
    """Count the distinct patents that firms hold, group by group; the database does the counting."""
    year = func.coalesce(extract("year", Patent.filed_on), Patent.filing_year)
    subclass = func.substr(Patent.ipc_subclasses, 1, 4)
    groups = (year, subclass, Patent.kind, Patent.claims_count, Patent.cited_by_count)
    rows = session.execute(
        select(*groups, func.count()).where(Patent.id.in_(_held())).group_by(*groups)
    ).yield_per(10_000)
    for filed, main, kind, claims, cited_by, patents in rows:
        yield Alike(None if filed is None else int(filed), main, kind, claims, cited_by, patents)


def _held() -> Select[int]:
    return (
        select(PatentApplicant.patent_id)
        .join(Applicant, Applicant.id == PatentApplicant.applicant_id)
        .where(Applicant.enterprise_id.is_not(None))
    )
