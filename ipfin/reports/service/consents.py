"""Which firms opened their declared data to which recipient of the directory, and that the data were used.

The one place where the directory asks the ledger of consents: whoever makes a copy or shows a line goes
through here, so that a withdrawal holds for the next copy and the next page alike. An institution reads
the directory for the first purpose of its kind: finding firms to finance, or to insure.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation
from ipfin.consent import queries
from ipfin.consent.models import UseKind
from ipfin.consent.purposes import FieldSet, Purpose, page_purpose
from ipfin.consent.service import note_uses
from ipfin.documents.models import Document
from ipfin.kernel.actor import Actor, Role
from ipfin.registry.models import Enterprise
from ipfin.reports.directory import LineChange
from ipfin.reports.models import DirectoryLine


def consented_ids(session: Session, organisation: Organisation, issue_id: int, on: date) -> frozenset[int]:
    """Return which firms of an issue opened their declared data to an institution on day `on`."""
    purpose = _purpose_of(organisation)
    if purpose is None:
        return frozenset()
    listed = select(DirectoryLine.enterprise_id).where(
        DirectoryLine.issue_id == issue_id, DirectoryLine.change != LineChange.LEFT
    )
    return queries.consented_ids(
        session,
        Enterprise.id.in_(listed),
        organisation_id=organisation.id,
        purpose=purpose,
        field_set=FieldSet.DECLARED,
        on=on,
    )


def note_delivery(
    session: Session, organisation: Organisation, sheet: Document, enterprise_ids: Collection[int]
) -> None:
    """Note for each of these firms that an institution got its declared data with `sheet`."""
    purpose = _purpose_of(organisation)
    if purpose is None or not enterprise_ids:
        return
    recipient = Actor(
        user_id=None,
        name=organisation.name,
        role=Role(organisation.kind.value),
        organisation_id=organisation.id,
        organisation_name=organisation.name,
    )
    note_uses(
        session,
        recipient,
        [(enterprise_id, {FieldSet.DECLARED}) for enterprise_id in sorted(enterprise_ids)],
        kind=UseKind.DOWNLOAD,
        purpose=purpose,
        what=sheet.title,
        code=sheet.verify_code,
    )


def _purpose_of(organisation: Organisation) -> Purpose | None:
    return page_purpose(Role(organisation.kind.value))
