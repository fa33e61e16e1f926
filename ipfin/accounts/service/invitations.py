"""Links by mail with which a person makes an account or, after a reset, a new password.

Decides who may be invited as what, how long a link lives and that it works once. The token leaves this
module once, in `InvitationMade`: whoever calls writes the mail (notices stand above accounts); only its
hash is kept.

A link whose address has an account already is a reset: it sets that person's password and changes
nothing else. An address cannot be invited while it has an account, and creating one ends open links.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Invitation, User
from ipfin.accounts.policy import Permission, require
from ipfin.accounts.queries.actors import actor_for
from ipfin.accounts.queries.lists import user_by_email
from ipfin.accounts.sealing import new_token, token_hash
from ipfin.accounts.service.credentials import refuse_weak_password, set_password
from ipfin.accounts.service.house import house_of
from ipfin.accounts.service.organisations import organisation_of
from ipfin.accounts.service.people import add_user, checked_person, revoke_open_invitations, user_of
from ipfin.accounts.service.sessions import end_all_sessions
from ipfin.accounts.service.throttle import PASSWORD_OF_ACCOUNT, forget_failures
from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.kernel.actor import SYSTEM, Actor, Role
from ipfin.kernel.errors import BadInput, Conflict, NotFound
from ipfin.kernel.text import _

INVITATION_LASTS: Final = timedelta(days=7)
RESET_LASTS: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class InvitationMade:
    """A new link: the row, and the token that the mail carries and nobody keeps."""

    invitation: Invitation
    token: str


def invite_user(
    session: Session,
    actor: Actor,
    *,
    email: str,
    name: str,
    role: Role,
    organisation_id: int,
    now: datetime,
) -> InvitationMade:
    """Invite a person; an earlier link to the same address ends.

    Raises:
        NotAllowed: the actor does not administer users.
        BadInput: name, address or role will not do.
        Conflict: the address has an account.
        NotFound: no such organisation.
    """
    require(actor, Permission.ADMIN_USERS_WRITE)
    organisation = organisation_of(session, organisation_id)
    name, address = checked_person(session, organisation, role, name, email)
    if user_by_email(session, address) is not None:
        raise Conflict(_("%(email)s 已有账号，如忘记密码请使用“重置密码”。", email=address), field="email")
    made = _make_link(session, actor, address, name, role, organisation_id, now, now + INVITATION_LASTS)
    record(
        session,
        actor,
        "accounts.invitation.made",
        f"invitation:{made.invitation.id}",
        email=address,
        organisation=organisation.name,
        role=role,
    )
    return made


def reset_password(session: Session, actor: Actor, user_id: int, *, now: datetime) -> InvitationMade:
    """Make a link with which a person sets a new password; the old one and all sessions end at once.

    Raises:
        NotAllowed: the actor does not administer users.
        Conflict: the user is switched off.
        NotFound: no such user.
    """
    require(actor, Permission.ADMIN_USERS_WRITE)
    user = user_of(session, user_id)
    if not user.is_active:
        raise Conflict(_("%(name)s的账号已停用，请先启用。", name=user.name))
    user.password_hash = ""
    made = _make_link(
        session, actor, user.email, user.name, user.role, user.organisation_id, now, now + RESET_LASTS
    )
    end_all_sessions(session, actor, user.id, reason=_("密码已重置"), now=now)
    record(session, actor, "accounts.password.reset", f"user:{user.id}")
    return made


def _make_link(
    session: Session,
    actor: Actor,
    email: str,
    name: str,
    role: Role,
    organisation_id: int,
    now: datetime,
    expires_at: datetime,
) -> InvitationMade:
    revoke_open_invitations(session, email, now=now)
    token = new_token()
    invitation = Invitation(
        token_hash=token_hash(token),
        email=email,
        name=name,
        role=role,
        organisation_id=organisation_id,
        invited_by=actor.name,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(invitation)
    session.flush()
    return InvitationMade(invitation, token)


def open_invitation(session: Session, token: str, *, now: datetime) -> Invitation:
    """Return the invitation that the link stands for, while it can be accepted.

    Raises:
        NotFound: unknown, used, revoked or too old; the four are not told apart.
    """
    found = session.scalar(select(Invitation).where(Invitation.token_hash == token_hash(token)))
    is_open = (
        found is not None
        and found.accepted_at is None
        and found.revoked_at is None
        and now < found.expires_at
        and found.organisation.is_active
    )
    if found is None or not is_open:
        raise NotFound(_("链接无效、已使用或已过期，请联系系统管理员重新发送。"))
    return found


def accept_invitation(
    session: Session, token: str, password: str, *, now: datetime, settings: Settings | None = None
) -> User:
    """Make the account, or after a reset give it the new password; the person then signs in.

    Raises:
        NotFound: the link does not work (any more).
        BadInput: the policy refuses the password.
        Conflict: the account was switched off, or moved, since the link was made.
    """
    invitation = session.scalars(
        select(Invitation)
        .where(Invitation.id == open_invitation(session, token, now=now).id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise NotFound(_("链接无效、已使用或已过期，请联系系统管理员重新发送。"))
    user = user_by_email(session, invitation.email)
    if user is None:
        user = _new_account(session, invitation, password, now, settings)
    else:
        _set_again(session, invitation, user, password, now, settings)
    return user


def _new_account(
    session: Session, invitation: Invitation, password: str, now: datetime, settings: Settings | None
) -> User:
    organisation = invitation.organisation
    house = house_of(settings)
    refuse_weak_password(house, password, invitation.name, invitation.email, organisation)
    invitation.accepted_at = now
    session.flush()
    created = add_user(
        session, SYSTEM, organisation, invitation.role, invitation.name, invitation.email, password, now=now
    )
    subject = f"user:{created.id}"
    record(session, actor_for(session, created), "accounts.invitation.accepted", subject)
    return created


def _set_again(
    session: Session,
    invitation: Invitation,
    user: User,
    password: str,
    now: datetime,
    settings: Settings | None,
) -> None:
    is_same = user.organisation_id == invitation.organisation_id and user.role is invitation.role
    if not is_same or not user.is_active:
        raise Conflict(_("账号状态已变化，请联系系统管理员重新发送链接。"))
    set_password(session, user, password, now=now, settings=settings)
    invitation.accepted_at = now
    forget_failures(session, house_of(settings).sealer, PASSWORD_OF_ACCOUNT, user.email)
    actor = actor_for(session, user)
    end_all_sessions(session, actor, user.id, reason=_("密码已修改"), now=now)
    record(session, actor, "accounts.password.changed", f"user:{user.id}")


def revoke_invitation(session: Session, actor: Actor, invitation_id: int, *, now: datetime) -> None:
    """Take back a link that was not used yet.

    Raises:
        NotAllowed: the actor does not administer users.
        NotFound: no such invitation.
        BadInput: it was accepted already.
    """
    require(actor, Permission.ADMIN_USERS_WRITE)
    invitation = session.get(Invitation, invitation_id)
    if invitation is None:
        raise NotFound(_("没有这个邀请。"))
    if invitation.accepted_at is not None:
        raise BadInput(_("邀请已被接受，不能撤销；如需停用请在用户列表操作。"))
    if invitation.revoked_at is None:
        invitation.revoked_at = now
        session.flush()
        subject = f"invitation:{invitation.id}"
        record(session, actor, "accounts.invitation.revoked", subject, email=invitation.email)
