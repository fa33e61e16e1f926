"""Lists of people and organisations: for the administrator's pages, for whoever is to be told something."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from ipfin.accounts.models import Invitation, Organisation, OrganisationKind, User
from ipfin.accounts.queries.scope import organisations_visible_to, users_visible_to
from ipfin.accounts.scopes import Scope, Thing, scope_for
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import DEFAULT_PAGE_SIZE, Cursor, Page, decode_cursor, page_of
from ipfin.kernel.text import _

DORMANT_AFTER: Final = timedelta(days=90)
_BY_NAME: Final = "name"
_LONGEST_EMAIL: Final = 254


@dataclass(frozen=True, slots=True)
class UserFilter:
    """What the list of users is narrowed to; None and an empty text narrow nothing."""

    text: str = ""  # in name or address
    role: Role | None = None
    organisation_id: int | None = None
    is_active: bool | None = None
    is_dormant: bool | None = None


@dataclass(frozen=True, slots=True)
class UserLine:
    """One user for the administrator. `is_dormant`: active, and not signed in for more than 90 days."""

    id: int
    name: str
    email: str
    role: Role
    organisation_id: int
    organisation_name: str
    is_active: bool
    has_second_factor: bool
    created_at: datetime
    last_login_at: datetime | None
    is_dormant: bool


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    """One organisation with how many people use it."""

    id: int
    kind: OrganisationKind
    name: str
    short_name: str
    parent_name: str
    region_code: str | None
    is_active: bool
    active_users: int
    users: int


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """One invitation that was not yet accepted; `is_reset` when the person already has an account."""

    id: int
    email: str
    name: str
    role: Role
    organisation_name: str
    invited_by: str
    expires_at: datetime
    is_expired: bool
    is_reset: bool


def user_lines(
    session: Session,
    actor: Actor,
    wanted: UserFilter,
    *,
    now: datetime,
    cursor: str | None = None,
    size: int = DEFAULT_PAGE_SIZE,
) -> Page[UserLine]:
    """Return a page of the users whom `actor` may see, by name.

    Raises:
        BadInput: the cursor is of another list.
    """
    conditions = [users_visible_to(actor), *_conditions(wanted, now)]
    place = decode_cursor(cursor, order=_BY_NAME, types=(str,)) if cursor else None
    query = select(User).options(joinedload(User.organisation)).where(*conditions)
    query = query.where(_beyond(place)) if place else query
    backwards = place is not None and place.backwards
    keys = (User.name.desc(), User.id.desc()) if backwards else (User.name, User.id)
    rows = session.scalars(query.order_by(*keys).limit(size + 1)).all()
    total = session.scalar(select(func.count()).select_from(User).where(*conditions))
    return page_of(
        [_user_line(user, now) for user in rows],
        size=size,
        cursor=place,
        place=lambda line: ((line.name,), line.id),
        order=_BY_NAME,
        total=total,
    )


def _beyond(place: Cursor) -> ColumnElement[bool]:
    (name,) = place.key
    if place.backwards:
        return or_(User.name < name, and_(User.name == name, User.id < place.row_id))
    return or_(User.name > name, and_(User.name == name, User.id > place.row_id))


def _conditions(wanted: UserFilter, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.text:
        text = wanted.text.strip()
        conditions.append(
            or_(User.name.contains(text, autoescape=True), User.email.contains(text.lower(), autoescape=True))
        )
    if wanted.role is not None:
        conditions.append(User.role == wanted.role)
    if wanted.organisation_id is not None:
        conditions.append(User.organisation_id == wanted.organisation_id)
    if wanted.is_active is not None:
        conditions.append(User.is_active.is_(wanted.is_active))
    if wanted.is_dormant is not None:
        conditions.append(_is_dormant(now) if wanted.is_dormant else ~_is_dormant(now))
    return conditions


def _is_dormant(now: datetime) -> ColumnElement[bool]:
    last = func.coalesce(User.last_login_at, User.created_at)
    return and_(User.is_active, last < now - DORMANT_AFTER)


def _user_line(user: User, now: datetime) -> UserLine:
    return UserLine(
        id=user.id,
        name=user.name,
        email=user.email,
        role=user.role,
        organisation_id=user.organisation_id,
        organisation_name=user.organisation.name,
        is_active=user.is_active,
        has_second_factor=user.has_second_factor,
        created_at=user.created_at,
        last_login_at=user.last_login_at,
        is_dormant=user.is_active and (user.last_login_at or user.created_at) < now - DORMANT_AFTER,
    )


def visible_user(session: Session, actor: Actor, user_id: int) -> User:
    """Return the user.

    Raises:
        NotFound: no such user, or not for this actor.
    """
    found = session.scalar(select(User).where(User.id == user_id, users_visible_to(actor)))
    if found is None:
        raise NotFound(_("没有这个用户，或您无权查看。"))
    return found


def account_name(email: str) -> str:
    """Return the account's name: the address in lower case, without space around it.

    Characters that no database stores are replaced, so that any text may be asked for.
    """
    storable = email.encode("utf-8", "replace").decode().replace("\0", "?")
    return storable.strip().lower()[:_LONGEST_EMAIL]


def user_by_email(session: Session, email: str) -> User | None:
    """Return the account of this name, however it was typed."""
    return session.scalar(select(User).where(User.email == account_name(email)))


def users_of_roles(
    session: Session, roles: Collection[Role], *, organisation_ids: Collection[int] | None = None
) -> list[User]:
    """Return the active users of these roles (of these organisations), for whoever writes notices."""
    query = select(User).join(Organisation).where(User.role.in_(list(roles)), User.is_active)
    query = query.where(Organisation.is_active)
    if organisation_ids is not None:
        query = query.where(User.organisation_id.in_(list(organisation_ids)))
    return list(session.scalars(query.order_by(User.id)))


def organisation_lines(
    session: Session, actor: Actor, *, kind: OrganisationKind | None = None, text: str = ""
) -> list[OrganisationLine]:
    """Return the organisations that `actor` may see, by kind and name, with how many people they have."""
    active = func.count(User.id).filter(User.is_active)
    query = (
        select(Organisation, active, func.count(User.id))
        .outerjoin(User, User.organisation_id == Organisation.id)
        .where(organisations_visible_to(actor))
        .options(selectinload(Organisation.parent))
        .group_by(Organisation.id)
        .order_by(Organisation.kind, Organisation.name)
    )
    if kind is not None:
        query = query.where(Organisation.kind == kind)
    if text:
        query = query.where(Organisation.name.contains(text.strip(), autoescape=True))
    return [_organisation_line(*row) for row in session.execute(query)]


def _organisation_line(organisation: Organisation, active: int, everybody: int) -> OrganisationLine:
    return OrganisationLine(
        id=organisation.id,
        kind=organisation.kind,
        name=organisation.name,
        short_name=organisation.short_name,
        parent_name=organisation.parent.name if organisation.parent else "",
        region_code=organisation.region_code,
        is_active=organisation.is_active,
        active_users=active,
        users=everybody,
    )


def organisations_of(session: Session, kinds: Collection[OrganisationKind]) -> list[Organisation]:
    """Return the active organisations of these kinds by name: whom a directory or a meeting is for."""
    query = select(Organisation).where(Organisation.kind.in_(list(kinds)), Organisation.is_active)
    return list(session.scalars(query.order_by(Organisation.name, Organisation.id)))


def pending_invitations(session: Session, actor: Actor, *, now: datetime) -> list[InvitationLine]:
    """Return the invitations that nobody accepted yet, latest first, to whoever may see all users."""
    if scope_for(actor, Thing.USER) is not Scope.ALL:
        return []
    query = (
        select(Invitation, User.id)
        .outerjoin(User, User.email == Invitation.email)
        .where(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
        .options(joinedload(Invitation.organisation))
        .order_by(Invitation.id.desc())
    )
    return [_invitation_line(*row, now) for row in session.execute(query)]


def _invitation_line(invitation: Invitation, user_id: int | None, now: datetime) -> InvitationLine:
    return InvitationLine(
        id=invitation.id,
        email=invitation.email,
        name=invitation.name,
        role=invitation.role,
        organisation_name=invitation.organisation.name,
        invited_by=invitation.invited_by,
        expires_at=invitation.expires_at,
        is_expired=now >= invitation.expires_at,
        is_reset=user_id is not None,
    )
