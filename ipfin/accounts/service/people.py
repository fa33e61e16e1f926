"""Users: created at the command line, switched off and on, their own few settings.

Everybody else comes by invitation (`invitations`). Users are never removed: what they did stays theirs.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ipfin.accounts.hashing import hash_password
from ipfin.accounts.models import Invitation, Organisation, User
from ipfin.accounts.policy import ROLE_LABELS, Permission, require
from ipfin.accounts.queries.lists import account_name, user_by_email
from ipfin.accounts.service.credentials import refuse_weak_password
from ipfin.accounts.service.house import house_of
from ipfin.accounts.service.organisations import (
    KIND_LABELS,
    ROLES_OF_KIND,
    organisation_of,
    refuse_last_administrator,
)
from ipfin.accounts.service.second_factor import SEED
from ipfin.accounts.service.sessions import end_all_sessions
from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.errors import BadInput, Conflict, NotFound
from ipfin.kernel.text import LOCALES, _

PHONE: Final = "phone"  # what the phone's key is derived for
_ADDRESS: Final = re.compile(r"[^@\s<>\",;:\\]{1,64}@[0-9a-z.-]{1,190}")
_PHONE_FORM: Final = re.compile(r"\+?[0-9][0-9 -]{4,30}")
_LONGEST_NAME: Final = 60


def create_user(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    role: Role,
    name: str,
    email: str,
    password: str,
    now: datetime,
    settings: Settings | None = None,
) -> User:
    """Create a user with a password, without an invitation (command line, demonstration).

    Raises:
        NotAllowed: the actor does not administer users.
        BadInput: name, address or password will not do, or the role does not fit the organisation.
        Conflict: the address has an account already.
        NotFound: no such organisation.
    """
    require(actor, Permission.ADMIN_USERS_WRITE)
    organisation = organisation_of(session, organisation_id)
    name, address = checked_person(session, organisation, role, name, email)
    if user_by_email(session, address) is not None:
        raise Conflict(_("%(email)s 已有账号。", email=address), field="email")
    refuse_weak_password(house_of(settings), password, name, address, organisation)
    return add_user(session, actor, organisation, role, name, address, password, now=now)


def add_user(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    role: Role,
    name: str,
    email: str,
    password: str,
    *,
    now: datetime,
) -> User:
    """Write the user's row (everything was checked) and end other ways to this account."""
    created = User(
        organisation=organisation,
        role=role,
        name=name,
        email=email,
        password_hash=hash_password(password),
        password_changed_at=now,
        created_at=now,
    )
    session.add(created)
    session.flush()
    revoke_open_invitations(session, email, now=now)
    subject = f"user:{created.id}"
    record(session, actor, "accounts.user.created", subject, name=name, role=role)
    return created


def checked_person(
    session: Session, organisation: Organisation, role: Role, name: str, email: str
) -> tuple[str, str]:
    """Return name and account name, tidied.

    Raises:
        BadInput: no name, no mail address, or the role does not fit the kind of organisation.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= _LONGEST_NAME:
        raise BadInput(_("请填写姓名，最多%(longest)s个字。", longest=_LONGEST_NAME), field="name")
    address = account_name(email)
    if _ADDRESS.fullmatch(address) is None:
        raise BadInput(_("“%(email)s”不是电子邮箱地址。", email=address[:60]), field="email")
    if role not in ROLES_OF_KIND[organisation.kind]:
        raise BadInput(
            _(
                "%(kind)s的用户不能是“%(role)s”。",
                kind=KIND_LABELS[organisation.kind],
                role=ROLE_LABELS[role],
            ),
            field="role",
        )
    if not organisation.is_active:
        raise BadInput(_("机构“%(name)s”已停用。", name=organisation.name), field="organisation_id")
    return name, address


def revoke_open_invitations(session: Session, email: str, *, now: datetime) -> int:
    """End every link that would still lead to the account of this address; return how many."""
    links = session.scalars(
        select(Invitation)
        .where(Invitation.email == email, Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
        .order_by(Invitation.id)
        .with_for_update(of=Invitation)
    ).all()
    for link in links:
        link.revoked_at = now
    session.flush()
    return len(links)


def user_of(session: Session, user_id: int) -> User:
    """Return the user.

    Raises:
        NotFound: no such user.
    """
    found = session.get(User, user_id)
    if found is None:
        raise NotFound(_("没有这个用户。"))
    return found


def deactivate_user(session: Session, actor: Actor, user_id: int, *, now: datetime) -> None:
    """Switch a user off: every session and every open link ends with it.

    Raises:
        NotAllowed: the actor does not administer users.
        Conflict: it is the last administrator.
        NotFound: no such user.
    """
    require(actor, Permission.ADMIN_USERS_WRITE)
    user = user_of(session, user_id)
    if not user.is_active:
        return
    refuse_last_administrator(session, leaving=[user.id])
    user.is_active = False
    session.flush()
    revoke_open_invitations(session, user.email, now=now)
    end_all_sessions(session, actor, user.id, reason=_("账号已停用"), now=now)
    record(session, actor, "accounts.user.disabled", f"user:{user.id}", name=user.name)


def reactivate_user(session: Session, actor: Actor, user_id: int) -> None:
    """Switch a user on again, with the password and the authenticator that he had.

    Raises:
        NotAllowed: the actor does not administer users.
        NotFound: no such user.
    """
    require(actor, Permission.ADMIN_USERS_WRITE)
    user = user_of(session, user_id)
    if user.is_active:
        return
    user.is_active = True
    session.flush()
    record(session, actor, "accounts.user.enabled", f"user:{user.id}", name=user.name)


def set_phone(
    session: Session, actor: Actor, user: User, phone: str, *, settings: Settings | None = None
) -> None:
    """Keep the user's phone number, sealed; an empty one removes it.

    Raises:
        BadInput: not a phone number.
    """
    phone = phone.strip()
    if phone and _PHONE_FORM.fullmatch(phone) is None:
        raise BadInput(_("请填写电话号码，只用数字、空格和“-”。"), field="phone")
    user.phone_sealed = house_of(settings).sealer.seal(phone, PHONE)
    session.flush()
    record(session, actor, "accounts.user.changed", f"user:{user.id}", name=user.name, fields=["phone"])


def phone_of(user: User, *, settings: Settings | None = None) -> str:
    """Return the user's phone number, opened; empty when there is none.

    Raises:
        CannotOpen: the key is not here.
    """
    return house_of(settings).sealer.open_sealed(user.phone_sealed, PHONE)


def set_locale(session: Session, user: User, locale: str) -> None:
    """Remember the language of the user's pages and mails; an unknown one changes nothing."""
    if locale in LOCALES:
        user.locale = locale
        session.flush()


def reseal_users(session: Session, *, settings: Settings | None = None) -> int:
    """Bring everything sealed in users under the present key; return how many rows changed.

    After it (and after the other tables' own) a retired key can be forgotten.
    """
    sealer = house_of(settings).sealer
    changed = 0
    for user in session.scalars(select(User).where(or_(User.phone_sealed != "", User.totp_sealed != ""))):
        before = user.phone_sealed, user.totp_sealed
        user.phone_sealed = sealer.reseal(user.phone_sealed, PHONE)
        user.totp_sealed = sealer.reseal(user.totp_sealed, SEED)
        changed += before != (user.phone_sealed, user.totp_sealed)
    session.flush()
    return changed
