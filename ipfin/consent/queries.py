"""Which consents are in force, for one firm, for a list, and as a condition inside a list's own query.

Decides nothing about levels (`levels`). `opened` is an EXISTS that the index `uq_consent_standing` answers
with one look-up per row, so a list of any length needs no scan of the consents.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from ipfin.accounts.models import Organisation, OrganisationKind
from ipfin.accounts.queries import of_visible_enterprises, of_visible_organisations
from ipfin.accounts.scopes import Thing
from ipfin.bulk import in_chunks
from ipfin.consent.levels import INSTITUTIONS, Reader, fields_in
from ipfin.consent.models import Consent, ConsentAct, ConsentRecipient, ConsentUse, UseKind
from ipfin.consent.purposes import FieldSet, Purpose, page_purpose
from ipfin.consent.rules import STANDING, Standing
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.kernel.text import _
from ipfin.registry.models import Enterprise, EnterpriseFact, FactKind
from ipfin.registry.queries import keyset

RECIPIENT_KINDS = (OrganisationKind.BANK, OrganisationKind.GUARANTOR, OrganisationKind.INSURER)


# --- In force ----------------------------------------------------------------------------------------


def in_force(on: date) -> ColumnElement[bool]:
    """Return which consents are in force on day `on`, as a condition on Consent."""
    return and_(Consent.state.in_(sorted(STANDING)), Consent.starts_on <= on, Consent.until > on)


def opened(
    enterprise_id: SQLColumnExpression[int],
    *,
    organisation_id: int | None,
    purpose: Purpose,
    field_set: FieldSet,
    on: date,
) -> ColumnElement[bool]:
    """Return whether the firm of a row opened `field_set`, as a condition on a column of firms' ids.

    Args:
        organisation_id: the recipient; None (nobody's reader) is opened nothing.
        on: the day.
    """
    return exists(
        select(1)
        .select_from(Consent)
        .where(
            Consent.organisation_id == organisation_id,
            Consent.purpose == purpose,
            Consent.field_set == field_set,
            Consent.enterprise_id == enterprise_id,
            in_force(on),
        )
        .correlate_except(Consent)
    )


def consented_ids(
    session: Session,
    among: Collection[int] | ColumnElement[bool],
    *,
    organisation_id: int | None,
    purpose: Purpose,
    field_set: FieldSet,
    on: date,
) -> frozenset[int]:
    """Return the firms that opened `field_set` to an institution for `purpose` on day `on`.

    Args:
        among: the ids of the firms asked about, or a condition on Enterprise (what the actor may see).
    """
    if organisation_id is None:
        return frozenset()
    statement = select(Consent.enterprise_id).where(
        Consent.organisation_id == organisation_id,
        Consent.purpose == purpose,
        Consent.field_set == field_set,
        in_force(on),
    )
    if isinstance(among, ColumnElement):
        joined = statement.join(Enterprise, Enterprise.id == Consent.enterprise_id).where(among)
        return frozenset(session.scalars(joined))
    found: set[int] = set()
    for chunk in in_chunks(sorted(among)):
        found.update(session.scalars(statement.where(Consent.enterprise_id.in_(chunk))))
    return frozenset(found)


def reader_for(
    session: Session, actor: Actor, enterprise_id: int, *, on: date, purpose: Purpose | None = None
) -> Reader:
    """Return how `actor` reads the fields of a firm on day `on`, to be asked with `levels.sight_of`.

    Args:
        purpose: what he reads for; by default what institutions of his kind read a firm's page for.
    """
    is_own = actor.enterprise_id is not None and actor.enterprise_id == enterprise_id
    wanted = purpose or page_purpose(actor.role)
    if actor.role not in INSTITUTIONS or actor.organisation_id is None:
        return Reader(actor.role, is_own)
    pairs = session.execute(
        select(Consent.purpose, Consent.field_set).where(
            Consent.enterprise_id == enterprise_id,
            Consent.organisation_id == actor.organisation_id,
            in_force(on),
        )
    )
    return Reader(actor.role, is_own, wanted, frozenset((row[0], row[1]) for row in pairs))


def opened_facts(
    session: Session, enterprise_ids: Collection[int], *, on: date
) -> dict[int, dict[FactKind, EnterpriseFact]]:
    """Return of each firm the declared facts that hold on day `on`, the latest of each kind.

    Args:
        enterprise_ids: firms that opened them to the reader (`consented_ids`): nothing is asked again here.
    """
    kinds = [kind for kind in FactKind if f"fact.{kind.value}" in fields_in(FieldSet.DECLARED)]
    found: dict[int, dict[FactKind, EnterpriseFact]] = {}
    for chunk in in_chunks(sorted(enterprise_ids)):
        rows = session.scalars(
            select(EnterpriseFact)
            .where(
                EnterpriseFact.enterprise_id.in_(chunk),
                EnterpriseFact.kind.in_(kinds),
                EnterpriseFact.as_of <= on,
                or_(EnterpriseFact.expires_on.is_(None), EnterpriseFact.expires_on > on),
            )
            .order_by(EnterpriseFact.as_of, EnterpriseFact.id)
        )
        for row in rows:
            found.setdefault(row.enterprise_id, {})[row.kind] = row
    return found


def closed_since(session: Session, code: str, *, on: date) -> int:
    """Return how many firms of a copy have since withdrawn what stands on it, or let it run out.

    Args:
        code: the verification code of the copy.
    """
    rows = session.execute(
        select(
            ConsentUse.enterprise_id, ConsentUse.organisation_id, ConsentUse.purpose, ConsentUse.field_sets
        ).where(ConsentUse.code == code, ConsentUse.kind == UseKind.DOWNLOAD)
    )
    used: dict[tuple[int, Purpose, str], set[int]] = {}
    for firm, organisation_id, purpose, sets in rows:
        for name in sets.split():
            used.setdefault((organisation_id, purpose, name), set()).add(firm)
    closed: set[int] = set()
    for (organisation_id, purpose, name), firms in used.items():
        closed |= firms - consented_ids(
            session, firms, organisation_id=organisation_id, purpose=purpose, field_set=FieldSet(name), on=on
        )
    return len(closed)


# --- Lists -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ConsentFilter:
    """What the ledger is narrowed to; empty means everything."""

    standing: str = ""
    organisation_id: int | None = None
    query: str = ""


def consents_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which consents the actor may see: a firm its own, an institution those given to it."""
    return or_(
        of_visible_enterprises(actor, Thing.CONSENT, Consent.enterprise_id),
        of_visible_organisations(actor, Thing.CONSENT, Consent.organisation_id),
    )


def consent_by_public_id(session: Session, actor: Actor, public_id: str) -> Consent:
    """Return a consent.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    found = session.scalar(select(Consent).where(Consent.public_id == public_id, consents_visible_to(actor)))
    if found is None:
        raise NotFound(_("没有这项授权，或您无权查看。"))
    return found


def consents_of(session: Session, enterprise_id: int) -> Sequence[Consent]:
    """Return all consents of a firm: by recipient, the standing ones first, the latest first."""
    rows = session.scalars(
        select(Consent)
        .where(Consent.enterprise_id == enterprise_id)
        .options(joinedload(Consent.organisation))
        .order_by(Consent.recipient_name, Consent.purpose, Consent.id.desc())
    ).all()
    return sorted(rows, key=lambda row: row.state not in STANDING)


def acts_of(session: Session, consent_ids: Collection[int]) -> Mapping[int, list[ConsentAct]]:
    """Return what was done to each consent, in order."""
    found: dict[int, list[ConsentAct]] = {}
    for chunk in in_chunks(sorted(consent_ids)):
        rows = session.scalars(
            select(ConsentAct).where(ConsentAct.consent_id.in_(chunk)).order_by(ConsentAct.id)
        )
        for row in rows:
            found.setdefault(row.consent_id, []).append(row)
    return found


def _conditions(wanted: ConsentFilter, on: date) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    stands = Consent.state.in_(sorted(STANDING))
    if wanted.standing == Standing.IN_FORCE:
        where.append(in_force(on))
    elif wanted.standing == Standing.EXPIRED:
        where.append(and_(stands, Consent.until <= on))
    elif wanted.standing:
        where.append(Consent.state == wanted.standing)
    if wanted.organisation_id is not None:
        where.append(Consent.organisation_id == wanted.organisation_id)
    if wanted.query:
        where.append(Enterprise.name.contains(wanted.query, autoescape=True))
    return where


def ledger_page(
    session: Session,
    visible: ColumnElement[bool],
    wanted: ConsentFilter,
    *,
    on: date,
    cursor: str | None = None,
    size: int = 50,
) -> Page[Consent]:
    """Return one page of the ledger, the latest first."""
    place = decode_cursor(cursor, order="latest", types=(int,)) if cursor else None
    where = [visible, *_conditions(wanted, on)]
    statement = keyset(
        select(Consent)
        .join(Enterprise, Enterprise.id == Consent.enterprise_id)
        .where(*where)
        .options(joinedload(Consent.organisation), joinedload(Consent.enterprise)),
        Consent.id,
        Consent.id,
        place,
        ascending=False,
        size=size,
    )
    rows = session.scalars(statement).all()
    counted = select(func.count()).select_from(Consent).join(Enterprise).where(*where)
    return page_of(
        rows,
        size=size,
        cursor=place,
        place=lambda row: ((row.id,), row.id),
        order="latest",
        total=session.scalar(counted),
    )


def uses_page(
    session: Session, enterprise_id: int, *, cursor: str | None = None, size: int = 50
) -> Page[ConsentUse]:
    """Return one page of who used the consented data of a firm, the latest first."""
    place = decode_cursor(cursor, order="latest", types=(int,)) if cursor else None
    statement = keyset(
        select(ConsentUse).where(ConsentUse.enterprise_id == enterprise_id),
        ConsentUse.id,
        ConsentUse.id,
        place,
        ascending=False,
        size=size,
    )
    rows = session.scalars(statement).all()
    return page_of(rows, size=size, cursor=place, place=lambda row: ((row.id,), row.id), order="latest")


@dataclass(frozen=True, slots=True)
class RecipientLine:
    """An institution that a firm may open something to; without a contact it cannot be given anything."""

    organisation: Organisation
    contact: str


def recipient_lines(session: Session, ids: Collection[int] | None = None) -> list[RecipientLine]:
    """Return the active banks, guarantors and insurers with their contacts, by kind and name."""
    statement = (
        select(Organisation, ConsentRecipient.contact)
        .outerjoin(ConsentRecipient, ConsentRecipient.organisation_id == Organisation.id)
        .where(Organisation.is_active, Organisation.kind.in_(RECIPIENT_KINDS))
        .order_by(Organisation.kind, Organisation.name)
    )
    if ids is not None:
        statement = statement.where(Organisation.id.in_(sorted(ids)))
    return [
        RecipientLine(organisation, contact or "") for organisation, contact in session.execute(statement)
    ]


def contact_of(session: Session, organisation_id: int | None) -> str:
    """Return where an institution is reached about personal data, empty when it told nothing."""
    row = session.get(ConsentRecipient, organisation_id) if organisation_id is not None else None
    return row.contact if row else ""
